from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.ticket_state import ACTIVE, DONE, OVER


class CrmTicket(models.Model):
    """Making one ticket of several, and two of one."""
    _inherit = 'crm.ticket'

    @api.model
    def _after_log(self, logs):
        """A merged ticket that is taken up again after all stands for itself."""
        result = super()._after_log(logs)
        logs.filtered(lambda log: log.event == 'stage' and log.state_from == 'cancelled').ticket_id.filtered('merged_into_id').write(
            {'merged_into_id': False, 'is_duplicate': False})
        return result

    def _merge_into(self, target):
        """Make the tickets go on in another: their words, files, followers, watchers, tags, copies and plans move there.

        The words of one customer do not move to a ticket of another customer: they stay, linked. What becomes of the promises follows
        from the log.

        :param target: the ticket that stays
        :raise UserError: for tickets that are over, of another company, or the target itself
        """
        self._check_merge(target)
        gone, target = self.sudo(), target.sudo()  # the right to write to all was checked; messages and followers move with their ticket
        for ticket in gone:
            if ticket._is_same_customer(target):
                ticket._hand_words_to(target)
        target._take_terms_of(gone)
        was_left = any(ticket.state in ACTIVE for ticket in gone)
        gone._end_as(target, is_duplicate=False)
        target._log('merged', note=", ".join(gone.mapped('name')))
        if was_left and target.state in DONE:
            target._move('open')

    def _mark_duplicate_of(self, target):
        """Say that the tickets say the same as another: they are over and keep their words.

        :raise UserError: as :meth:`_merge_into`
        """
        self._check_merge(target)
        gone, target = self.sudo(), target.sudo()  # the right to write to all was checked
        target.watcher_ids |= gone.watcher_ids | gone.user_id.filtered(lambda user: user != target.user_id)
        gone._end_as(target, is_duplicate=True)
        target._log('merged', note=", ".join(gone.mapped('name')))

    def _check_merge(self, target):
        target.ensure_one()
        (self | target).check_access('write')
        (self | target).lock_for_update(allow_referencing=True)
        if not self or target in self:
            raise UserError(self.env._("Choose the ticket that stays, and at least one other."))
        if target.state == 'cancelled':
            raise UserError(self.env._("Ticket %(name)s is cancelled: nothing can go on in it. Choose another.", name=target.name))
        for ticket in self:
            if ticket.state in OVER:
                raise UserError(self.env._("Ticket %(name)s is over and stays as it is: link it instead.", name=ticket.name))
            if ticket.company_id != target.company_id:
                raise UserError(self.env._(
                    "Tickets %(one)s and %(other)s belong to different companies.", one=ticket.name, other=target.name))

    def _hand_words_to(self, target):
        """Move what was said and attached, and who follows, to another ticket."""
        self.env['mail.message'].search([
            ('model', '=', self._name), ('res_id', '=', self.id), ('message_type', 'not in', ('notification', 'user_notification')),
        ]).write({'res_id': target.id, 'record_name': target.display_name})
        self.env['ir.attachment'].search(Domain('res_model', '=', self._name) & Domain('res_id', '=', self.id)).write({'res_id': target.id})
        target.message_subscribe(self.message_partner_ids.ids)
        copies = {**self._mail_cc_sanitized_raw_dict(self.email_cc), **self._mail_cc_sanitized_raw_dict(target.email_cc)}
        copies.pop(target.partner_id.email_normalized, None)
        target.email_cc = ", ".join(filter(None, copies.values())) or False
        asked = max(filter(None, (self.date_last_asked, target.date_last_asked)), default=False)
        target.write({
            'date_last_asked': asked, 'is_answer_due': target.is_answer_due or (self.is_answer_due and self.state in ACTIVE)})

    def _take_terms_of(self, gone):
        """Take over tags, watchers, plans and links, and note where they came from."""
        self.write({
            'tag_ids': [(4, tag.id) for tag in gone.tag_ids - self.tag_ids],
            'linked_ids': [(4, ticket.id) for ticket in gone.linked_ids - self - gone]})
        self.watcher_ids |= gone.watcher_ids | gone.user_id.filtered(lambda user: user != self.user_id)
        gone.activity_ids.write({'res_id': self.id})
        for ticket in gone:
            words = ticket.description if ticket._is_same_customer(self) else False
            self.message_post(subtype_xmlid='mail.mt_note', author_id=self.env.user.partner_id.id, body=Markup("<p>%s</p>%s") % (
                self.env._("%(ticket)s was merged into this ticket.", ticket=ticket._get_html_link()),
                Markup("<blockquote>%s</blockquote>") % words if words else ""))

    def _end_as(self, target, is_duplicate):
        self.write({'merged_into_id': target.id, 'is_duplicate': is_duplicate})
        self.merged_ids.write({'merged_into_id': target.id})
        self._move('cancelled')
        self._log('merged', note=target.name)
        link = target._get_html_link()
        text = (self.env._("Says the same as %(ticket)s.", ticket=link) if is_duplicate
                else self.env._("Goes on in %(ticket)s.", ticket=link))
        for ticket in self:
            ticket.message_post(subtype_xmlid='mail.mt_note', author_id=self.env.user.partner_id.id, body=Markup("<p>%s</p>") % text)

    # ------------------------------------------------------------------
    # Split
    # ------------------------------------------------------------------

    def _split(self, messages, title):
        """Make a new ticket of the same customer out of messages of this one; the two are linked.

        :param messages: mail.message, of this ticket
        :param title: subject of the new ticket
        :return: the new ticket, opened when the first of its messages was written
        :raise UserError: for messages that are not of this ticket
        """
        self.ensure_one()
        self.check_access('write')
        messages = messages.sudo().sorted('id')  # of a ticket that the user may write to
        if not messages or any((message.model, message.res_id) != (self._name, self.id) for message in messages):
            raise UserError(self.env._("Choose messages of this ticket."))
        author = messages[0].author_id.filtered(lambda author: author.commercial_partner_id == self.commercial_partner_id)
        new = self.create({
            'title': title, 'description': messages[0].body, 'partner_id': (author or self.partner_id).id,
            'date_opened': messages[0].date,
            'linked_ids': [(4, self.id)], 'tag_ids': [(6, 0, self.tag_ids.ids)],
            **{name: self[name].id for name in ('company_id', 'type_id', 'team_id', 'product_id')},
            **{name: self[name] for name in ('channel', 'partner_name', 'priority', 'email_cc')},
            **({} if self.partner_id else {'email_from': self.email_from, 'phone': self.phone})})
        messages.write({'res_id': new.id, 'record_name': new.display_name})
        messages.attachment_ids.filtered(
            lambda attachment: (attachment.res_model, attachment.res_id) == (self._name, self.id)).write({'res_id': new.id})
        new.message_subscribe(self.message_partner_ids.ids)
        self.message_post(subtype_xmlid='mail.mt_note', body=Markup("<p>%s</p>") % self.env._(
            "A part of this ticket goes on in %(ticket)s.", ticket=new._get_html_link()))
        new.message_post(subtype_xmlid='mail.mt_note', body=Markup("<p>%s</p>") % self.env._(
            "Was part of %(ticket)s.", ticket=self._get_html_link()))
        return new
