import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Tiles } from "../tiles/tiles";

/** The overview: what needs attention, each figure with the records behind it. */
export class Overview extends Component {
    static template = "crm_grading.Overview";
    static components = { Layout, Tiles };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ tiles: [] });
        this.display = { controlPanel: {} };
        onWillStart(async () => {
            [this.state.tiles, this.seesInterests] = await Promise.all([
                this.orm.call("crm.tile", "get_tiles", ["overview"]),
                user.checkAccessRight("crm.interest", "read"),
            ]);
        });
    }

    get isEmpty() {
        return this.state.tiles.every((tile) => !tile.value);
    }

    open(xmlId) {
        this.action.doAction(xmlId);
    }
}

registry.category("actions").add("crm_grading.overview", Overview);
