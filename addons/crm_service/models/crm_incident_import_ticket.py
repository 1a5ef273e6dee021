from odoo import api, models


class CrmTicket(models.Model):
    """Tickets that are brought in from another system keep their number, and their log is the one that they bring."""
    _inherit = 'crm.ticket'

    @api.model
    def _with_numbers(self, vals_list):
        if not self._is_of_old():
            return super()._with_numbers(vals_list)
        return vals_list

    @api.model
    def _write_log(self, vals_list):
        return self.env['crm.ticket.stage.log'].sudo() if self._is_of_old() else super()._write_log(vals_list)

    @api.model
    def _is_of_old(self):
        return self.env.su and self.env.context.get('crm_log_of_old')

    def _sla_replay(self):
        """Give tickets of one company the promises of today's policies, decided or not, replacing those that they were given before."""
        tickets = self.sudo()  # promises are the company's
        tickets._sla_rows().unlink()
        histories = tickets._sla_histories()
        tickets._sla_show(
            tickets._sla_give(self.env['crm.ticket.sla'].sudo(), histories, lambda ticket, promise, row, clock: True))
