from odoo import api, fields, models
from odoo.fields import Domain

AMOUNTS = 'crm_grading.group_customer_amounts'


class CrmCustomer(models.Model):
    """The customer profile: what the suite has found out about a commercial partner in a company.

    Verdicts and recorded metrics live here and not on ``res.partner``, so that nightly runs never lock the partners that
    people are editing and companies never overwrite each other. Rows are written by runs, in SQL; the few fields that
    people set are said to be so.
    """
    _name = 'crm.customer'
    _description = "Customer"
    _order = 'score desc nulls last, id'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    active = fields.Boolean(
        compute='_compute_active', store=True,
        help="Off for archived contacts, and for contacts that have come under another company, whose grade counts now.")
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson", store=True, index='btree_not_null')
    country_id = fields.Many2one(related='partner_id.country_id')
    state_id = fields.Many2one(related='partner_id.state_id')
    city = fields.Char(related='partner_id.city')
    industry_id = fields.Many2one(related='partner_id.industry_id')
    category_id = fields.Many2many(related='partner_id.category_id', string="Tags")
    email = fields.Char(related='partner_id.email')
    phone = fields.Char(related='partner_id.phone')

    # verdict of the company's leading scheme
    verdict_ids = fields.One2many('crm.grade.verdict', 'customer_id', "Verdicts", readonly=True)
    verdict_id = fields.Many2one('crm.grade.verdict', "Leading Verdict", compute='_compute_verdict_id')
    grade_id = fields.Many2one('crm.grade', readonly=True, index='btree_not_null', ondelete='restrict')
    score = fields.Float(readonly=True, aggregator='avg', digits=(16, 2))
    grade_date = fields.Date("Graded Since", readonly=True)
    grade_move = fields.Selection(
        [('up', "Promoted"), ('down', "Demoted"), ('new', "New"), ('out', "Left")], "Last Move", readonly=True)
    rfm_segment_id = fields.Many2one('crm.rfm.segment', "RFM Segment", readonly=True, index='btree_not_null', ondelete='set null')

    # life cycle
    lifecycle_id = fields.Many2one('crm.lifecycle.state', "Life-Cycle State", readonly=True, index='btree_not_null', ondelete='restrict')
    lifecycle_date = fields.Date("In State Since", readonly=True)

    # recorded metrics: typed columns for what lists, pivots and graphs need, the rest as JSON by metric id
    metric_values = fields.Json(readonly=True, groups='base.group_system')
    revenue = fields.Monetary(readonly=True, groups=AMOUNTS, help="Net revenue of the last 12 months.")
    revenue_before = fields.Monetary("Revenue Last Year", readonly=True, groups=AMOUNTS,
                                     help="Net revenue of the same 12 months one year earlier.")
    revenue_growth = fields.Float("Growth (%)", readonly=True, groups=AMOUNTS, aggregator='avg')
    margin = fields.Monetary("Gross Margin", readonly=True, groups=AMOUNTS, help="Gross margin of the last 12 months.")
    overdue_amount = fields.Monetary("Overdue", readonly=True, groups=AMOUNTS)
    order_count = fields.Integer("Purchases", readonly=True, help="Purchases in the last 12 months.")
    last_order_date = fields.Date("Last Purchase", readonly=True, index='btree_not_null')
    last_contact_date = fields.Date("Last Contact", readonly=True, index='btree_not_null')

    _partner_company_uniq = models.UniqueIndex('(partner_id, company_id)')
    _company_score_idx = models.Index('(company_id, score DESC NULLS LAST, id)')
    _company_grade_idx = models.Index('(company_id, grade_id)')

    @api.depends('partner_id.active', 'partner_id.commercial_partner_id')
    def _compute_active(self):
        for customer in self:
            partner = customer.partner_id
            customer.active = partner.active and partner.commercial_partner_id == partner

    @api.depends('verdict_ids.scheme_id.is_leading', 'verdict_ids.scheme_id.state')
    def _compute_verdict_id(self):
        for customer in self:
            customer.verdict_id = customer.verdict_ids.filtered(
                lambda verdict: verdict.scheme_id.is_leading and verdict.scheme_id.state == 'active')[:1]

    @api.depends('partner_id')
    def _compute_display_name(self):
        for customer in self:
            customer.display_name = customer.partner_id.display_name

    @api.model
    def _search_display_name(self, operator, value):
        return Domain('partner_id.display_name', operator, value)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_refresh(self):
        """Measure and judge these customers now instead of waiting for the night.

        :raise UserError: if a run of the company is under way
        """
        self.check_access('read')
        for company, customers in self.grouped('company_id').items():
            self.env['crm.grading.run']._run(company, partners=customers.partner_id)
            self.env['crm.grade']._apply_policies(company)
        return True
