from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

PERIOD = 12


class CrmLifecycleState(models.Model):
    """Conversion: of the customers that entered a state in a period, how many moved on, how many were won, and how long
    they stayed. It feeds planning: how many prospects does one contract take."""
    _inherit = 'crm.lifecycle.state'

    entered_count = fields.Integer("Entered", compute='_compute_conversion', help="Customers that entered the state in the period.")
    forward_count = fields.Integer("Moved On", compute='_compute_conversion', help="Of these, those that went on to a later state.")
    forward_rate = fields.Float("Moved On (%)", compute='_compute_conversion', digits=(16, 1))
    won_count = fields.Integer("Won", compute='_compute_conversion', help="Of these, those that reached a state that counts as won.")
    needed_count = fields.Float("Needed per Win", compute='_compute_conversion', digits=(16, 1),
                                help="How many customers have to enter this state so that one is won.")
    median_days = fields.Float(compute='_compute_conversion', digits=(16, 1),
                               help="Median of the days until a customer left the state, for stays that ended in the period.")

    @api.depends_context('uid', 'allowed_company_ids', 'crm_lifecycle_months')
    def _compute_conversion(self):
        months = self.env.context.get('crm_lifecycle_months', PERIOD)
        figures = {}
        for company in self.company_id:
            end = company._crm_today()
            figures.update(self._conversion(company, end - relativedelta(months=months) + relativedelta(days=1), end))
        for state in self:
            entered, forward, won, median = figures.get(state.id, (0, 0, 0, 0.0))
            state.entered_count = entered
            state.forward_count = forward
            state.forward_rate = 100.0 * forward / entered if entered else 0.0
            state.won_count = won
            state.needed_count = entered / won if won else 0.0
            state.median_days = median

    @api.model
    def _conversion(self, company, start, end):
        """Return the figures of each state over a period, among the customers that the user may see.

        A customer that enters a state several times counts once, by what came of the first entry.

        :param start: first day of the period, in the company's time zone
        :param end: last day, included
        :return: ``{state id: (customers that entered, of these moved on, of these won, median days of the stays ended)}``
        """
        report = self.env['crm.lifecycle.report']
        query = report._search([('company_id', '=', company.id), ('date', '<=', end)])
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            WITH stay AS (SELECT * FROM (%(report)s) AS report),
                 entry AS (SELECT DISTINCT ON (state_id, customer_id) * FROM stay
                            WHERE date BETWEEN %(start)s AND %(end)s ORDER BY state_id, customer_id, date, id)
            SELECT state.id,
                   (SELECT COUNT(*) FROM entry WHERE state_id = state.id),
                   (SELECT COUNT(*) FROM entry WHERE state_id = state.id AND moved_on > 0),
                   (SELECT COUNT(*) FROM entry WHERE state_id = state.id AND won > 0),
                   (SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days) FROM stay
                     WHERE state_id = state.id AND date_end BETWEEN %(start)s AND %(end)s)
              FROM crm_lifecycle_state AS state WHERE state.company_id = %(company)s
            """,
            report=query.select(*(SQL.identifier(query.table, name) for name in (
                'id', 'customer_id', 'state_id', 'date', 'date_end', 'days', 'moved_on', 'won'))),
            start=start, end=end, company=company.id))
        return {state: (entered, forward, won, median or 0.0) for state, entered, forward, won, median in rows}

    def action_view_stays(self):
        """Open the stays of customers in this state."""
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('crm_grading.crm_lifecycle_report_action')
        return {**action, 'domain': [('state_id', '=', self.id)], 'view_mode': 'list,pivot,graph', 'views': [
            (False, 'list'), (False, 'pivot'), (False, 'graph')]}
