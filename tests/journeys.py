"""Journeys in a browser, and their language: what people see, press and type, one thing after the other."""
import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user

# In scope of every journey. ``until`` waits and says what it waited for; an error ends the journey with its text, unless the
# journey has said by ``warned`` that it comes to it.
HELPERS = """
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let warning = null;
const until = async (what, test) => {
    for (let turn = 0; turn < 1200; turn++) {
        const error = document.querySelector(".o_error_dialog, .o_notification:has(.o_notification_bar.bg-danger)");
        if (error && !(warning && error.textContent.includes(warning))) { throw new Error(`${what}: ${error.textContent}`); }
        const found = await test();
        if (found) { return found; }
        await pause(50);
    }
    throw new Error(`Waited in vain for ${what}`);
};
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (selector) => all(selector).find((element) => element.getClientRects().length);
const one = (selector) => until(selector, () => document.querySelector(selector));
const named = (selector, text) => until(`${selector} with ${text}`, () => all(selector).find(
    (element) => element.textContent.includes(text)));
const warned = (text) => {
    warning = text;
    return named(".o_error_dialog, .o_notification", text);
};
const gone = (selector) => until(`no ${selector}`, () => !shown(selector));
const type = (input, text) => {
    input.focus();
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
};
const choose = (select, text) => {
    select.focus();
    select.value = [...select.options].find((option) => option.textContent === text).value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
};
const fits = () => {
    const width = document.documentElement.scrollWidth;
    if (width > window.innerWidth) { throw new Error(`page is ${width} px wide in a window of ${window.innerWidth} px`); }
};
const tab = async (text) => (await named(".o_notebook .nav-link, .o_notebook a", text)).click();
const save = async () => {
    (await one(".o_form_button_save")).click();
    await until("saved", () => !document.querySelector(".o_form_dirty, .o_form_status_indicator_buttons:not(.invisible)"));
};
// what a step [name, selector, value] of a journey does
const steps = {
    see: (target) => until(target, () => shown(target)),
    text: (target, value) => named(target, value),
    without: (target) => gone(target),
    click: async (target) => (await until(target, () => shown(`:is(${target}):not(:disabled)`))).click(),
    press: async (target, text) => (await named(target, text)).click(),
    absent: (target, text) => until(`no ${target} with ${text}`, () => !all(target).some((element) => element.textContent.includes(text))),
    tab,
    type: async (target, value) => type(await until(target, () => shown(target)), value),
    choose: async (target, value) => choose(await until(target, () => shown(target)), value),
    pick: async (target, value) => {  // from the proposals of a relation
        const input = await until(target, () => shown(target));
        input.click();
        type(input, value);
        (await named(".o-autocomplete--dropdown-item a", value)).click();
    },
    select: async (target, value) => {  // from a menu of values
        (await until(target, () => shown(target))).click();
        (await named(".o_select_menu_item", value)).click();
    },
    warned,
    save,
    fits,
    pause,
};
"""
READY = "!!document.querySelector('.o_web_client')"


class JourneyCase(HttpCase):
    """A person of ours walks through pages, on a desktop unless a subclass says otherwise."""
    browser_size = '1366x900'
    journey_login = None     # who walks, unless a journey says so
    journey_helpers = ''     # JavaScript of a test's own: more helpers, more ``steps``

    @classmethod
    def _person(cls, login, groups, company=None, **vals):
        """Create somebody who walks, in English and UTC, working in one company (default: the main one)."""
        company = company or cls.env.ref('base.main_company')
        return new_test_user(
            cls.env, login=login, groups=groups, lang='en_US', tz='UTC', company_id=company.id,
            company_ids=[Command.set(company.ids)], **vals)

    def _journey(self, url, steps, login=None):
        """Walk a list of steps, each a tuple of its name and what it needs; see ``steps`` above.

        Each waits for what it needs and fails with what it did not find.
        """
        self._script(url, f'for (const [name, ...values] of {json.dumps(steps)}) {{ await steps[name](...values); }}', login)

    def _script(self, url, script, login=None, ready=READY):
        """Run JavaScript on a page with the helpers in scope; it succeeds if it comes to its end."""
        code = (f'(async () => {{ {HELPERS} {self.journey_helpers} {script}\nconsole.log("test successful"); }})()'
                '.catch((error) => console.error(`${error.message} | ${document.querySelector(".modal")?.textContent || ""}`));')
        self.browser_js(url, code, ready, login=login or self.journey_login, timeout=180)
        self.env.invalidate_all()


class PhoneJourney:
    """Mixed in before a :class:`JourneyCase`: the same on a phone, where nothing may be wider than the screen."""
    browser_size = '390x844'
    touch_enabled = True

    def _journey(self, url, steps, login=None):
        super()._journey(url, [*steps, ('fits',)], login)
