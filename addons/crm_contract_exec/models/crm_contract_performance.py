from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.contract_state import SIGNED_EVER

AMOUNTS = 'crm_grading.group_customer_amounts'


class CrmContract(models.Model):
    """The ledger follows the contract: whatever changes about it or its documents is booked as a difference."""
    _inherit = 'crm.contract'

    credit_margin = fields.Float(
        "Margin for Performance (%)", groups=AMOUNTS, copy=False, aggregator='avg', tracking=True,
        help="Share of margin in the net amount, at the costs of the day of signature, by which people are credited where the company"
             " credits by margin. Of a contract without orders: entered by hand.")
    entry_ids = fields.One2many('crm.performance.entry', 'contract_id', "Performance Entries", readonly=True)
    credited_amount = fields.Monetary(
        "Credited", compute='_compute_credited_amount', currency_field='company_currency_id',
        help="Performance credited so far, to the people whose entries you may see.")

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_credited_amount(self):
        amounts = {}
        if self.env['crm.performance.entry'].has_access('read'):
            groups = self.env['crm.performance.entry']._read_group([('contract_id', 'in', self.ids)], ['contract_id'], ['amount:sum'])
            amounts = {contract.id: amount for contract, amount in groups}
        for contract in self:
            contract.credited_amount = amounts.get(contract.id, 0)

    def _move(self, transition, reason=None, **vals):
        """A contract that is signed, ended or terminated changes what people are credited with."""
        result = super()._move(transition, reason=reason, **vals)
        if transition == 'sign':
            self._fix_margin()
        self.filtered(lambda contract: contract.state in SIGNED_EVER)._book_performance()
        return result

    def _take_over_amounts(self):
        result = super()._take_over_amounts()
        self.filtered(lambda contract: contract.state in SIGNED_EVER)._fix_margin()
        return result

    @api.model
    def _refresh(self, contracts=None, date=None):
        changed = super()._refresh(contracts, date)
        self.env['crm.performance.entry'].sudo()._book(contracts, date)  # entries are made for whoever earned them, whoever books
        return changed

    def _book_performance(self):
        """Book the contracts in the performance ledger."""
        self.env['crm.performance.entry'].sudo()._book(self)  # as in _refresh

    def action_open_performance(self):
        """Open the entries of the performance ledger about the contract."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_performance_entry_action')
        return {**action, 'name': self.display_name, 'domain': [('contract_id', '=', self.id)], 'context': {}}

    def _fix_margin(self):
        """Take down the margin of the contracts' orders at the present costs; those without orders keep what was entered."""
        if not self.ids:
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """UPDATE crm_contract AS contract SET credit_margin = found.margin
                 FROM (SELECT contract.id,
                              round((100 * (1 - SUM(%(cost)s) / NULLIF(SUM(line.price_subtotal), 0)))::numeric, 4)::float8 AS margin
                         FROM crm_contract AS contract
                         JOIN res_company AS company ON company.id = contract.company_id
                         JOIN sale_order AS sale ON sale.crm_contract_id = contract.id AND sale.state <> 'cancel'
                         JOIN sale_order_line AS line ON line.order_id = sale.id AND line.display_type IS NULL
                              AND NOT COALESCE(line.is_downpayment, FALSE)
                    LEFT JOIN product_product AS product ON product.id = line.product_id
                    LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
                    LEFT JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id
                    LEFT JOIN uom_uom AS unit ON unit.id = template.uom_id
                        WHERE contract.id IN %(ids)s GROUP BY contract.id) AS found
                WHERE contract.id = found.id AND contract.credit_margin IS DISTINCT FROM found.margin""",
            ids=tuple(self.ids), cost=self._cost_sql()))
        self.invalidate_recordset(['credit_margin'])

    @api.model
    def _cost_sql(self):
        """Return the cost of the order line ``line`` in the currency of its order: as kept on the line where margins are, else the present
        cost of the product."""
        if 'purchase_price' in self.env['sale.order.line']._fields:
            return SQL("line.purchase_price::numeric * line.product_uom_qty::numeric")
        rate = self.env['crm.performance.entry']._rate_sql(
            SQL("company.currency_id"), SQL("contract.currency_id"), SQL("COALESCE(contract.date_signed, CURRENT_DATE)"))
        return SQL(
            """COALESCE((product.standard_price ->> contract.company_id::text)::numeric, 0) * %s::numeric * line.product_uom_qty::numeric
               * COALESCE(line_unit.factor / NULLIF(unit.factor, 0), 1)::numeric""", rate)
