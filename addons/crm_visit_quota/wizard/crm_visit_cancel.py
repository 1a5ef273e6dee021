from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmVisitCancel(models.TransientModel):
    """Why visits are cancelled, and whether the people invited are told."""
    _name = 'crm.visit.cancel'
    _description = "Cancel Visits"

    visit_ids = fields.Many2many('crm.visit', string="Visits", default=lambda self: self.env.context.get('active_ids', []))
    reason = fields.Char(required=True)
    has_guests = fields.Boolean(compute='_compute_has_guests')
    is_telling = fields.Boolean("Tell the people invited", default=True)

    @api.depends('visit_ids')
    def _compute_has_guests(self):
        for wizard in self:
            wizard.has_guests = bool(wizard._guests())

    def _guests(self):
        """Return ``{event to come: people to be told}``: those with an e-mail address, oneself left out."""
        guests = {}
        for event in self.visit_ids.calendar_event_id.filtered(lambda event: event.active and event.start > fields.Datetime.now()):
            people = event.partner_ids.filtered('email') - self.env.user.partner_id
            if people:
                guests[event] = people
        return guests

    def action_apply(self):
        """Cancel the visits and take them off the calendar.

        :raise UserError: without a reason, or if a visit cannot be cancelled any more; then nobody is told anything
        """
        self.ensure_one()
        if not (self.reason or '').strip():
            raise UserError(self.env._("Say why the visit is cancelled."))
        guests = self._guests() if self.is_telling else {}
        self.visit_ids.action_cancel(self.reason.strip())
        template = self.env.ref('calendar.calendar_template_delete_event', raise_if_not_found=False)
        for event, people in guests.items() if template else ():
            template.send_mail(
                event.id, email_layout_xmlid='mail.mail_notification_light', email_values={'recipient_ids': people.ids})
        return {'type': 'ir.actions.act_window_close'}
