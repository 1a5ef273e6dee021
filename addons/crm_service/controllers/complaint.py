from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.complaint import VERDICTS
from ..tools.ticket_state import DONE


class ComplaintPage(CustomerPortal):
    """Where a customer says whether a complaint is settled; opened by the token in the mail. Only pressing a button says something."""

    def _complaint(self, ticket_id, access_token):
        """Return the complaint, in sudo, None for whoever has no right to it, whether it exists or not."""
        try:
            ticket = self._document_check_access('crm.ticket', ticket_id, access_token)
        except (AccessError, MissingError):
            return None
        return ticket if ticket.kind == 'complaint' else None

    def _page(self, ticket, access_token, error=None):
        lang = ticket.lang or request.env.lang
        request.update_context(lang=lang)
        ticket = ticket.with_context(lang=lang)
        return request.render('crm_service.complaint_page', {
            'ticket': ticket, 'access_token': access_token, 'error': error, 'is_over': ticket.state in DONE, 'lang': lang})

    @route('/service/complaint/<int:ticket_id>', type='http', auth='public', website=True, methods=['GET'], sitemap=False)
    def complaint(self, ticket_id, access_token=None, **kw):
        """Show what was done, and ask."""
        ticket = self._complaint(ticket_id, access_token)
        return self._page(ticket, access_token) if ticket else request.not_found()

    @route('/service/complaint/<int:ticket_id>/verdict', type='http', auth='public', website=True, methods=['POST'], sitemap=False)
    def verdict(self, ticket_id, access_token=None, verdict=None, note='', **kw):
        """Keep what the customer says."""
        ticket = self._complaint(ticket_id, access_token)
        if not ticket or verdict not in dict(VERDICTS):
            return request.not_found()
        if not request.env.user.share:
            return self._page(ticket, access_token, error=request.env._("The customer says so, not one of us."))
        try:
            ticket._set_verdict(verdict, note)
        except UserError as error:
            return self._page(ticket, access_token, error=str(error))
        return request.redirect(f'/service/complaint/{ticket.id}?access_token={access_token or ""}')
