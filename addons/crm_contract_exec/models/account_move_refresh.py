from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Contracts follow their invoices and payments: one question which contracts are concerned, nothing more where none is."""
    _inherit = 'account.move'

    def _crm_contracts(self):
        """Return the contracts that the documents belong to, or pay invoices of; one query."""
        if not self.ids:
            return self.env['crm.contract']
        self.env['account.move'].flush_model(['crm_contract_id'])
        rows = self.env.execute_query(SQL(
            """SELECT crm_contract_id FROM account_move WHERE id = ANY(%(ids)s) AND crm_contract_id IS NOT NULL
                UNION
               SELECT crm_contract_id FROM account_payment WHERE move_id = ANY(%(ids)s) AND crm_contract_id IS NOT NULL
                UNION
               SELECT sale.crm_contract_id
                 FROM account_move_line AS item
                 JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = item.id
                 JOIN sale_order_line AS line ON line.id = rel.order_line_id
                 JOIN sale_order AS sale ON sale.id = line.order_id AND sale.crm_contract_id IS NOT NULL
                WHERE item.move_id = ANY(%(ids)s)""", ids=self.ids))
        return self.env['crm.contract'].browse(row[0] for row in rows)

    def _crm_refresh_contracts(self):
        self.env['crm.contract']._refresh(self._crm_contracts())

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._crm_refresh_contracts()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._crm_refresh_contracts()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._crm_refresh_contracts()
        return result
