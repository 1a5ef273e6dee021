import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;
const MINUTE = 60000;

/** All deadlines on a page are told of the time by one clock, once a minute. */
const listeners = new Set();
let timer = null;

export function everyMinute(listener) {
    listeners.add(listener);
    timer ??= browser.setInterval(() => listeners.forEach((tell) => tell()), MINUTE);
    return () => {
        listeners.delete(listener);
        if (!listeners.size) {
            browser.clearInterval(timer);
            timer = null;
        }
    };
}

/** Two parts say it well enough: days and hours, hours and minutes, or minutes. */
export function span(milliseconds) {
    const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
    const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
    if (days) {
        return _t("%(days)s d %(hours)s h", { days, hours });
    }
    return hours
        ? _t("%(hours)s h %(minutes)s min", { hours, minutes: minutes % 60 })
        : _t("%(minutes)s min", { minutes });
}

/**
 * What is shown of a deadline.
 *
 * @param {luxon.DateTime|false} due
 * @param {string} state running, paused, breached, met, missed or void
 * @param {boolean} isBreached broken, whatever the state
 * @returns {{text: string, tone: string}} empty text where there is nothing to say
 */
export function standing(due, state, isBreached, now = DateTime.now()) {
    const broken = isBreached || state === "breached" || state === "missed";
    if (state === "met") {
        return { text: _t("kept"), tone: "success" };
    }
    if (state === "missed" || (broken && !due)) {
        return { text: _t("broken"), tone: "danger" };
    }
    if (state === "paused") {
        return broken
            ? { text: _t("stopped, broken"), tone: "danger" }
            : { text: _t("stopped"), tone: "muted" };
    }
    if (!due || !["running", "breached"].includes(state)) {
        return { text: "", tone: "muted" };
    }
    const left = due - now;
    if (left >= MINUTE) {
        // whoever still has to keep another promise, sees that
        return { text: span(left), tone: left < 60 * MINUTE ? "warning" : "body" };
    }
    return broken
        ? { text: _t("broken for %s", span(left)), tone: "danger" }
        : { text: _t("due now"), tone: "warning" };
}
