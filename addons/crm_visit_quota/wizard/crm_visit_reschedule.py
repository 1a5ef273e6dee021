from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmVisitReschedule(models.TransientModel):
    """To when a visit is put off."""
    _name = 'crm.visit.reschedule'
    _description = "Reschedule a Visit"

    visit_id = fields.Many2one('crm.visit', required=True, ondelete='cascade', default=lambda self: self.env.context.get('active_id'))
    date_start = fields.Datetime("New Beginning", required=True, compute='_compute_date_start', store=True, readonly=False, precompute=True)
    reason = fields.Char(help="Goes into the history of the visit.")

    @api.depends('visit_id')
    def _compute_date_start(self):
        """Propose the same time of day a week after the visit, or after today if that has gone by."""
        for wizard in self:
            planned, now = wizard.visit_id.date_start, fields.Datetime.now()
            if planned:
                days = max((now.date() - planned.date()).days, 0) + 7
                wizard.date_start = fields.Datetime.add(planned, days=days)

    def action_apply(self):
        """Put the visit off and open the one that takes its place.

        :raise UserError: to the same moment, or into the past
        """
        self.ensure_one()
        if self.date_start <= fields.Datetime.now():
            raise UserError(self.env._("Choose a moment that is still to come."))
        new = self.visit_id.action_reschedule(self.date_start)
        if self.reason:
            self.visit_id.message_post(body=self.reason)
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.visit', 'res_id': new.id, 'views': [(False, 'form')]}
