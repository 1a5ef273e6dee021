from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, consteq, email_normalize

from ..tools.ticket_state import ACTIVE, DONE, OURS

# What a portal user may read of the own tickets, also by RPC. All else of a ticket (who works on it, causes, promises, what other parts
# of the addon put on it) is ours; the pages show what the methods below return.
READABLE = frozenset({
    'id', 'display_name', 'name', 'title', 'description', 'state', 'kind', 'partner_id', 'commercial_partner_id', 'company_id', 'active',
    'date_opened', 'date_solved', 'date_closed', 'date_last_replied', 'date_last_asked', 'access_url', 'access_token', 'access_warning',
    'is_of_viewer', 'create_date', 'write_date', 'website_message_ids', 'message_ids',
    'date_due', 'priority',   # the order of tickets
})
NOBODY = 'nobody@example.invalid'    # compared with where there is no ticket, so that it takes as long


class CrmTicket(models.Model):
    """A ticket as its customer sees it.

    Portal users have the right to read tickets, by one record rule on :attr:`is_of_viewer`: pages, messages, attachments and counters of
    Odoo all ask the same rule. It looks at whom a person belongs to at that very moment (a rule with the person's company written into
    its domain would be kept in the cache) and not at followers. Which fields they read is limited to :data:`READABLE`.
    """
    _inherit = 'crm.ticket'

    is_of_viewer = fields.Boolean(
        "Shown to Me in the Portal", compute='_compute_is_of_viewer', search='_search_is_of_viewer', compute_sudo=True)

    @api.depends('partner_id', 'commercial_partner_id')
    @api.depends_context('uid')
    def _compute_is_of_viewer(self):
        shown = self.filtered_domain(self._portal_domain(self.env.user.partner_id))
        for ticket in self:
            ticket.is_of_viewer = ticket in shown

    def _search_is_of_viewer(self, operator, value):
        if operator != 'in' or True not in value:
            return NotImplemented
        return self._portal_domain(self.env.user.partner_id)

    @api.model
    def _portal_domain(self, partner):
        """Return the domain of the tickets that a person finds in the portal.

        They are those of the customer that the person belongs to now: the own ones, or with the scope ``company`` all.
        """
        person = partner.sudo()  # who belongs to whom is asked for whoever it is
        if not person.active or not person.id:
            return Domain.FALSE
        customer = Domain('commercial_partner_id', '=', person.commercial_partner_id.id)
        return customer if person.crm_service_scope == 'company' else customer & Domain('partner_id', '=', person.id)

    @api.model
    def _has_field_access(self, field, operation):
        if not self.env.su and self.env.user.share and not (operation == 'read' and field.name in READABLE):
            return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # What the customer reads
    # ------------------------------------------------------------------

    def _portal_state(self):
        """Return how the ticket stands in the customer's words: (label, colour of the badge, what comes next)."""
        self.ensure_one()
        return {
            'new': (self.env._("Received"), 'info', self.env._("We have your ticket and take it up.")),
            'open': (self.env._("In progress"), 'primary', self.env._("We are working on it.")),
            'waiting': (self.env._("Waiting for you"), 'warning', self.env._("Please answer our question, so that we can go on.")),
            'solved': (self.env._("Solved"), 'success', self.env._("We think that it is solved. Please tell us if it is not.")),
            'closed': (self.env._("Closed"), 'secondary', self.env._("Nothing is left to do.")),
            'cancelled': (self.env._("Cancelled"), 'secondary', self.env._("This ticket was not pursued.")),
        }[self.state]

    def _portal_promise(self):
        """Return what we promised next: (label, UTC datetime, whether it is late); None where nothing is promised or it is not our turn."""
        self.ensure_one()
        if self.state not in OURS:
            return None
        promise = self.sla_ids.filtered(lambda sla: sla.state == 'running' and sla.date_due).sorted('date_due')[:1]
        label = self.env._("We solve it by") if promise.promise == 'resolution' else self.env._("We answer by")
        return (label, promise.date_due, promise.date_due < fields.Datetime.now()) if promise else None

    def _portal_tz(self):
        """Return the time zone in which the customer reads moments: the signed-in person's, else that of the mails."""
        user = self.env.user
        return (not user._is_public() and user.tz) or self._customer_tz()

    def _our_tz(self):
        """Return the time zone of those who work on the ticket, which says nothing about the customer."""
        return self.team_id.calendar_id.tz or self.company_id.resource_calendar_id.tz or 'UTC'

    def _portal_reopen_until(self):
        """Return until when (UTC) the customer may say that a closed ticket is not done; None where that cannot be said."""
        self.ensure_one()
        if self.state != 'closed' or not self._mail_reopens():
            return None
        return fields.Datetime.add(self.date_closed, days=self.type_id.reopen_days)

    def _portal_can(self, what):
        """Whether the customer may do something with the ticket now.

        :param what: close, reopen, rate, write
        """
        self.ensure_one()
        return {
            'close': self.state in (*ACTIVE, 'solved'),
            'reopen': self.state in DONE and self._mail_reopens(),
            'rate': self.state in DONE and bool(self.partner_id) and self.type_id.survey != 'none'
                    and not self.feedback_ids.filtered('date_answered'),
            'write': self._mail_reopens(),
        }[what]

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """On a ticket that is over nobody writes from the portal: a new one is opened, as by mail."""
        found = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == 'create' and self.env.user.share:
            for ticket in self.sudo():  # how it stands decides, not who asks
                if not ticket._portal_can('write'):
                    found[ticket] = False
        return found

    # ------------------------------------------------------------------
    # What the customer does
    # ------------------------------------------------------------------

    def _portal_close(self):
        """The customer says that it is solved.

        :raise UserError: where that has been said already, or the ticket was cancelled
        """
        self.ensure_one()
        if not self._portal_can('close'):
            raise UserError(self.env._("This ticket is closed already."))
        self._move('closed', role='customer')

    def _portal_reopen(self, reason, author):
        """The customer says that it is not solved.

        :param reason: plain text, may be empty
        :param author: the contact who says so
        :raise UserError: where it is too late for that
        """
        self.ensure_one()
        if not self._portal_can('reopen'):
            raise UserError(self.env._("This ticket cannot be reopened any more. Please open a new one."))
        if reason:
            self.message_post(body=reason, message_type='comment', subtype_xmlid='mail.mt_comment', author_id=author.id)
        if self.state in DONE:
            self._move('open', role='customer')

    def _portal_feedback(self):
        """Return the question how it was, in sudo: the one that went out by mail, else one that the customer asks for."""
        self.ensure_one()
        feedbacks = self.env['crm.ticket.feedback'].sudo()  # written by the customer's page only
        return self.sudo().feedback_ids[:1] or feedbacks.create(self._feedback_vals())

    # ------------------------------------------------------------------
    # Without signing in
    # ------------------------------------------------------------------

    @api.model
    def _find_by_number(self, number, address):
        """Return the ticket of a number and the e-mail address of whoever asked, in sudo; none where they do not belong together.

        A wrong number and a wrong address take the same way: one statement, one comparison.
        """
        given = email_normalize(address or '') or ''
        self.flush_model(['name', 'email_from', 'partner_id', 'active'])
        self.env['res.partner'].flush_model(['email_normalized'])
        rows = self.env.execute_query(SQL(
            """SELECT ticket.id, ticket.email_from, person.email_normalized
                 FROM crm_ticket AS ticket LEFT JOIN res_partner AS person ON person.id = ticket.partner_id
                WHERE ticket.name = %s AND ticket.active
             ORDER BY ticket.id LIMIT 20""", number))
        found = self.sudo().browse()  # number and address together are the key
        for ticket_id, *addresses in rows or [(None, NOBODY, NOBODY)]:
            matches = [consteq(email_normalize(known or '') or NOBODY, given) for known in addresses]
            if any(matches) and ticket_id:
                found = found or found.browse(ticket_id)
        return found
