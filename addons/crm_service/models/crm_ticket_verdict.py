from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.complaint import VERDICTS
from ..tools.ticket_state import DONE


class CrmTicket(models.Model):
    """Whether a complaint is settled, the customer says: asked when we think it is, by mail and on a page."""
    _inherit = 'crm.ticket'

    verdict_asked = fields.Datetime("Customer Asked", copy=False, readonly=True)
    customer_verdict = fields.Selection(VERDICTS, "Customer Says", copy=False, readonly=True, tracking=True)
    verdict_date = fields.Datetime("Customer Said So", copy=False, readonly=True)
    verdict_note = fields.Text("What the Customer Adds", copy=False, readonly=True)

    @api.model
    def _after_log(self, logs):
        result = super()._after_log(logs)
        solved = logs.filtered(lambda log: log.event == 'stage' and log.state == 'solved' and log.state_from not in DONE).ticket_id
        complaints = solved.filtered(lambda ticket: ticket.kind == 'complaint' and ticket.state == 'solved')
        if complaints:
            complaints._ask_verdict()
        return result

    def _ask_verdict(self):
        """Ask the customers whether they are satisfied with what was done; an earlier answer counts no more."""
        self.write({'verdict_asked': fields.Datetime.now(), 'customer_verdict': False, 'verdict_date': False, 'verdict_note': False})
        template = self.env.ref('crm_service.mail_template_complaint_verdict', raise_if_not_found=False)
        reachable = self.filtered(lambda ticket: ticket.partner_id.email or ticket.email_from)
        if template and reachable:
            reachable.message_post_with_source(template, message_type='auto_comment', subtype_xmlid='mail.mt_comment')

    def _verdict_url(self):
        """Return the path of the page that asks, with the token of the ticket."""
        self.ensure_one()
        return f'/service/complaint/{self.id}?access_token={self._portal_ensure_token()}'

    def _set_verdict(self, verdict, note=''):
        """Keep what the customer says: satisfied closes the complaint, not satisfied opens it again.

        :param verdict: a key of VERDICTS
        :param note: the customer's words, plain text
        :raise UserError: for tickets that are not to be judged
        """
        self.ensure_one()
        ticket = self.sudo()  # the customer has no right to write; whoever calls has checked who it is
        if ticket.kind != 'complaint' or ticket.state not in DONE:
            raise UserError(self.env._("There is nothing to judge at the moment: we are still working on it."))
        note = (note or '').strip()[:2000]
        ticket.write({
            'customer_verdict': verdict, 'verdict_date': fields.Datetime.now(), 'verdict_note': note or False})
        if verdict == 'unsatisfied':
            # what the customer writes opens the ticket again, or starts a new one where it is long over
            ticket.message_post(
                body=note or ticket.with_context(lang=ticket.lang).env._("I am not satisfied with this."), message_type='comment',
                subtype_xmlid='mail.mt_comment', author_id=ticket.partner_id.id or False, email_from=ticket.email_from)
        elif note:
            ticket.message_post(
                body=Markup("<p>%s</p>") % note, message_type='auto_comment', subtype_xmlid='mail.mt_note',
                author_id=ticket.partner_id.id or False)
        if verdict == 'satisfied' and ticket.state == 'solved':
            ticket._move('closed', role='customer')

    def action_verdict_satisfied(self):
        """The customer has told us, by phone perhaps, to be satisfied."""
        return self._told_verdict('satisfied')

    def action_verdict_unsatisfied(self):
        """The customer has told us not to be satisfied: the complaint goes on."""
        return self._told_verdict('unsatisfied')

    def _told_verdict(self, verdict):
        self.check_access('write')
        for ticket in self:
            if ticket.kind != 'complaint' or ticket.state not in DONE:
                raise UserError(self.env._("There is nothing to judge at the moment: we are still working on it."))
            ticket.sudo().write({'customer_verdict': verdict, 'verdict_date': fields.Datetime.now()})  # kept by the ticket itself
            ticket.message_post(subtype_xmlid='mail.mt_note', body=self.env._(
                "The customer told %(user)s: %(verdict)s.", user=self.env.user.name,
                verdict=dict(ticket._fields['customer_verdict']._description_selection(self.env))[verdict]))
            if verdict == 'unsatisfied':
                ticket._move('open')
            elif ticket.state == 'solved':
                ticket._move('closed')
        return True
