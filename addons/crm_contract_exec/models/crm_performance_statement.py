from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

VIEWS = [(False, 'list'), (False, 'kanban'), (False, 'form')]


class CrmPerformanceStatement(models.Model):
    """What a person is credited with in a month of a company, entry by entry. Its figures are sums of the ledger."""
    _name = 'crm.performance.statement'
    _description = "Performance Statement"
    _inherit = ['mail.thread']
    _order = 'date desc, user_id, id'

    month_id = fields.Many2one('crm.performance.month', "Closing Month", required=True, index=True, ondelete='restrict', readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='restrict', readonly=True)
    date = fields.Date("Month", required=True, readonly=True, help="First day of the month.")
    user_id = fields.Many2one('res.users', "Person", required=True, index=True, ondelete='restrict', readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", index='btree_not_null', ondelete='set null', readonly=True)
    state = fields.Selection(related='month_id.state')
    currency_id = fields.Many2one(related='company_id.currency_id')
    entry_ids = fields.One2many('crm.performance.entry', 'statement_id', "Entries", readonly=True)
    confirmed_on = fields.Datetime("Checked On", readonly=True, help="When the person confirmed the statement of a closed month.")

    entry_count = fields.Integer("Number of Entries", compute='_compute_amounts')
    signed_amount = fields.Monetary("On Signature", compute='_compute_amounts')
    delivered_amount = fields.Monetary("On Delivery", compute='_compute_amounts')
    invoiced_amount = fields.Monetary("On Invoice", compute='_compute_amounts')
    collected_amount = fields.Monetary("On Collection", compute='_compute_amounts')
    back_amount = fields.Monetary(
        "Taken Back", compute='_compute_amounts',
        help="Negative entries: cancellations, refunds; and write-offs, less what came in after all.")
    amount = fields.Monetary("Credited", compute='_compute_amounts')

    _person_uniq = models.UniqueIndex('(month_id, user_id)')

    @api.depends('entry_ids')
    def _compute_amounts(self):
        """What was taken back stands in a sum of its own, whatever event it belongs to."""
        names = ('signed_amount', 'delivered_amount', 'invoiced_amount', 'collected_amount', 'back_amount')
        sums = {}
        groups = self.env['crm.performance.entry']._read_group(
            [('statement_id', 'in', self.ids)], ['statement_id', 'event', 'is_back'], ['amount:sum', '__count'])
        for statement, event, is_back, amount, count in groups:
            found = sums.setdefault(statement.id, {**dict.fromkeys(names, 0.0), 'amount': 0.0, 'entry_count': 0})
            found['back_amount' if is_back or event == 'written_off' else f'{event}_amount'] += amount
            found['amount'] += amount
            found['entry_count'] += count
        for statement in self:
            statement.update(sums.get(statement.id) or {**dict.fromkeys(names, 0.0), 'amount': 0.0, 'entry_count': 0})

    @api.depends('user_id', 'month_id')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = f"{statement.user_id.sudo().name}, {statement.month_id.sudo().display_name}"  # no secrets

    def action_confirm(self):
        """Confirm that one's own statement of a closed month is right.

        :raise UserError: before the month is closed
        :raise AccessError: on somebody else's statement
        """
        for statement in self:
            if statement.user_id != self.env.user:
                raise AccessError(self.env._("Only the person concerned confirms a statement."))
            if statement.state != 'closed':
                raise UserError(self.env._("%(month)s is still open. Confirm after it was closed.", month=statement.month_id.display_name))
            # nobody writes statements; the person concerned writes just this
            statement.sudo().confirmed_on = statement.confirmed_on or fields.Datetime.now()
        return True

    def action_open_entries(self):
        """Open the entries of the statement."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.display_name, 'res_model': 'crm.performance.entry', 'views': VIEWS,
            'domain': [('statement_id', '=', self.id)]}

    def action_workbook(self):
        """Download the statements as an Excel workbook.

        :raise UserError: where nothing is chosen
        """
        if not self:
            raise UserError(self.env._("Select the statements first."))
        self.check_access('read')
        ids = ",".join(map(str, self.ids))
        return {'type': 'ir.actions.act_url', 'url': f'/crm_contract_exec/statements?ids={ids}', 'target': 'download'}
