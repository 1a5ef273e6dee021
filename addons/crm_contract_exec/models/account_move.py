from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = 'account.move'

    crm_contract_id = fields.Many2one(
        'crm.contract', "Contract", index='btree_not_null', copy=False, ondelete='restrict', check_company=True,
        help="The contract that this invoice is for. Invoices of its orders are found without it.")
    crm_step_id = fields.Many2one(
        'crm.contract.step', "Contract Step", index='btree_not_null', copy=False, ondelete='set null', check_company=True,
        help="The step of the execution plan that this invoice was made for.")

    @api.model
    def _crm_reversed_sql(self):
        """Return the condition that credit notes took back all of an invoice, or that a credit note is one of those. What core calls
        reversed may have been credited in part and paid by a bank statement, too.

        Aliases: ``move``, and ``origin`` for the invoice that a credit note takes back.
        """
        return SQL(
            """COALESCE((SELECT SUM(note.amount_total) FROM account_move AS note
                          WHERE note.reversed_entry_id = COALESCE(move.reversed_entry_id, move.id) AND note.state = 'posted')
                        >= COALESCE(origin.amount_total, move.amount_total), FALSE)""")

    def _crm_reversed(self):
        """Return those of the documents that were taken back as a whole, see :meth:`_crm_reversed_sql`."""
        self.env['account.move'].flush_model(['amount_total', 'reversed_entry_id', 'state'])
        found = self.env.execute_query(SQL(
            """SELECT move.id FROM account_move AS move LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
                WHERE move.id = ANY(%s) AND %s""", self.ids, self._crm_reversed_sql()))
        return self.browse(row[0] for row in found)
