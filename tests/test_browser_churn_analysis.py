"""A manager asks who came and went: the bridge with the customers behind it, cohorts in Chinese and on a phone, reasons, lives."""
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon


class ChurnAnalysisCase(JourneyCase):
    """Three buyers of a company of its own: one stays, one was lost two months ago, one is new."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = GradingCommon._setup_company.__func__(
            cls, "Bridges", cls.env.ref('base.EUR'), 'UTC', cls.env.ref('base.USD'), (2.0, 2.0))
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': cls.company.ids, 'tracking_disable': True})
        cls.manager = cls._person('bridge_manager', 'sales_team.group_sale_manager', cls.company)
        cls.journey_login = cls.manager.login
        today = fields.Date.today()
        cls.product = cls.env['product.product'].create({'name': "Plank", 'taxes_id': False})
        cls.middles = middles = [today + relativedelta(months=-months, day=15) for months in range(6)]
        cls._buys("Staying Ltd", *middles[:0:-1], today)
        cls._buys("Parting Ltd", middles[5])
        partner = cls._buys("Coming Ltd", today)
        cls.loss = cls.env['crm.churn.event']._record([{
            'name': "Bridge repair", 'company_id': cls.company.id, 'partner_id': partner.id, 'kind': 'opportunity', 'phase': 'sale',
            'date': today, 'user_id': cls.manager.id, 'amount': 5000}])
        cls.loss.sudo().reason_ids = [Command.create({'reason_id': cls.env.ref('crm_churn.crm_churn_reason_price').id, 'is_main': True})]
        cls.lost_month = (middles[5] + timedelta(days=91)).strftime('%Y-%m')

    @classmethod
    def _buys(cls, name, *days):
        """Create a customer who is invoiced 1,000 on each of the days."""
        partner = cls.env['res.partner'].create({'name': name, 'is_company': True})
        cls.env['crm.customer'].sudo().create({'partner_id': partner.id, 'company_id': cls.company.id})
        cls.env['account.move'].create([{
            'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': day,
            'invoice_line_ids': [Command.create({'product_id': cls.product.id, 'price_unit': 1000, 'tax_ids': False})]}
            for day in days]).action_post()
        return partner


@tagged('post_install', '-at_install')
class TestChurnAnalysisJourney(ChurnAnalysisCase):

    def test_bridge(self):
        """From the month of the loss to the customer that was lost, and back: the page is as it was left."""
        self._journey('/odoo/customer-bridge', [
            ('see', '.o_crm_bridge canvas'),
            ('press', '[data-name="measure"] button', "Revenue"),
            ('text', '.o_crm_bridge th', "Buy More"),
            ('press', '[data-name="measure"] button', "Customers"),
            ('absent', '.o_crm_bridge th', "Buy More"),
            ('choose', 'select[name="months"]', "6 months"),
            ('click', f'tr[data-month="{self.lost_month}"] button[data-part="lost"]'),
            ('text', '.o_data_row, .o_kanban_record', "Parting Ltd"),
            ('absent', '.o_data_row, .o_kanban_record', "Staying Ltd"),
            ('press', '.breadcrumb-item a', "Customer Bridge"),
            ('see', '.o_crm_bridge tbody tr'),
        ])
        self._script('/odoo/customer-bridge', """
            await one(".o_crm_bridge tbody tr");
            if (all(".o_crm_bridge tbody tr").length > 12) { throw new Error("more months than asked for"); }
        """)

    def test_survival(self):
        self._journey('/odoo/customer-survival', [
            ('see', '.o_crm_survival canvas'),
            ('text', '.o_crm_survival td', "3.0 months"),
            ('choose', 'select[name="by"]', "Country"),
            ('text', '.o_crm_survival p', "Groups are those of today"),
            ('press', '[data-name="basis"] button', "Losses on record"),
            ('text', '.o_crm_survival p', "first loss on record"),
            ('absent', '.o_crm_analysis_option', "no purchase"),
        ])

    def test_pareto(self):
        self._journey('/odoo/loss-reasons-in-order', [
            ('see', '.o_crm_pareto canvas'),
            ('press', '[data-name="measure"] button', "Amount"),
            ('text', '.o_crm_pareto td', "5,000"),
            ('press', '.o_crm_pareto th button', "Price"),
            ('text', '.o_data_row', "Bridge repair"),
        ])


@tagged('post_install', '-at_install')
class TestCohortsInChinese(ChurnAnalysisCase):

    def test_cohorts(self):
        """The heat map is Chinese throughout, the more who came back the deeper its colour, and a cell opens its customers."""
        self.manager.lang = 'zh_CN'
        self._buys("Once Ltd", self.middles[4])
        self._script('/odoo/customer-cohorts', """
            await one(".o_crm_cohort button[data-offset='1']");
            const text = document.querySelector(".o_crm_cohorts .container-fluid").textContent;
            if (/[A-Za-z]{2,}/.test(text)) { throw new Error(`not Chinese: ${text.match(/[A-Za-z ]{2,}/g)}`); }
            const cells = all("td.o_crm_cohort_cell").map((cell) => ({
                share: parseInt(cell.textContent),
                depth: parseFloat(getComputedStyle(cell).backgroundColor.split(",")[3] || "1"),
            }));
            if (new Set(cells.map((cell) => cell.share)).size < 2) { throw new Error("all cells alike"); }
            for (const cell of cells) {
                const lighter = cells.filter((other) => other.share < cell.share && other.depth >= cell.depth);
                if (lighter.length) { throw new Error(`no heat map: ${JSON.stringify([cell, lighter])}`); }
            }
        """)
        self._journey('/odoo/customer-cohorts', [
            ('see', '.o_crm_cohort .o_crm_cohort_cell'),
            ('text', '.o_crm_cohort th', "年"),
            ('click', '.o_crm_cohort button[data-offset="1"]'),
            ('text', '.o_data_row, .o_kanban_record', "Staying Ltd"),
        ])


@tagged('post_install', '-at_install')
class TestChurnAnalysisPhone(PhoneJourney, ChurnAnalysisCase):

    def test_bridge_and_cohorts(self):
        self._journey('/odoo/customer-bridge', [('see', '.o_crm_bridge canvas'), ('see', '.o_crm_bridge tbody tr')])
        self._journey('/odoo/customer-cohorts', [
            ('click', '.o_crm_cohort button[data-offset="1"]'), ('text', '.o_kanban_record', "Staying")])

    def test_reasons_and_lives(self):
        self._journey('/odoo/loss-reasons-in-order', [('see', '.o_crm_pareto canvas'), ('text', '.o_crm_pareto th', "Price")])
        self._journey('/odoo/customer-survival', [('see', '.o_crm_survival canvas'), ('see', '.o_crm_survival tbody tr')])
