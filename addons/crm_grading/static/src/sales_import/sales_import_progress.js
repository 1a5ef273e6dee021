import { Component, useEffect, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

export const PAUSE = 2000; // milliseconds between two looks

/** Shows nothing itself: reads the form's record again and again as long as the import runs, and not once more. */
export class SalesImportProgress extends Component {
    static template = xml``;
    static props = { ...standardWidgetProps };

    setup() {
        useEffect(
            (isRunning) => (isRunning ? this.watch() : undefined),
            () => [this.props.record.data.state === "running"]
        );
    }

    /** Returns what ends the watch. */
    watch() {
        let timer = null;
        let ended = false;
        const wait = () => {
            timer = browser.setTimeout(async () => {
                await this.look();
                if (!ended) {
                    wait();
                }
            }, PAUSE);
        };
        wait();
        return () => {
            ended = true;
            browser.clearTimeout(timer);
        };
    }

    async look() {
        const { record } = this.props;
        if (document.hidden || (await record.isDirty())) {
            return;
        }
        try {
            await record.load();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error; // shown, and the watch ends; a lost connection comes back
            }
        }
    }
}

registry.category("view_widgets").add("crm_sales_import_progress", {
    component: SalesImportProgress,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
