from odoo import api, fields, models
from odoo.exceptions import AccessError


class RatingRating(models.Model):
    """Odoo lets every colleague write ratings. Those of tickets are the customer's word: they come from the customer's page only."""
    _inherit = 'rating.rating'

    def _check_tickets(self, vals_list=()):
        """:raise AccessError: for ratings of tickets, unless it is our own code that writes them"""
        if self.env.su:
            return
        model = self.env['ir.model']._get_id('crm.ticket')
        if any(vals.get('res_model_id') == model or vals.get('res_model') == 'crm.ticket' for vals in vals_list) or any(
                rating.res_model == 'crm.ticket' for rating in self):
            raise AccessError(self.env._("Tickets are rated by customers only."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_tickets(vals_list)
        ratings = super().create(vals_list)
        ratings._check_tickets()
        return ratings

    def write(self, vals):
        self._check_tickets([vals])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_of_tickets(self):
        self._check_tickets()


class CrmTicket(models.Model):
    _inherit = 'crm.ticket'

    # nobody has rated a new ticket: found before it is written, without looking
    rating_last_value = fields.Float(compute='_compute_rating_last_value', store=True, precompute=True)

    def message_post(self, **kwargs):
        """A message does not rate: Odoo would take a rating from whoever posts, an agent too."""
        kwargs.pop('rating_value', None)
        kwargs.pop('rating_id', None)
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, *, body, rating_value=None, **kwargs):
        return super()._message_update_content(message, body=body, **kwargs)
