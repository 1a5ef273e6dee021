from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.ticket_state import ACTIVE, DONE


class CrmTicket(models.Model):
    """A broken promise asks for its cause, from whoever has the ticket."""
    _inherit = 'crm.ticket'

    @api.model
    def _after_breach(self, slas):
        """Hook: ``slas`` (in sudo) have just been broken. Asks for the cause."""
        kind = self.env.ref('crm_service.mail_activity_breach_cause')
        asked = {}
        for sla in slas.filtered(lambda sla: not sla.cause_id):
            user = sla.ticket_id.user_id or sla.ticket_id.team_id.user_id
            if user.active and sla.ticket_id.state != 'cancelled':
                asked.setdefault((sla.ticket_id, user), []).append(sla)
        model = self.env['ir.model']._get_id('crm.ticket')
        self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True).create([{  # asked by the rule, not by who works
            'res_model_id': model, 'res_id': ticket.id, 'activity_type_id': kind.id, 'user_id': user.id, 'automated': True,
            'summary': self.with_context(lang=user.lang).env._("Why was the promise broken?"),
            'date_deadline': fields.Date.context_today(self.with_context(tz=user.tz))} for ticket, user in asked])

    def _check_moves(self, target, role):
        """:raise UserError: also where the cause of a broken promise has to be said before a ticket is solved or closed"""
        super()._check_moves(target, role)
        if target not in DONE or role == 'customer' or self.env.su:
            return
        now = fields.Datetime.now()
        silent = self.filtered(lambda ticket: ticket.state in ACTIVE).sla_ids.sudo().filtered(  # terms are not for everybody to read
            lambda sla: not sla.cause_id and sla.policy_id.cause_required and sla.state != 'void' and (
                sla.is_breached or (sla.state == 'running' and sla.date_breach and sla.date_breach < now)))
        if silent:
            raise UserError(self.env._(
                "Say first why the promise “%(promise)s” on ticket %(ticket)s was broken: choose the cause under Promises.",
                promise=silent[0].policy_id.name, ticket=silent[0].ticket_id.name))


class CrmTicketSla(models.Model):
    _inherit = 'crm.ticket.sla'

    def _cause_given(self):
        """The question for the cause is answered, on tickets where nothing is left to be explained."""
        for ticket in self.ticket_id:
            if not ticket.sla_ids.filtered(lambda sla: sla.is_breached and not sla.cause_id):
                ticket.sudo().activity_feedback(['crm_service.mail_activity_breach_cause'])  # also where somebody else was asked
