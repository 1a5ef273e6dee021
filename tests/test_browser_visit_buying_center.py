"""A salesperson draws the buying center of a deal, meets the decision maker, and moves the deal on with a reason: desktop and phone."""
import json

from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged

HELPERS = """
const pick = async (field, text) => {
    const input = await one(`.modal [name="${field}"] input`);
    input.click();
    type(input, text);
    (await named(".o-autocomplete--dropdown-item, .modal .o_kanban_record", text)).click();
};
const cell = (name) => [...document.querySelectorAll(".o_crm_map_person")].find(
    (person) => person.title.includes(name))?.closest("[data-cell]").dataset.cell;
const drag = async (name, place) => {
    const person = await until(name, () => [...document.querySelectorAll(".o_crm_map_person")].find((one) => one.title.includes(name)));
    person.scrollIntoView({ block: "center" });
    const middle = (element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, pointerId: 1, button: 0 };
    };
    const target = middle(await one(`[data-cell="${place}"]`));
    person.setPointerCapture = () => {};  // a made-up pointer cannot be captured
    person.dispatchEvent(new PointerEvent("pointerdown", middle(person)));
    person.dispatchEvent(new PointerEvent("pointermove", target));
    person.dispatchEvent(new PointerEvent("pointerup", target));
    await until(`${name} in ${place}`, () => cell(name) === place);
};
"""
ADD_PEOPLE = """
    await tab("Buying Center");
    await named(".o_crm_gaps", "Decision maker: nobody known");
    for (const [person, role] of %s) {
        (await named(".o_field_x2many_list_row_add a, .o-kanban-button-new, .o_field_x2many_kanban button", "Add")).click();
        await pick("partner_id", person);
        await pick("role_ids", role);
        (await until("save", () => document.querySelector(".modal .o_form_button_save"))).click();
        await gone(".modal");
        await until(person, () => cell(person) === "3,0");
    }
    fits();
    await drag("Boss", "5,-1");
    const engineer = [...document.querySelectorAll(".o_crm_map_person")].find((one) => one.title.includes("Engineer"));
    engineer.focus();
    engineer.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    await until("Engineer moved", () => cell("Engineer") === "3,1");
    await save();
    await named(".o_crm_gaps", "Decision maker: not contacted");
    fits();
"""
SEE_NO_GAP = """
    await tab("Buying Center");
    await until("people", () => cell("Boss") === "5,-1");
    await until("no gap", () => !document.querySelector(".o_crm_gaps")?.textContent.includes("Decision maker"));
    await one(".o_crm_map_person .o_crm_map_contacted");
    fits();
"""
MOVE_ON = """
    await tab("Playbook");
    await named(".o_crm_playbook", "Compares offers");
    await named(".o_crm_playbook_action[data-done='0']", "Agree on criteria");
    fits();
    const stage = () => [...document.querySelectorAll(".o_arrow_button, .dropdown-item, .o-dropdown-item")].find(
        (button) => button.textContent.includes("Browser Signed") && button.getBoundingClientRect().width);
    if (!stage()) {  // on a phone the stages are behind the present one
        [...document.querySelectorAll(".o_statusbar_status button")].find((button) => button.getBoundingClientRect().width).click();
    }
    (await until("stage", stage)).click();
    await warned("Agree on criteria");
    (await named(".modal button", "Move On with a Reason")).click();
    type(await one(".modal [name='reason'] textarea"), "They are in a hurry");
    (await one(".modal button[name='action_confirm']")).click();
    await gone(".modal");
    await until("the new stage", () => [...document.querySelectorAll(
        ".o_arrow_button_current, .o_statusbar_status .dropdown-toggle")].some((button) => button.textContent.includes("Browser Signed")));
    fits();
"""
READY = "!!document.querySelector('.o_form_view .o_notebook')"


class BuyingCenterCase(JourneyCase):
    journey_login = 'center_rep'
    journey_helpers = HELPERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        company.crm_playbook_mode = 'block'
        cls.rep = cls._person('center_rep', 'sales_team.group_sale_salesman', company)
        team = cls.env['crm.team'].create({'name': "Browser", 'company_id': company.id, 'member_ids': [Command.set(cls.rep.ids)]})
        cls.here, cls.signed = cls.env['crm.stage'].create([
            {'name': "Browser Offer", 'sequence': 2001, 'team_ids': [Command.set(team.ids)], 'crm_customer_step': "Compares offers"},
            {'name': "Browser Signed", 'sequence': 2002, 'team_ids': [Command.set(team.ids)]}])
        cls.env['crm.stakeholder.role'].search([]).required_stage_id = False
        cls.env.ref('crm_visit_quota.crm_stakeholder_role_dp').required_stage_id = cls.here
        cls.env['crm.stage.action'].search([]).unlink()
        cls.env['crm.stage.action'].create({'name': "Agree on criteria", 'stage_id': cls.here.id})
        cls.customer = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': cls.rep.id})
        cls.boss, cls.engineer = cls.env['res.partner'].create([
            {'name': name, 'parent_id': cls.customer.id} for name in ("Berta Boss", "Emil Engineer")])
        cls.deal = cls.env['crm.lead'].create({
            'name': "Pumps", 'type': 'opportunity', 'partner_id': cls.customer.id, 'user_id': cls.rep.id, 'team_id': team.id,
            'stage_id': cls.here.id, 'company_id': company.id})

    def _show(self, script):
        self._script(f'/odoo/crm/{self.deal.id}', script, ready=READY)

    def _walk(self):
        self._show(ADD_PEOPLE % json.dumps([["Berta Boss", "DP"], ["Emil Engineer", "TP"]]))
        boss, engineer = self.deal.crm_stakeholder_ids.sorted('influence', reverse=True)
        self.assertEqual((boss.partner_id, boss.influence, boss.relationship), (self.boss, 5, -1))
        self.assertEqual((engineer.influence, engineer.relationship), (3, 1))
        self.env['crm.visit'].with_user(self.rep)._record([{
            'partner_id': self.customer.id, 'lead_id': self.deal.id, 'contact_ids': [Command.set(self.boss.ids)]}])
        self.env.flush_all()
        self._show(SEE_NO_GAP)
        self._show(MOVE_ON)
        self.assertEqual(self.deal.stage_id, self.signed)
        self.assertEqual((self.deal.crm_skip_ids.reason, self.deal.crm_skip_ids.user_id), ("They are in a hurry", self.rep))


@tagged('post_install', '-at_install')
class TestBuyingCenterDesktop(BuyingCenterCase):

    def test_deal(self):
        """Two people are added and moved on the map; a visit closes the gap; a held-up deal moves on with a reason."""
        self._walk()


@tagged('post_install', '-at_install')
class TestBuyingCenterPhone(PhoneJourney, BuyingCenterCase):
    """The same on a phone, where nothing may be wider than the screen."""

    def test_deal(self):
        self._walk()
