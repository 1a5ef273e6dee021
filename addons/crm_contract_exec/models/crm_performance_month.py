from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_grading.tools.period_name import period_name


class CrmPerformanceMonth(models.Model):
    """A month of the performance ledger: open, or closed for good.

    Months are closed one after the other. Nothing is entered into a closed month any more: what is found out later about its
    contracts is entered into the first month that is open. That is why there is no reopening.
    """
    _name = 'crm.performance.month'
    _description = "Month of the Performance Ledger"
    _inherit = ['mail.thread']
    _order = 'date desc, company_id'
    _rec_name = 'date'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', readonly=True)
    date = fields.Date("Month", required=True, readonly=True, help="First day of the month.")
    date_to = fields.Date("Last Day", compute='_compute_date_to', store=True)
    state = fields.Selection([('open', "Open"), ('closed', "Closed")], required=True, default='open', readonly=True, tracking=True)
    closed_by_id = fields.Many2one('res.users', readonly=True)
    closed_on = fields.Datetime(readonly=True)
    statement_ids = fields.One2many('crm.performance.statement', 'month_id', "Statements", readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    person_count = fields.Integer("Persons", compute='_compute_totals')
    amount = fields.Monetary("Credited", compute='_compute_totals')

    _month_uniq = models.UniqueIndex('(company_id, date)')

    @api.depends('date')
    def _compute_date_to(self):
        for month in self:
            month.date_to = month.date and month.date + relativedelta(months=1, days=-1)

    @api.depends('date')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for month in self:
            month.display_name = period_name(month.date, 'month', self.env.lang) if month.date else ''

    def _compute_totals(self):
        groups = self.env['crm.performance.entry']._read_group(
            [('statement_id.month_id', 'in', self.ids)], ['statement_id'], ['amount:sum'])
        totals = {}
        for statement, amount in groups:
            persons, total = totals.get(statement.month_id.id, (0, 0))
            totals[statement.month_id.id] = persons + 1, total + amount
        for month in self:
            month.person_count, month.amount = totals.get(month.id, (0, 0))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_close(self):
        """Enter what there is to enter a last time and close the months, the oldest first.

        :raise UserError: for a month that is not over yet, or before an older one is closed
        """
        self.check_access('write')
        for month in self.filtered(lambda month: month.state == 'open').sorted('date'):
            if month.company_id._crm_today() <= month.date_to:
                raise UserError(self.env._("%(month)s is not over yet. Close it after its last day.", month=month.display_name))
            older = self.search([
                ('company_id', '=', month.company_id.id), ('state', '=', 'open'), ('date', '<', month.date)], order='date', limit=1)
            if older:
                raise UserError(self.env._("Close %(month)s first: months are closed one after the other.", month=older.display_name))
            contracts = self.env['crm.contract'].sudo()  # the ledger is complete, whoever closes a month
            self.env['crm.performance.entry']._book(contracts.search([('company_id', '=', month.company_id.id)]))
            month.write({'state': 'closed', 'closed_by_id': self.env.uid, 'closed_on': self.env.cr.now()})
        return True

    def action_open_statements(self):
        """Open the statements of the month."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_performance_statement_action')
        return {**action, 'name': self.display_name, 'domain': [('month_id', '=', self.id)], 'context': {}}
