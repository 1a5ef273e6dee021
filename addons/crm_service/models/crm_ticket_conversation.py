from odoo import fields, models

from ..tools.ticket_state import DONE


class CrmTicket(models.Model):
    """What is said on a ticket counts: who wrote last, when we first answered, whether an answer of ours is due.

    A message counts as *asked* when its author is no colleague, as *replied* when a colleague writes what the customer gets to read;
    notes among ourselves, automatic notices and acknowledgements count as neither.
    """
    _inherit = 'crm.ticket'

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        side = self._side_of(message)
        if side == 'asked':
            self._customer_wrote(message)
        elif side == 'replied':
            self._we_wrote(message)
        return result

    def _side_of(self, message):
        """Return ``asked`` where a message is the customer's, ``replied`` where it is ours to the customer, else None."""
        if message.message_type not in ('comment', 'email', 'email_outgoing') or message.is_internal or not message.subtype_id:
            return None
        comment, opening = (
            self.env['ir.model.data']._xmlid_to_res_id(name) for name in ('mail.mt_comment', 'crm_service.mt_ticket_new'))
        kind = message.subtype_id
        if kind.id == opening or (kind.id != comment and kind.internal):   # what a ticket was opened with, is its opening
            return None
        users = message.author_id.sudo().with_context(active_test=False).user_ids  # who is a colleague, is no secret
        ours = users.filtered(lambda user: not user.share)
        return 'replied' if ours else 'asked'

    def _customer_wrote(self, message):
        """The customer wrote: an answer is due, and the next step is ours."""
        ticket = self.sudo()  # the customer has no right to write
        date = self._date_of(message)
        ticket.write({'date_last_asked': date, 'is_answer_due': True})
        ticket._log('asked', date=date, author_id=message.author_id.id)
        if ticket.state in ('waiting', *DONE):
            ticket._move('open', role='customer')

    def _we_wrote(self, message):
        """A colleague answered the customer."""
        ticket = self.sudo()  # whoever may post, answers
        date = self._date_of(message)
        ticket.write({
            'date_last_replied': date, 'is_answer_due': False, **({} if ticket.date_first_response else {'date_first_response': date})})
        ticket._log('replied', date=date, author_id=message.author_id.id)

    def _date_of(self, message):
        """Return when a message was written: what a mail says, unless the clock of its sender is ahead."""
        return min(message.date, fields.Datetime.now())
