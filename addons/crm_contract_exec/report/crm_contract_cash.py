from odoo import fields, models
from odoo.tools import SQL

from ..tools.contract_state import SIGNED_EVER, STATES
from .crm_contract_result import CONTRACT_FIELDS, FACT_FIELDS


class CrmContractCash(models.Model):
    """How long the money of a contract is on its way: from signature to delivery, invoice and payment.

    Each event has a mean day: of deliveries weighted by their value at the contract's prices, of invoices and payments by their
    amounts, less what was taken back. A figure is there once both of its events have begun. The cash cycle of a contract is the days
    from the mean delivery to the mean payment; it is negative where the customer pays ahead.
    """
    _name = 'crm.contract.cash'
    _description = "Contract Cash Cycle"
    _auto = False
    _rec_name = 'contract_id'
    _order = 'cash_days desc nulls last, id'
    _depends = {
        'crm.contract': CONTRACT_FIELDS, **FACT_FIELDS, 'crm.customer': ['partner_id', 'company_id', 'grade_id'],
        'account.partial.reconcile': ['debit_move_id', 'credit_move_id', 'max_date', 'debit_amount_currency', 'credit_amount_currency']}

    contract_id = fields.Many2one('crm.contract', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    type_id = fields.Many2one('crm.contract.type', readonly=True)
    state = fields.Selection(STATES, readonly=True)
    date_signed = fields.Date("Signed On", readonly=True)
    deliver_days = fields.Float(
        "Signature to Delivery", readonly=True, aggregator='avg', digits=(16, 1), help="Days from the signature to the mean delivery.")
    invoice_days = fields.Float(
        "Delivery to Invoice", readonly=True, aggregator='avg', digits=(16, 1), help="Days from the mean delivery to the mean invoice.")
    collect_days = fields.Float(
        "Invoice to Payment", readonly=True, aggregator='avg', digits=(16, 1), help="Days from the mean invoice to the mean payment.")
    cash_days = fields.Float(
        "Cash Cycle", readonly=True, aggregator='avg', digits=(16, 1),
        help="Days from the mean delivery to the mean payment: how long we finance the contract. Negative: the customer pays ahead.")

    @property
    def _table_query(self):
        contracts = self.env['crm.contract']
        condition = SQL("contract.state = ANY(%s)", list(SIGNED_EVER))
        delivered = SQL(
            """SELECT fact.contract_id, fact.date, fact.quantity * line.price_subtotal / NULLIF(line.product_uom_qty, 0) AS amount
                 FROM (%s) AS fact JOIN sale_order_line AS line ON line.id = fact.order_line_id""", contracts._delivered_sql(condition))
        return SQL(
            """SELECT contract.id, contract.id AS contract_id, contract.partner_id, customer.grade_id, contract.company_id,
                      contract.user_id, contract.team_id, contract.type_id, contract.state, contract.date_signed,
                      delivered.day - (contract.date_signed - DATE '2000-01-01') AS deliver_days,
                      invoiced.day - delivered.day AS invoice_days, collected.day - invoiced.day AS collect_days,
                      collected.day - delivered.day AS cash_days
                 FROM crm_contract AS contract
            LEFT JOIN crm_customer AS customer
                      ON customer.partner_id = contract.partner_id AND customer.company_id = contract.company_id
            LEFT JOIN (%(delivered)s) AS delivered ON delivered.contract_id = contract.id
            LEFT JOIN (%(invoiced)s) AS invoiced ON invoiced.contract_id = contract.id
            LEFT JOIN (%(collected)s) AS collected ON collected.contract_id = contract.id
                WHERE %(condition)s""", delivered=self._mean_day(delivered), condition=condition,
            invoiced=self._mean_day(contracts._invoiced_sql(condition)), collected=self._mean_day(contracts._collected_sql(condition)))

    def _mean_day(self, fact):
        """Return the relation ``(contract_id, day)``: days since 2000 at which, in the mean, the amounts of a fact came; none where
        all was taken back."""
        return SQL(
            """SELECT contract_id, (SUM((date - DATE '2000-01-01') * amount) / NULLIF(SUM(amount), 0))::float8 AS day
                 FROM (%s) AS fact GROUP BY contract_id HAVING SUM(amount) > 0""", fact)

    def action_open_contract(self):
        """Open the contract behind a line."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.contract', 'res_id': self.contract_id.id, 'views': [(False, 'form')]}
