from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import email_normalize, formataddr

from ..tools.mail_passage import Passage
from ..tools.mail_text import clean_subject, line


class CrmTicket(models.Model):
    """Tickets by mail: a mail becomes a ticket, or goes on one; what we send bears the number and comes back to the team."""
    _inherit = 'crm.ticket'

    mail_lang = fields.Char(
        "Language of the Mail", copy=False, readonly=True, help="In which somebody wrote who is not among our contacts.")
    previous_id = fields.Many2one(
        'crm.ticket', "Goes on From", copy=False, readonly=True, index='btree_not_null', ondelete='set null',
        help="The customer answered to this ticket when it had been closed for too long.")

    @api.depends('mail_lang')
    def _compute_lang(self):
        result = super()._compute_lang()
        for ticket in self:
            if ticket.mail_lang and not ticket.partner_id.lang:
                ticket.lang = ticket.mail_lang
        return result

    # ------------------------------------------------------------------
    # Mail that comes
    # ------------------------------------------------------------------

    @api.model
    def _mail_passage(self, values):
        """Return the mail that is on its way, made from what was read of it where it does not come through the gateway."""
        return self.env['mail.thread']._crm_passage() or Passage(
            f"From: {line(values.get('email_from'))}\nSubject: {line(values.get('subject'))}\n\n".encode('utf-8', 'replace'))

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        passage = self._mail_passage(msg_dict)
        defaults = dict(custom_values or {})
        team = self.env['crm.service.team'].sudo().browse(defaults.get('team_id') or [])  # of the address that was written to
        company = team.company_id or self.env['res.company'].browse(defaults.get('company_id') or self.env.company.id)
        this = self.with_company(company)
        vals, author = this._mail_sender(passage, msg_dict.get('body'), company)
        previous = self.sudo().browse(defaults.get('previous_id') or [])
        msg_dict.update(author_id=author.id or False, is_internal=False)
        msg_dict.pop('date', None)   # promises count from when a mail is here, not from what a sender's clock says
        people = this._mail_people(msg_dict, passage.address, vals['email_from'])
        return super(CrmTicket, this).message_new({**msg_dict, 'email_from': False, 'cc': False}, {
            'title': clean_subject(passage.subject, previous.name) or this._mail_untitled(),
            'description': msg_dict.get('body'), 'channel': 'email', 'email_cc': people, **vals, **defaults, 'company_id': company.id})

    def message_update(self, msg_dict, update_vals=None):
        passage = self._mail_passage(msg_dict)
        ticket = self.sudo()  # whoever writes has no right to tickets; the route has been checked
        colleague = self._mail_colleague(passage.address)
        msg_dict.pop('date', None)
        if passage.is_machine:       # a note, of which nobody is told: two machines would not stop
            msg_dict.update(is_internal=True, cc=False)
            msg_dict.pop('parent_id', None)
            author = colleague.partner_id or self._mail_contact(passage.address, passage.name, ticket.company_id)[0]
        elif colleague:
            author = colleague.partner_id
            parent = self.env['mail.message'].sudo().browse(msg_dict.get('parent_id') or [])  # of this ticket
            if parent.message_type == 'email' and (not parent.author_id or parent.author_id.partner_share):
                msg_dict['is_internal'] = False   # answers the customer's own words
        else:
            author = self._mail_contact(passage.address, passage.name, ticket.company_id)[0]
            msg_dict['is_internal'] = False
        if not passage.is_machine:
            others = self._mail_people({
                'to': f"{msg_dict.get('to') or ''},{'' if colleague else msg_dict.get('email_from') or ''}", 'cc': msg_dict.get('cc')},
                ticket.email_from, ticket.partner_id.email)
            msg_dict['cc'] = others
        msg_dict['author_id'] = author.id or False
        return super().message_update(msg_dict, update_vals)

    def _mail_delivered(self, passage, is_new):
        """A mail has been posted on the ticket: say what is to be said, and answer that it is here.

        :param is_new: whether the ticket was made of it
        """
        self.ensure_one()
        if not is_new:
            passage.outcomes.append(('note' if passage.is_machine else 'reply', self.id))
            return
        passage.outcomes.append(('ticket', self.id))
        if 'cid:' in (passage.values['body'] if passage.values else self.description or ''):
            # pictures in the text are found where the message has put them
            self.description = self.message_ids.filtered(lambda message: message.message_type == 'email')[:1].body
        if self.previous_id:
            passage.notes.append(self.env._("Goes on from %(ticket)s, which had been closed.", ticket=self.previous_id.name))
            self.previous_id._message_log(body=self.env._("The customer answered; it goes on as %(ticket)s.", ticket=self.name))
        for note in passage.notes:
            self._message_log(body=note)
        if not passage.is_quiet:
            self._acknowledge(references=passage.references)

    @api.model
    def _mail_note_bounce(self, passage, values):
        """A mail of ours came back: the people of its ticket learn of it; no ticket is made."""
        message = values.get('bounced_message')
        ticket = self.sudo().browse(message.res_id).exists() if message and message.model == 'crm.ticket' else self.browse()
        if not ticket:
            return
        address = values.get('bounced_email') or ''
        ticket._message_log(body=Markup("<p>%s</p>%s") % (
            self.env._("A mail to %(address)s did not arrive.", address=address or self.env._("the customer")), values.get('body') or ''))
        passage.outcomes.append(('note', ticket.id))

    # ------------------------------------------------------------------
    # Mail that goes
    # ------------------------------------------------------------------

    def _mail_subject(self, subject):
        """Return a subject with the number of the ticket in it."""
        self.ensure_one()
        subject = line(subject or self.title)
        return subject if self.name in subject else f"[{self.name}] {subject}"

    def _mail_from(self):
        """Return from whom automatic mail to the customer comes: the team at its address, else the company."""
        self.ensure_one()
        team, company = self.team_id.sudo(), self.company_id.sudo()  # a customer's own mail; addresses are no secret
        address = email_normalize(team.alias_email or company.email or '')
        return formataddr((line(team.name if team.alias_email else company.name), address)) if address else False

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Answers come back to the team; where it has no address, Odoo looks for one."""
        # sudo: whoever answers, the team's address is no secret
        found = {
            ticket.id: ticket._notify_get_reply_to_formatted_email(address, author_id=(author_ids or {}).get(ticket.id))
            for ticket in self if (address := ticket.sudo().team_id.alias_email)}
        others = self.filtered(lambda ticket: ticket.id not in found)
        if others or not self:
            found.update(super(CrmTicket, others)._notify_get_reply_to_batch(
                defaults=defaults and {key: value for key, value in defaults.items() if key not in found},
                author_ids=author_ids and {key: value for key, value in author_ids.items() if key not in found}))
        return found
