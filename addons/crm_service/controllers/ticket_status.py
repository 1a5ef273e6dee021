from odoo import http
from odoo.http import request

from ..tools.intake import one_line
from .ticket_form import allowed

LOOKS_PER_IP, LOOKS_PER_NUMBER = 30, 10     # an hour, unless the parameters crm_service.limit_* say otherwise


class TicketStatus(http.Controller):
    """How a ticket stands, for whoever knows its number and the address that it was opened with."""

    @http.route('/service/status', type='http', auth='public', methods=['GET', 'POST'], website=True, sitemap=True)
    def public_ticket_status(self, number='', email='', **kw):
        """Show state, dates and next step of a ticket; a wrong number and a wrong address get the same answer."""
        values = {'number': one_line(number, 64), 'email': one_line(email, 254), 'ticket': None, 'problem': None}
        if request.httprequest.method == 'POST':
            wanted = values['number'].upper()
            ip = request.httprequest.remote_addr
            in_time = allowed('status_ip', ip, LOOKS_PER_IP) and allowed('status_number', wanted, LOOKS_PER_NUMBER)
            if in_time:
                values['ticket'] = request.env['crm.ticket']._find_by_number(wanted, values['email'])
            values['problem'] = 'often' if not in_time else None if values['ticket'] else 'unknown'
        return request.render('crm_service.public_ticket_status', values)
