from odoo import fields, models
from odoo.tools import SQL

OUTCOMES = [('won', "Won Against It"), ('lost', "Lost to It"), ('elsewhere', "Lost Otherwise"), ('open', "Open")]


class CrmCompetitorReport(models.Model):
    """Won and lost against each competitor: a row per opportunity and competitor met in it, and per customer lost to one.

    An opportunity that was lost is *lost to it* where its last loss names that competitor, and lost otherwise where it names another or
    none. It follows the opportunity: one that is taken up again is open.
    """
    _name = 'crm.competitor.report'
    _description = "Win and Loss"
    _auto = False
    _rec_name = 'competitor_id'
    _order = 'date desc, id desc'
    _depends = {
        'crm.competitor.sighting': ['competitor_id', 'lead_id', 'product_id', 'price', 'date', 'company_id'],
        'crm.churn.event': [
            'competitor_id', 'lead_id', 'partner_id', 'competitor_price', 'date', 'product_id', 'amount', 'user_id', 'team_id',
            'company_id'],
        'crm.lead': ['partner_id', 'user_id', 'team_id', 'expected_revenue', 'won_status', 'active', 'date_closed', 'company_id'],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id'],
        'res.partner': ['country_id', 'state_id'],
    }

    competitor_id = fields.Many2one('crm.competitor', readonly=True)
    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True)
    event_id = fields.Many2one('crm.churn.event', "Loss", readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    product_id = fields.Many2one('product.product', "Our Product", readonly=True)
    categ_id = fields.Many2one('product.category', "Product Category", readonly=True)
    country_id = fields.Many2one('res.country', readonly=True)
    state_id = fields.Many2one('res.country.state', "Region", readonly=True)
    date = fields.Date(readonly=True, help="Day of the decision; of the last sighting while open.")
    outcome = fields.Selection(OUTCOMES, readonly=True)
    won = fields.Integer(readonly=True)
    lost = fields.Integer("Lost to It", readonly=True)
    win_rate = fields.Float("Win Rate (%)", readonly=True, aggregator='avg', digits=(16, 1), help="Won ÷ (won + lost, to whomever).")
    amount = fields.Monetary("Expected Revenue", readonly=True)
    price = fields.Monetary("Their Price", readonly=True, aggregator='avg')

    @property
    def _table_query(self):
        return SQL(
            """WITH met AS (
                    SELECT competitor_id, lead_id, 2 * MIN(id) AS id, MAX(date) AS date,
                           (ARRAY_AGG(product_id ORDER BY date DESC, id DESC) FILTER (WHERE product_id IS NOT NULL))[1] AS product_id,
                           (ARRAY_AGG(price ORDER BY date DESC, id DESC) FILTER (WHERE price > 0))[1] AS price,
                           MIN(company_id) AS company_id
                      FROM crm_competitor_sighting WHERE lead_id IS NOT NULL GROUP BY 1, 2),
                    lost AS (
                    SELECT DISTINCT ON (COALESCE(-lead_id, id)) * FROM crm_churn_event
                     WHERE lead_id IS NOT NULL OR competitor_id IS NOT NULL ORDER BY COALESCE(-lead_id, id), date DESC, id DESC),
                    pair AS (
                    SELECT COALESCE(met.id, 2 * lost.id + 1) AS id, COALESCE(met.competitor_id, lost.competitor_id) AS competitor_id,
                           COALESCE(met.lead_id, lost.lead_id) AS lead_id, COALESCE(lost.product_id, met.product_id) AS product_id,
                           COALESCE(NULLIF(lost.competitor_price, 0), met.price) AS price, met.date,
                           COALESCE(met.company_id, lost.company_id) AS company_id, lost.id AS loss_id
                      FROM met FULL JOIN (SELECT * FROM lost WHERE competitor_id IS NOT NULL) AS lost USING (competitor_id, lead_id)),
                    told AS (
                    SELECT pair.*, lead.partner_id AS lead_partner_id, lead.user_id, lead.team_id, lead.expected_revenue, lead.date_closed,
                           CASE WHEN lead.id IS NULL THEN 'lost' WHEN lead.won_status = 'won' THEN 'won'
                                WHEN lead.active AND lead.won_status <> 'lost' THEN 'open'
                                WHEN pair.loss_id IS NOT NULL THEN 'lost' ELSE 'elsewhere' END AS outcome
                      FROM pair LEFT JOIN crm_lead AS lead ON lead.id = pair.lead_id)
               SELECT told.id, told.competitor_id, told.lead_id, event.id AS event_id, partner.id AS partner_id, told.company_id,
                      company.currency_id, COALESCE(told.user_id, event.user_id) AS user_id,
                      COALESCE(told.team_id, event.team_id) AS team_id,
                      told.product_id, template.categ_id, partner.country_id, partner.state_id,
                      COALESCE(event.date, told.date_closed::date, told.date) AS date, told.outcome,
                      CASE WHEN told.outcome = 'won' THEN 1 ELSE 0 END AS won, CASE WHEN told.outcome = 'lost' THEN 1 ELSE 0 END AS lost,
                      CASE told.outcome WHEN 'won' THEN 100.0 WHEN 'open' THEN NULL ELSE 0 END AS win_rate,
                      COALESCE(told.expected_revenue, event.amount) AS amount, told.price
                 FROM told
                 JOIN res_company AS company ON company.id = told.company_id
            LEFT JOIN crm_churn_event AS event ON event.id = told.loss_id AND told.outcome = 'lost'
            LEFT JOIN res_partner AS partner ON partner.id = COALESCE(told.lead_partner_id, event.partner_id)
            LEFT JOIN product_product AS product ON product.id = told.product_id
            LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id""")

    def action_open_document(self):
        """Open the opportunity of the row, or the loss of a customer."""
        self.ensure_one()
        record = self.lead_id or self.event_id
        return {'type': 'ir.actions.act_window', 'res_model': record._name, 'res_id': record.id, 'views': [(False, 'form')]}
