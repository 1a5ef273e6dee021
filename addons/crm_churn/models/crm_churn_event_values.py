from odoo import api, models
from odoo.tools import SQL


class CrmChurnEvent(models.Model):
    """What a loss tells of its customer, as it is on the day: asked once for all losses that are recorded together."""
    _inherit = 'crm.churn.event'

    @api.model
    def _place_vals(self, partner):
        """Return who and where the customer is."""
        return {
            'partner_id': partner.id, 'industry_id': partner.industry_id.id, 'country_id': partner.country_id.id,
            'state_id': partner.state_id.id,
        }

    @api.model
    def _yearly_values(self, company, partners):
        """Return ``{partner id: amount}``: net revenue in the 12 months up to the last purchase, in the company's currency.

        :param partners: commercial partners; who never bought is missing
        """
        if not partners:
            return {}
        self.env.flush_all()
        scope = company._crm_metric_scope()
        invoices = self.env['crm.metric']._fact_invoice(scope).relation
        return dict(self.env.execute_query(SQL(
            """SELECT subject_id, SUM(amount)::float8
                 FROM (SELECT subject_id, date, amount,
                              MAX(date) FILTER (WHERE move_type <> 'out_refund') OVER (PARTITION BY subject_id) AS last
                         FROM (%s) AS invoice WHERE subject_id IN %s) AS dated
                WHERE date > last - INTERVAL '1 year' AND date <= last GROUP BY subject_id""", invoices, tuple(partners.ids))))

    @api.model
    def _first_purchases(self, company, partners):
        """Return ``{partner id: day}`` of the first purchase of commercial partners; who never bought is missing."""
        if not partners:
            return {}
        self.env.flush_all()
        invoices = self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation
        return dict(self.env.execute_query(SQL(
            "SELECT subject_id, MIN(date) FROM (%s) AS invoice WHERE move_type <> 'out_refund' AND subject_id IN %s GROUP BY subject_id",
            invoices, tuple(partners.ids))))

    @api.model
    def _customer_vals(self, company, partners):
        """Return ``{partner id: values}`` of losses of customers: who they are, since when they bought, what they were worth.

        As superuser: the loss tells it whoever is at work.
        """
        partners = partners.sudo()
        profiles = self.env['crm.customer'].sudo().with_context(active_test=False).search(
            [('company_id', '=', company.id), ('partner_id', 'in', partners.ids)])
        grades = {profile.partner_id: profile.grade_id for profile in profiles}
        yearly, first = self._yearly_values(company, partners), self._first_purchases(company, partners)
        return {partner.id: {
            **self._place_vals(partner), 'company_id': company.id, 'user_id': partner.user_id.id,
            'team_id': self._team_of(partner.user_id, company).id, 'grade_id': grades[partner].id if partner in grades else False,
            'date_first': first.get(partner.id, False), 'yearly_value': yearly.get(partner.id, 0.0),
        } for partner in partners}

    @api.model
    def _team_of(self, user, company):
        """Return the first team of a salesperson that works for the company."""
        return user.crm_team_member_ids.crm_team_id.filtered(lambda team: team.company_id in (company, company.browse()))[:1]
