from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from ..tools.mail_text import clean_subject, numbers

_DOUBLE = timedelta(minutes=10)   # in which the same text of the same sender is the same request
_HOUR = timedelta(hours=1)


class CrmTicket(models.Model):
    """Where a mail goes: on a ticket, to a new one, or aside.

    Headers tell first (Odoo's gateway reads them), then the number in the subject, which counts only for those who belong to the ticket.
    """
    _inherit = 'crm.ticket'

    @api.model
    def _mail_routes(self, passage, values, routes):
        """Return the routes of a mail, those to tickets as our rules have them.

        :param routes: list of (model, id, defaults, user id, alias)
        """
        others = [route for route in routes if route[0] != 'crm.ticket']
        mine = [route for route in routes if route[0] == 'crm.ticket']
        if not mine:
            return others
        if passage.address and passage.address in self._mail_own_addresses([passage.address]):
            self._mail_aside(passage, 'loop')
            return others
        chosen, companies = [], set()
        for route in sorted(mine, key=lambda route: self._mail_rank(passage, route)):
            team = self._mail_team(route)
            company = team.company_id.id or self.sudo().browse(route[1]).company_id.id
            if company in companies:      # one ticket per company, whomever of it the mail went to
                if team:
                    passage.notes.append(self.env._("Was also sent to %(team)s.", team=team.name))
                continue
            companies.add(company)
            chosen += self._mail_route(passage, values, route, team)
        return others + chosen

    @api.model
    def _mail_rank(self, passage, route):
        """Return the place of a route: replies first, then as the recipients are named."""
        address = route[4].alias_full_name if route[4] else ''
        return (not route[1], passage.recipients.index(address) if address in passage.recipients else 99)

    @api.model
    def _mail_team(self, route):
        """Return the team that a route leads to: that of the address, else the only one there is."""
        teams = self.env['crm.service.team'].sudo()  # the gateway's user may be a customer
        team = (route[2] or {}).get('team_id')
        if team:
            return teams.browse(team).exists()
        if route[1]:
            return self.sudo().browse(route[1]).team_id
        company = (route[2] or {}).get('company_id') or self.env.company.id
        found = teams.search([('company_id', '=', company)], limit=2)
        return found if len(found) == 1 else teams

    @api.model
    def _mail_route(self, passage, values, route, team):
        """Return the routes for one that leads to tickets: one, or none where that is all."""
        model, thread, defaults, uid, alias = route
        ticket = self.sudo().browse(thread or [])  # whoever writes has no right to tickets
        if not ticket:
            ticket = self._mail_by_number(passage, team.company_id)
        if ticket:
            ticket = ticket._mail_destination()
            if passage.is_machine or ticket._mail_reopens() or self._mail_colleague(passage.address):
                if not ticket._mail_may_go_on():
                    return self._mail_aside(passage, 'loop', team)
                return [(model, ticket.id, None, uid, alias)]
            team = ticket.team_id.filtered('active') or team
            defaults = {'previous_id': ticket.id, 'type_id': ticket.type_id.id, 'company_id': ticket.company_id.id}
        if not team:
            return self._mail_aside(passage, 'no_team')
        defaults = {**(defaults or {}), 'team_id': team.id, 'company_id': team.company_id.id}
        return self._mail_route_new(passage, values, (model, 0, defaults, uid, alias), team)

    @api.model
    def _mail_route_new(self, passage, values, route, team):
        """Return the route to a new ticket, where one is to be made."""
        if passage.is_machine and not (passage.kind == 'generated' and team.takes_machine_mail):
            return self._mail_aside(passage, 'bounce' if passage.kind == 'bounce' else 'automatic', team)
        recent = self._mail_recent(passage.address, team.company_id)
        twin = self._mail_twin(passage, values, recent)
        if twin:
            if not self._mail_brings_more(values, twin):
                passage.outcomes.append(('duplicate', twin.id))
                return []
            return [(route[0], twin.id, None, *route[3:])]
        is_storm, is_much = (0 < limit <= len(recent) for limit in (team.mail_aside_limit, team.mail_quiet_limit))
        if (is_storm or is_much) and not self._mail_is_trusted(passage.address):
            if is_storm:
                return self._mail_aside(passage, 'storm', team)
            passage.is_quiet = True
        return [route]

    @api.model
    def _mail_aside(self, passage, reason, team=None):
        self.env['crm.mail.aside']._keep(passage, reason, team_id=team.id if team else False)
        return []

    @api.model
    def _mail_is_trusted(self, address):
        """Return whether an address may send as much as it likes; Odoo's own list of such."""
        return bool(self.env['mail.gateway.allowed'].sudo().search_count([('email_normalized', '=', address)], limit=1))

    # ------------------------------------------------------------------
    # Tickets that are there
    # ------------------------------------------------------------------

    @api.model
    def _mail_by_number(self, passage, company):
        """Return the ticket of the company whose number is in the subject, if who writes belongs to it."""
        found = numbers(passage.subject)
        if not found or not company:
            return self.browse()
        tickets = self.sudo().with_context(active_test=False).search(  # of whoever; whether one may join is asked next
            [('name', 'in', found), ('company_id', '=', company.id)])
        by_number = {ticket.name: ticket for ticket in tickets}
        return next((
            by_number[number] for number in found if number in by_number and by_number[number]._mail_may_join(passage.address)),
            self.browse())

    @api.model
    def _mail_route_from_catchall(self, passage, values):
        """Return the route of an answer without headers to the address for everything, by the number in its subject."""
        if values.get('is_bounce') or values.get('parent_id') or not numbers(passage.subject):
            return []
        hit = self._mail_catchall(passage)
        if not hit or self.env['mail.alias'].sudo().search_count([('alias_full_name', 'in', passage.recipients)], limit=1):
            return []
        for company in hit.company_ids:
            ticket = self._mail_by_number(passage, company)
            if ticket:
                user = self.env['mail.thread']._mail_find_user_for_gateway(values['email_from'])
                return [('crm.ticket', ticket.id, None, user.id or self.env.uid, None)]
        return []

    @api.model
    def _mail_catchall(self, passage):
        """Return the domains whose address for everything a mail went to."""
        names = {address.partition('@')[2] for address in passage.recipients}
        domains = self.env['mail.alias.domain'].sudo().search([('name', 'in', list(names))])  # addresses are no secret
        return domains.filtered(lambda domain: domain.catchall_email in passage.recipients)

    def _mail_destination(self):
        """Return the ticket that this one has been merged into, however often; itself where it has not.

        What one customer writes does not go to a ticket of another, though a colleague has merged the two.
        """
        return self._stays()

    def _mail_reopens(self):
        """Return whether an answer of the customer still belongs to the ticket: open ones, and closed ones for the days of their type."""
        self.ensure_one()
        if self.state == 'closed':
            until = (self.date_closed or self.date_opened) + timedelta(days=self.type_id.reopen_days)
            return bool(self.type_id.reopen_days) and fields.Datetime.now() <= until
        return self.state != 'cancelled'

    def _mail_may_go_on(self):
        """Return whether a ticket gets no more mail within an hour than a conversation has."""
        self.ensure_one()
        limit = self.team_id.mail_aside_limit
        return not limit or self.env['crm.ticket.stage.log'].sudo().search_count(  # of any company
            [('ticket_id', '=', self.id), ('event', '=', 'asked'), ('date', '>=', fields.Datetime.now() - _HOUR)], limit=limit) < limit

    # ------------------------------------------------------------------
    # Doubles and storms
    # ------------------------------------------------------------------

    @api.model
    def _mail_recent(self, address, company):
        """Return the tickets that an address has opened in a company within the last hour, the latest first."""
        if not address:
            return self.browse()
        logs = self.env['crm.ticket.stage.log'].sudo().search(  # of all teams
            Domain('company_id', '=', company.id) & Domain('event', '=', 'created')
            & Domain('date', '>=', fields.Datetime.now() - _HOUR) & Domain('ticket_id.email_from', 'ilike', address),
            order='date desc, id desc')
        return logs.ticket_id.filtered(lambda ticket: ticket.channel == 'email' and email_normalize(ticket.email_from) == address)

    @api.model
    def _mail_twin(self, passage, values, recent):
        """Return the ticket that the same sender has just opened with the same words."""
        since = fields.Datetime.now() - _DOUBLE
        title = clean_subject(passage.subject) or self._mail_untitled()
        body = html2plaintext(values.get('body') or '').split()
        for ticket in recent.filtered(lambda ticket: ticket.date_opened >= since and ticket.title == title):
            if html2plaintext(ticket.description or '').split() == body:
                return ticket._mail_destination()
        return self.browse()

    @api.model
    def _mail_untitled(self):
        return self.env._("(no subject)")

    @api.model
    def _mail_brings_more(self, values, ticket):
        """Return whether a double brings attachments that the ticket has not; phones give all their pictures the same name."""
        attachments = self.env['ir.attachment'].sudo().search([('res_model', '=', 'crm.ticket'), ('res_id', '=', ticket.id)])
        have = set(attachments.mapped('checksum'))
        return any(self._mail_checksum(attachment[1]) not in have for attachment in values.get('attachments') or ())

    @api.model
    def _mail_checksum(self, content):
        """Return by what an attachment is told from another; what is not plain bytes counts as new."""
        data = content.encode('utf-8', 'replace') if isinstance(content, str) else content
        return self.env['ir.attachment']._compute_checksum(data) if isinstance(data, bytes) else None
