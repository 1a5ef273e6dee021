from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.intake import lines, one_line


class TicketPortal(CustomerPortal):
    """Tickets in the portal: the own ones, those of the own company, or the one of the link that came by mail.

    Pages only show; whatever changes something is a POST with the token against forgery.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        tickets = request.env['crm.ticket']
        if {'crm_ticket_count', 'crm_ticket_waiting_count'} & set(counters):
            can_read = tickets.has_access('read')
            mine = Domain('is_of_viewer', '=', True)
            for name, states in (('crm_ticket_count', ('new', 'open', 'waiting')), ('crm_ticket_waiting_count', ('waiting',))):
                if name in counters:
                    values[name] = tickets.search_count(mine & Domain('state', 'in', states)) if can_read else 0
        return values

    # ------------------------------------------------------------------
    # Who may see what
    # ------------------------------------------------------------------

    def _ticket(self, ticket_id, access_token=None):
        """Return a ticket for who may see it, by rule or by the token of its link, in sudo.

        :raise AccessError, MissingError: for everybody else
        """
        return self._document_check_access('crm.ticket', ticket_id, access_token).with_env(request.env).sudo()  # checked there

    def _act(self, ticket_id, access_token, act, message):
        """Carry out what a customer asks for and go back to the page.

        :param act: called with the ticket, in sudo; raises a UserError where it cannot be done
        :param message: what the page says afterwards
        """
        try:
            ticket = self._ticket(ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        if not request.env.user.share:
            message = 'colleague'   # colleagues answer for what they do in the back end
        else:
            try:
                with request.env.cr.savepoint():
                    act(ticket)
            except UserError:
                message = 'not_possible'
        return request.redirect(self._back(ticket, access_token, message))

    def _back(self, ticket, access_token, message):
        token = f'&access_token={access_token}' if access_token else ''
        return f'/my/tickets/{ticket.id}?message={message}{token}'

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    def _ticket_searchbar(self):
        return {
            'searchbar_sortings': {
                'date': {'label': request.env._("Newest"), 'order': 'date_opened desc, id desc'},
                'name': {'label': request.env._("Number"), 'order': 'name desc, id desc'},
                'title': {'label': request.env._("Subject"), 'order': 'title, id desc'}},
            'searchbar_filters': {
                'all': {'label': request.env._("All"), 'domain': []},
                'open': {'label': request.env._("Open"), 'domain': [('state', 'in', ('new', 'open', 'waiting'))]},
                'waiting': {'label': request.env._("Waiting for you"), 'domain': [('state', '=', 'waiting')]},
                'done': {'label': request.env._("Done"), 'domain': [('state', 'in', ('solved', 'closed', 'cancelled'))]}},
            'searchbar_inputs': {
                'all': {'input': 'all', 'label': request.env._("Search in all"), 'fields': ('name', 'title', 'description')},
                'name': {'input': 'name', 'label': request.env._("Search in numbers"), 'fields': ('name',)},
                'title': {'input': 'title', 'label': request.env._("Search in subjects"), 'fields': ('title',)}},
            'searchbar_groupby': {
                'none': {'label': request.env._("None")}, 'state': {'label': request.env._("Status")},
                'type': {'label': request.env._("Type")}, 'person': {'label': request.env._("Asked by")}},
        }

    @http.route(['/my/tickets', '/my/tickets/page/<int:page>'], type='http', auth='user', website=True)
    def portal_my_tickets(self, page=1, sortby='date', filterby='all', groupby='none', search='', search_in='all', **kw):
        """List the tickets that the person may see."""
        bar = self._ticket_searchbar()
        chosen = {'sortby': sortby, 'filterby': filterby, 'groupby': groupby, 'search_in': search_in}
        bars = ('searchbar_sortings', 'searchbar_filters', 'searchbar_groupby', 'searchbar_inputs')
        for (name, value), choices in zip(chosen.items(), bars, strict=True):
            chosen[name] = value if value in bar[choices] else next(iter(bar[choices]))
        search = one_line(search, 100)
        domain = Domain('is_of_viewer', '=', True) & Domain(bar['searchbar_filters'][chosen['filterby']]['domain'])
        if search:
            names = bar['searchbar_inputs'][chosen['search_in']]['fields']
            domain &= Domain.OR(Domain(name, 'ilike', search) for name in names)
        tickets = request.env['crm.ticket']
        if not tickets.has_access('read'):
            return request.redirect('/my')
        pager = portal_pager(
            url='/my/tickets', total=tickets.search_count(domain), page=page, step=self._items_per_page,
            url_args={**chosen, 'search': search})
        tickets = tickets.search(
            domain, order=bar['searchbar_sortings'][chosen['sortby']]['order'], limit=self._items_per_page, offset=pager['offset'])
        request.session['my_tickets_history'] = tickets.ids[:100]
        return request.render('crm_service.portal_my_tickets', {
            **self._prepare_portal_layout_values(), **bar, **chosen, 'search': search, 'page_name': 'ticket', 'pager': pager,
            'default_url': '/my/tickets', 'groups': self._grouped(tickets.sudo(), chosen['groupby']),  # found by the rule
            'is_company_wide': request.env.user.partner_id.crm_service_scope == 'company'})

    def _grouped(self, tickets, groupby):
        """Return tickets of a page as [(heading, tickets)]."""
        keys = {
            'state': lambda ticket: ticket._portal_state()[0], 'type': lambda ticket: ticket.type_id.name,
            'person': lambda ticket: ticket.partner_id.name}
        if groupby not in keys:
            return [('', tickets)] if tickets else []
        return list(tickets.grouped(keys[groupby]).items())

    @http.route('/my/tickets/<int:ticket_id>', type='http', auth='public', website=True)
    def portal_ticket_page(self, ticket_id, access_token=None, message=None, **kw):
        """Show a ticket: how it stands, what we promised, what was said."""
        try:
            ticket = self._ticket(ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        merged = ticket.merged_into_id
        values = {
            'page_name': 'ticket', 'ticket': ticket, 'message': message, 'backend_url': f'/odoo/tickets/{ticket.id}',
            'is_colleague': not request.env.user.share, 'merged': merged if merged.with_user(request.env.user).has_access('read') else None}
        values = self._get_page_view_values(ticket, access_token, values, 'my_tickets_history', False, **kw)
        return request.render('crm_service.portal_ticket_page', values)

    @http.route('/my/tickets/<int:ticket_id>/files/<int:attachment_id>', type='http', auth='public', website=True)
    def portal_ticket_file(self, ticket_id, attachment_id, access_token=None, **kw):
        """Download a file that came with the ticket; whatever it is, it is never opened in the browser."""
        try:
            ticket = self._ticket(ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        attachment = ticket.intake_attachment_ids.filtered(lambda attachment: attachment.id == attachment_id)
        if not attachment:
            return request.redirect('/my')
        return request.make_response(attachment.raw or b'', [
            ('Content-Type', 'application/octet-stream'), ('X-Content-Type-Options', 'nosniff'),
            ('Content-Security-Policy', "default-src 'none'; sandbox"), ('Content-Disposition', content_disposition(attachment.name))])

    # ------------------------------------------------------------------
    # What the customer does
    # ------------------------------------------------------------------

    @http.route('/my/tickets/<int:ticket_id>/close', type='http', auth='public', methods=['POST'], website=True)
    def portal_ticket_close(self, ticket_id, access_token=None, **kw):
        """The customer says that it is solved."""
        return self._act(ticket_id, access_token, lambda ticket: ticket._portal_close(), 'closed')

    @http.route('/my/tickets/<int:ticket_id>/reopen', type='http', auth='public', methods=['POST'], website=True)
    def portal_ticket_reopen(self, ticket_id, access_token=None, reason='', **kw):
        """The customer says that it is not solved."""
        def reopen(ticket):
            user = request.env.user
            ticket._portal_reopen(lines(reason, 20000), ticket.partner_id if user._is_public() else user.partner_id)
        return self._act(ticket_id, access_token, reopen, 'reopened')

    @http.route('/my/tickets/<int:ticket_id>/rate', type='http', auth='public', methods=['POST'], website=True)
    def portal_ticket_rate(self, ticket_id, access_token=None, **kw):
        """Lead to the page where the customer says how it was."""
        try:
            ticket = self._ticket(ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        if not request.env.user.share or not ticket._portal_can('rate'):
            return request.redirect(self._back(ticket, access_token, 'not_possible'))
        return request.redirect(ticket._portal_feedback()._link())
