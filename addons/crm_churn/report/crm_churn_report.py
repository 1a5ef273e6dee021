from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.loss import AREAS, KINDS, PHASES

EVENT_FIELDS = [
    'company_id', 'partner_id', 'lead_id', 'kind', 'phase', 'stage_id', 'stage_reached_id', 'date_first', 'date', 'days', 'number',
    'user_id', 'team_id', 'grade_id', 'industry_id', 'country_id', 'state_id', 'source_id', 'product_id', 'amount', 'margin',
    'yearly_value', 'main_reason_id', 'competitor_id', 'competitor_price']
MEANS = ('days', 'median_days')


class CrmChurnReport(models.Model):
    """Whom we lose, where and why: a row per loss and reason, each with its share of the loss, so that everything adds up.

    By *main reason* a loss counts once; by *reason* it is divided among its reasons by their weights. Without a reason it is one row.
    """
    _name = 'crm.churn.report'
    _description = "Loss Analysis"
    _auto = False
    _rec_name = 'event_id'
    _order = 'date desc, event_id desc, share desc, id'
    _depends = {
        'crm.churn.event': EVENT_FIELDS,
        'crm.churn.event.reason': ['event_id', 'reason_id', 'weight', 'is_main'],
        'crm.churn.reason': ['area', 'is_avoidable'],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id'],
    }

    event_id = fields.Many2one('crm.churn.event', "Loss", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    stage_id = fields.Many2one('crm.stage', "Lost at Stage", readonly=True)
    stage_reached_id = fields.Many2one('crm.stage', "Furthest Stage Before", readonly=True)
    date = fields.Date("Lost On", readonly=True)
    date_first = fields.Date("First Follow-Up", readonly=True)
    number = fields.Integer("Loss No.", readonly=True, aggregator=None)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    industry_id = fields.Many2one('res.partner.industry', readonly=True)
    country_id = fields.Many2one('res.country', readonly=True)
    state_id = fields.Many2one('res.country.state', "Region", readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    product_id = fields.Many2one('product.product', "Main Product", readonly=True)
    categ_id = fields.Many2one('product.category', "Product Category", readonly=True)
    reason_id = fields.Many2one('crm.churn.reason', readonly=True)
    main_reason_id = fields.Many2one('crm.churn.reason', readonly=True)
    area = fields.Selection(AREAS, readonly=True, help="Of the reason: what one would have to work on.")
    is_avoidable = fields.Boolean("Avoidable", readonly=True)
    competitor_id = fields.Many2one('crm.competitor', "Lost To", readonly=True)
    share = fields.Float("Losses", readonly=True, digits=(16, 2), help="Share of the loss that the reason has; shares add up to losses.")
    customers = fields.Integer(readonly=True, aggregator='count_distinct')
    days = fields.Float(
        "Days until Lost", readonly=True, aggregator='avg', digits=(16, 1), help="Mean days from the first follow-up to the loss.")
    median_days = fields.Float(
        "Median Days until Lost", readonly=True, aggregator='avg', digits=(16, 1), help="Half of the losses took no longer.")
    amount = fields.Monetary("Lost Amount", readonly=True, groups=AMOUNTS)
    margin = fields.Monetary("Lost Margin", readonly=True, groups=AMOUNTS)
    yearly_value = fields.Monetary(readonly=True, groups=AMOUNTS)

    @property
    def _table_query(self):
        share = SQL("COALESCE(part.weight / NULLIF(SUM(part.weight) OVER (PARTITION BY event.id), 0), 1)")
        return SQL(
            """SELECT CASE WHEN part.id IS NULL THEN 2 * event.id ELSE 2 * part.id + 1 END AS id, event.id AS event_id, event.company_id,
                      company.currency_id, event.partner_id, event.partner_id AS customers, event.kind, event.phase, event.stage_id,
                      event.stage_reached_id, event.date, event.date_first, event.number, event.user_id, event.team_id, event.grade_id,
                      event.industry_id, event.country_id, event.state_id, event.source_id, event.product_id, template.categ_id,
                      part.reason_id, event.main_reason_id, reason.area, reason.is_avoidable, event.competitor_id,
                      %(share)s AS share, %(days)s AS days,
                      CASE WHEN %(is_first)s THEN %(days)s END AS median_days, event.amount * %(share)s AS amount,
                      event.margin * %(share)s AS margin, event.yearly_value * %(share)s AS yearly_value
                 FROM crm_churn_event AS event
                 JOIN res_company AS company ON company.id = event.company_id
            LEFT JOIN crm_churn_event_reason AS part ON part.event_id = event.id
            LEFT JOIN crm_churn_reason AS reason ON reason.id = part.reason_id
            LEFT JOIN product_product AS product ON product.id = event.product_id
            LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id""",
            share=share, is_first=SQL(
                "ROW_NUMBER() OVER (PARTITION BY event.id ORDER BY part.is_main DESC NULLS LAST, part.weight DESC, part.id) = 1"),
            days=SQL("CASE WHEN event.date_first IS NOT NULL THEN event.days END::float8"))

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """A loss with three reasons has one duration: means are weighted with the shares, the median is that of the main reasons."""
        name, _sep, function = aggregate_spec.partition(':')
        if function == 'avg' and name in MEANS:
            days, share = (self._field_to_sql(self._table, field, query) for field in ('days', 'share'))
            if name == 'days':
                return SQL(
                    "SUM(%(days)s * %(share)s) / NULLIF(SUM(%(share)s) FILTER (WHERE %(days)s IS NOT NULL), 0)", days=days, share=share)
            own = self._field_to_sql(self._table, name, query)
            return SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)", own)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_event(self):
        """Open the loss of the row."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.churn.event', 'res_id': self.event_id.id, 'views': [(False, 'form')]}
