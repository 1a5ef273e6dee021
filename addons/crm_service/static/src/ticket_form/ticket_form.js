import { rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const TYPED = 400; // ms after the last key
const LEAST = 2; // two Chinese characters are a word

/** The form of a new ticket: answers that may already be there appear while the subject is typed, and files are checked before they travel. */
export class TicketForm extends Interaction {
    static selector = ".o_crm_ticket_form";
    dynamicContent = {
        "input[name=title]": { "t-on-input": this.debounced(this.suggest, TYPED) },
        "input[name=files]": { "t-on-change": this.checkFiles },
        _root: { "t-on-submit": this.lock },
    };

    start() {
        this.suggest(); // what was typed before this was there
    }

    get text() {
        return this.el.querySelector("input[name=title]").value.trim();
    }

    async suggest() {
        const text = this.text;
        const found = text.length < LEAST ? [] : await this.waitFor(rpc("/service/suggest", { text }));
        if (text === this.text) {
            this.show(found);
        }
    }

    show(found) {
        const box = this.el.querySelector(".o_crm_suggestions");
        const items = found.map(({ title, excerpt, url }) => {
            const item = document.createElement("li");
            item.className = "list-group-item";
            const link = document.createElement("a");
            Object.assign(link, { href: url, target: "_blank", rel: "noopener", textContent: title });
            const text = document.createElement("div");
            text.className = "small text-muted";
            text.textContent = excerpt || "";
            item.append(link, text);
            return item;
        });
        box.querySelector("ul").replaceChildren(...items);
        box.hidden = !items.length;
    }

    checkFiles(event) {
        const input = event.target;
        const { fileCount, fileMb } = this.el.dataset;
        const large = [...input.files].find((file) => file.size > fileMb * 1024 ** 2);
        let problem = "";
        if (input.files.length > fileCount) {
            problem = _t("You can send %s files at most.", fileCount);
        } else if (large) {
            problem = _t("“%(name)s” is too large: a file may have %(size)s MB.", { name: large.name, size: fileMb });
        }
        input.setCustomValidity(problem);
        input.reportValidity();
    }

    /** What is sent twice in a row would be two tickets. */
    lock() {
        this.el.querySelector("button[type=submit]").disabled = true;
    }
}

registry.category("public.interactions").add("crm_service.ticket_form", TicketForm);
