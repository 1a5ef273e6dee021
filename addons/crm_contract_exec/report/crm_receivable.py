from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.ageing import BUCKETS, NOT_MATCHED

KINDS = [
    ('instalment', "Instalment"), ('invoice', "Invoice"), ('extra', "Invoiced beyond the plan"), ('entry', "Other entry"),
    ('credit', "Payment or credit note"),
]


class CrmReceivable(models.Model):
    """What customers owe, item by item: the instalments of signed contracts, each with its own due day, and the due lines of invoices
    that no plan covers. Payments and credit notes that nobody has matched yet stand beside, negative.

    As of today, or of the day in the context key ``crm_as_of`` (invalidate the model before asking for another day). A view: ids are
    those of the records behind, times four, plus 1 for instalments and 2 for contracts.
    """
    _name = 'crm.receivable'
    _description = "Receivable"
    _auto = False
    _order = 'date_due, id'
    _depends = {
        'account.move': ['state', 'invoice_user_id', 'crm_contract_id', 'crm_step_id', 'amount_total', 'move_type'],
        'account.move.line': [
            'account_id', 'partner_id', 'company_id', 'parent_state', 'reconciled', 'amount_residual_currency', 'amount_currency',
            'amount_residual', 'balance', 'date_maturity', 'invoice_date', 'display_type', 'currency_id', 'price_total', 'sale_line_ids'],
        'account.partial.reconcile': ['max_date', 'debit_move_id', 'credit_move_id', 'debit_amount_currency', 'credit_amount_currency'],
        'crm.contract': [
            'state', 'date_signed', 'user_id', 'currency_id', 'partner_id', 'company_id', 'collected_amount', 'waived_amount'],
        'crm.contract.step': ['kind', 'state', 'amount', 'done_amount', 'waived_amount', 'date_due', 'contract_id', 'sequence'],
        'crm.payment.promise': ['state', 'date', 'partner_id', 'move_ids', 'step_ids'],
        'crm.payment.dispute': ['state', 'move_id', 'step_id', 'effect'],
        'res.partner': ['commercial_partner_id'],
        'sale.order': ['crm_contract_id'],
    }

    kind = fields.Selection(KINDS, readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    contract_id = fields.Many2one('crm.contract', readonly=True)
    step_id = fields.Many2one('crm.contract.step', "Instalment", readonly=True)
    move_id = fields.Many2one('account.move', "Document", readonly=True)
    line_id = fields.Many2one('account.move.line', "Journal Item", readonly=True)
    date = fields.Date("Since", readonly=True, help="Day of the invoice, or of the signature.")
    date_due = fields.Date("Due", readonly=True)
    day = fields.Date("As Of", readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    amount = fields.Monetary(readonly=True)
    open_amount = fields.Monetary("Open", readonly=True)
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    open_company = fields.Monetary("Open (Company Currency)", currency_field='company_currency_id', readonly=True)
    booked_company = fields.Monetary(
        "In the Books (Company Currency)", currency_field='company_currency_id', readonly=True,
        help="Of what is open, what was invoiced, at the rates of the documents.")
    days_overdue = fields.Integer(readonly=True, aggregator='max')
    bucket = fields.Selection(
        [(key, label) for key, label, *_days in BUCKETS] + [NOT_MATCHED], "Age", readonly=True)
    is_promised = fields.Boolean("Promised", readonly=True)
    is_disputed = fields.Boolean("Disputed", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT owed.*, %s AS is_promised, %s AS is_disputed FROM (%s) AS owed""",
            self._promised_sql(), self._disputed_sql(), self._relation_sql())

    @api.model
    def _promised_sql(self):
        """Return the condition that a running promise names the item, or names none and so is about all of the customer's."""
        return SQL(
            """EXISTS (SELECT FROM crm_payment_promise AS promise
                LEFT JOIN crm_payment_promise_move_rel AS about ON about.promise_id = promise.id
                LEFT JOIN crm_payment_promise_step_rel AS instalment ON instalment.promise_id = promise.id
                    WHERE promise.company_id = owed.company_id AND promise.partner_id = owed.partner_id
                      AND promise.state = 'open' AND promise.date >= owed.day AND owed.open_amount > 0
                      AND (%s OR instalment.step_id = owed.step_id
                           OR about.move_id IS NULL AND instalment.step_id IS NULL))""", self._stands_for_sql(SQL("about.move_id")))

    @api.model
    def _disputed_sql(self):
        return SQL(
            """EXISTS (SELECT FROM crm_payment_dispute AS dispute
                    WHERE dispute.state = 'open' AND dispute.company_id = owed.company_id AND dispute.partner_id = owed.partner_id
                      AND (%s OR dispute.step_id = owed.step_id))""", self._stands_for_sql(SQL("dispute.move_id")))

    @api.model
    def _stands_for_sql(self, move):
        """Return the condition that an invoice is the item, or stands for it: an invoice under a plan stands for the instalment that
        it was made for, else for all instalments of its contract, as in dunning."""
        return SQL(
            """(%(move)s = owed.move_id OR owed.step_id IS NOT NULL AND EXISTS (
                 SELECT FROM account_move AS invoice
              LEFT JOIN crm_contract_step AS made_for ON made_for.id = invoice.crm_step_id AND made_for.kind = 'collect'
                  WHERE invoice.id = %(move)s
                    AND CASE WHEN made_for.id IS NOT NULL THEN made_for.id = owed.step_id
                             ELSE invoice.crm_contract_id = owed.contract_id OR EXISTS (
                                  SELECT FROM account_move_line AS item
                                    JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = item.id
                                    JOIN sale_order_line AS line ON line.id = rel.order_line_id
                                    JOIN sale_order AS sale ON sale.id = line.order_id
                                   WHERE item.move_id = invoice.id AND sale.crm_contract_id = owed.contract_id) END))""", move=move)

    @api.depends('kind', 'step_id', 'move_id', 'contract_id')
    def _compute_display_name(self):
        for item in self:
            item.display_name = item._subject()

    def _subject(self):
        """Return what the item is called towards the customer."""
        self.ensure_one()
        item = self.sudo()  # the name of what is owed, of an item that the user may see
        if item.step_id:
            return f"{item.contract_id.name}: {item.step_id.name}"
        if item.move_id:
            return item.move_id.name
        return item.contract_id.name or ""

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the contract or document behind the item."""
        self.ensure_one()
        record = self.move_id if self.move_id else self.contract_id
        return {'type': 'ir.actions.act_window', 'res_model': record._name, 'res_id': record.id, 'views': [(False, 'form')]}

    def _about(self):
        """Return the values by which a promise or dispute points to the items."""
        return {
            'partner_id': self.partner_id[:1].id, 'company_id': self.company_id[:1].id,
            'move_ids': [fields.Command.set(self.move_id.filtered(lambda move: move.move_type == 'out_invoice').ids)],
            'step_ids': [fields.Command.set(self.step_id.ids)]}

    def action_promise(self):
        """Open a new promise to pay about the items, which are one customer's."""
        return self._open_new('crm.payment.promise', {
            **self._about(), 'currency_id': self.currency_id[:1].id, 'amount': sum(self.mapped('open_amount'))})

    def action_dispute(self):
        """Open a new dispute about the item."""
        item = self[:1]
        return self._open_new('crm.payment.dispute', {
            'partner_id': item.partner_id.id, 'company_id': item.company_id.id, 'amount': item.open_amount,
            'move_id': item.move_id.id, 'step_id': item.step_id.id})

    def _open_new(self, model, values):
        return {
            'type': 'ir.actions.act_window', 'res_model': model, 'views': [(False, 'form')], 'target': 'current',
            'context': {f'default_{name}': value for name, value in values.items()}}
