"""A sales manager draws a matrix, tries it, puts it in force and reads why a customer has a grade, in the browser."""
from journeys import JourneyCase

from odoo import Command
from odoo.tests import tagged

HELPERS = """
const cell = (row, column) => one(`.o_crm_matrix select[data-row="${row}"][data-column="${column}"]`);
const content = (row, column) => document.querySelector(
    `.o_crm_matrix select[data-row="${row}"][data-column="${column}"]`).selectedOptions[0].textContent;
"""


@tagged('post_install', '-at_install')
class TestSchemeInBrowser(JourneyCase):
    journey_login = 'browser_manager'
    journey_helpers = HELPERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Browser Ltd"})
        cls.manager = cls._person('browser_manager', 'sales_team.group_sale_manager', cls.company)
        cls.grades = cls.env['crm.grade'].create([
            {'name': name, 'sequence': sequence, 'color': sequence, 'company_id': cls.company.id}
            for sequence, name in enumerate(("Gold", "Silver", "Bronze"), start=1)])
        ordered, count = cls.env['crm.metric']._from_codes(['ordered']), cls.env['crm.metric']._from_codes(['order_count'])
        cls.scheme = cls.env['crm.grading.scheme'].create({
            'name': "Drawn", 'method': 'matrix', 'company_id': cls.company.id, 'share_metric_id': ordered.id,
            'dimension_ids': [
                Command.create({'metric_id': metric.id, 'axis': axis, 'step_ids': [Command.create({'value': value, 'points': 100})]})
                for metric, axis, value in ((ordered, 'row', 1000), (count, 'column', 2))]})
        cls.partner = cls.env['res.partner'].create({'name': "Matrix Customer", 'company_id': cls.company.id})
        product = cls.env['product.product'].create({'name': "Thing", 'type': 'consu', 'taxes_id': False})
        cls.env['sale.order'].with_company(cls.company).create({
            'partner_id': cls.partner.id, 'company_id': cls.company.id, 'state': 'sale',
            'order_line': [Command.create({'product_id': product.id, 'price_unit': 1200, 'tax_ids': False})]})

    def _browse(self, path, script, ready):
        self._script(path, script, ready=f"!!document.querySelector('{ready}')")

    def _cells(self):
        return {(cell.row_level, cell.column_level): cell.grade_id.name for cell in self.scheme.cell_ids}

    def test_draw_try_and_put_in_force(self):
        self._browse(f'/odoo/grading-schemes/{self.scheme.id}', """
            (await named(".o_notebook .nav-link", "Matrix")).click();
            choose(await cell(2, 2), "Gold");
            await until("one cell", () => content(2, 2) === "Gold");
            choose(await cell(1, 2), "Silver");
            (await one(".o_crm_matrix_propose")).click();
            await until("all cells", () => !document.querySelector(".o_crm_matrix_empty"));
            choose(await cell(1, 1), "Silver");
            choose(await cell(2, 1), "Bronze");
            await until("two more", () => content(1, 1) === "Silver" && content(2, 1) === "Bronze");
            choose(await cell(2, 1), "–");
            await until("an empty cell", () => document.querySelectorAll(".o_crm_matrix_empty").length === 1);
            choose(await cell(2, 1), "Silver");
            (await one("button[name=action_dry_run]")).click();
            (await one(".modal button[name=action_simulate]")).click();
            await named(".o_field_widget[name=result_ids] .badge", "Silver");
            (await named(".breadcrumb-item a", "Drawn")).click();
            (await one("button[name=action_activate]")).click();
            await one("button[name=action_run]");
        """, '.o_form_view .o_notebook')
        self.scheme.invalidate_recordset()
        self.assertEqual(self._cells(), {(1, 1): "Silver", (1, 2): "Silver", (2, 1): "Silver", (2, 2): "Gold"})
        self.assertEqual(self.scheme.state, 'active')

    def test_explanation_and_manual_grade(self):
        gold, silver, bronze = self.grades
        self.scheme.cell_ids = [
            Command.create({'row_level': row, 'column_level': column, 'grade_id': grade.id})
            for row, column, grade in ((1, 1, bronze), (1, 2, bronze), (2, 1, silver), (2, 2, gold))]
        self.scheme.action_activate()
        self.env['crm.grading.run']._run(self.company)
        verdict = self.env['crm.grade.verdict'].search([('scheme_id', '=', self.scheme.id)])
        self.assertEqual(verdict.grade_id, silver)
        self._browse(f'/odoo/customer-verdicts/{verdict.id}', """
            await named(".o_crm_explanation .badge", "Silver");
            await until("what would lift it", () =>
                document.querySelector(".o_crm_explanation_lift").textContent.includes("1 more"));
            (await one("button[name=action_override]")).click();
            const grade = await one(".modal .o_field_widget[name=grade_id] input");
            grade.click();
            grade.value = "Gold";
            grade.dispatchEvent(new Event("input", { bubbles: true }));
            (await named(".o-autocomplete--dropdown-item a", "Gold")).click();
            const reason = await one(".modal .o_field_widget[name=reason] input");
            reason.value = "Key account";
            reason.dispatchEvent(new Event("input", { bubbles: true }));
            reason.dispatchEvent(new Event("change", { bubbles: true }));
            (await one(".modal button[name=action_set]")).click();
            await named(".o_crm_explanation .badge", "Gold");
            await until("the reason", () => document.querySelector(".o_crm_explanation").textContent.includes("Key account"));
        """, '.o_crm_explanation')
        verdict.invalidate_recordset()
        self.assertEqual((verdict.grade_id, verdict.override_reason, verdict.override_user_id), (gold, "Key account", self.manager))
