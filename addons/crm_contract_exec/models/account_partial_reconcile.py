from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    _crm_max_date_idx = models.Index("(max_date)")  # what was matched after a day: what was open on it

    @api.model_create_multi
    def create(self, vals_list):
        """Money that is matched with invoices of contracts shows there at once."""
        partials = super().create(vals_list)
        partials._crm_moves()._crm_refresh_contracts()
        return partials

    def unlink(self):
        contracts = self._crm_moves()._crm_contracts()
        done = super().unlink()
        self.env['crm.contract']._refresh(contracts)
        return done

    def _crm_moves(self):
        return self.debit_move_id.move_id | self.credit_move_id.move_id
