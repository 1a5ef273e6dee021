from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import email_normalize, single_email_re

from ..tools.intake import one_line
from .desk import VISITED, visited_company
from .faq import audience, reader

FORMS_PER_IP, FORMS_PER_ADDRESS, SUGGESTIONS_PER_IP = 20, 5, 600   # an hour, unless the parameters crm_service.* say otherwise
TRAP = 'crm_confirm_topic'      # is not shown: whoever fills it in is a program


def allowed(kind, value, limit):
    """Return whether somebody may do something once more within this hour.

    :param limit: how often, unless the parameter ``crm_service.limit_<kind>`` says otherwise
    """
    limit = request.env['crm.ticket']._intake_parameter(f'crm_service.limit_{kind}', limit)
    return request.env['crm.service.attempt']._allow(kind, value, limit)


class TicketForm(http.Controller):
    """A ticket from a form: choose what it is about, answer what we ask for that, send."""

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @http.route('/my/tickets/new', type='http', auth='user', methods=['GET', 'POST'], website=True)
    def portal_ticket_new(self, type=None, about=None, **form):
        """Open a ticket in the portal."""
        partner = request.env.user.partner_id

        def send(kind, files):
            if not allowed('portal', request.env.uid, 60):
                return {'form': request.env._("You have opened many tickets within an hour. Please wait a little.")}
            ticket = self._take_in(
                kind, form, files, partner_id=partner.id, company_id=request.env.company.id, channel='portal')
            return request.redirect(f'/my/tickets/{ticket.id}?message=sent')
        return self._form('/my/tickets/new', type, form, send, {'page_name': 'ticket', 'new_ticket': True, 'is_public': False})

    @http.route('/service/new', type='http', auth='public', methods=['GET', 'POST'], website=True, sitemap=True)
    def public_ticket_new(self, type=None, **form):
        """Open a ticket without signing in. Nothing that comes back depends on whether we know the address."""
        if request.env.user.share and not request.env.user._is_public():
            return request.redirect('/my/tickets/new')
        request.session.pop(VISITED, None)
        return self._public_form(request.env['crm.service.team'], type, form)

    @http.route('/service/new/<string:code>', type='http', auth='public', methods=['GET', 'POST'], website=True, sitemap=False)
    def public_ticket_new_of_team(self, code, type=None, **form):
        """Open a ticket of one team, in its company, without signing in."""
        if request.env.user.share and not request.env.user._is_public():
            return request.redirect('/my/tickets/new')
        team = request.env['crm.service.team']._of_form(code)
        if not team:
            return request.not_found()
        request.session[VISITED] = code     # the answers that are suggested can be read
        return self._public_form(team, type, form)

    @http.route('/service/sent', type='http', auth='public', website=True, sitemap=False)
    def public_ticket_sent(self, **kw):
        """Say that it came and under which number, once to whoever sent it."""
        number = request.session.get('crm_service_number')
        return request.render('crm_service.public_ticket_sent', {'number': number}) if number else request.redirect('/service/new')

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _public_form(self, team, chosen, form):
        """The form for who has not signed in.

        :param team: whose form it is; none: the plain one, of the company at work
        """
        company = team.company_id or request.env.company
        return self._form(
            team._form_path(), chosen, form, lambda kind, files: self._send_public(kind, form, files, company, team), {'is_public': True},
            company)

    def _kinds(self, company):
        """Return the types that customers of a company may choose, in sudo."""
        return request.env['crm.ticket.type'].sudo().search(  # what is offered to customers, nothing else
            Domain('is_public', '=', True) & Domain('company_id', 'in', (False, company.id)))

    def _form(self, url, chosen, form, send, values, company=None):
        """Let choose, ask, or send.

        :param company: default: the one at work
        :param chosen: the id of a type, as text
        :param send: called with the type and the files once there is nothing to put right; returns a response, or errors
        """
        kinds = self._kinds(company or request.env.company)
        kind = kinds.filtered(lambda kind: str(kind.id) == chosen) or (kinds if len(kinds) == 1 else kinds.browse())
        values.update(url=url, kinds=kinds, kind=kind, form=form, errors={}, trap=TRAP)
        if not kind:
            return request.render('crm_service.ticket_form_types', values)
        count, size = request.env['crm.ticket']._intake_limits()
        values.update(file_count=count, file_mb=size // 1024 ** 2)
        if request.httprequest.method == 'POST':
            files = [file for file in request.httprequest.files.getlist('files') if file.filename]
            errors = request.env['crm.ticket']._intake_errors(kind, form, files)
            if values['is_public']:
                errors.update(self._sender_errors(form))
            answer = errors or send(kind, files)
            if not isinstance(answer, dict):
                return answer
            values['errors'] = answer
        return request.render('crm_service.ticket_form', values, status=422 if values['errors'] else 200)

    def _sender_errors(self, form):
        """Return what has to be put right about who asks."""
        errors = {}
        if not one_line(form.get('name'), 100):
            errors['name'] = request.env._("Enter your name.")
        if not self._address(form):
            errors['email'] = request.env._("Enter your e-mail address, such as name@example.com.")
        if form.get(TRAP):
            errors['form'] = request.env._("Leave the hidden field of the form empty and send it again.")
        return errors

    def _address(self, form):
        """Return the one address of who asks; empty where there is none."""
        address = one_line(form.get('email'), 254)
        return (email_normalize(address) or '') if single_email_re.match(address) else ''

    def _send_public(self, kind, form, files, company, team):
        """Take in what somebody sent to a company, and to one of its teams, who has not signed in."""
        address, ip = self._address(form), request.httprequest.remote_addr
        if not allowed('form_ip', ip, FORMS_PER_IP) or not allowed('form_address', address, FORMS_PER_ADDRESS):
            return {'form': request.env._("We have got many messages from you within an hour. Please wait a little and send it again.")}
        ticket = self._take_in(
            kind, form, files, partner_id=request.env['crm.ticket']._sender_of(address, company).id,
            partner_name=one_line(form.get('name'), 100), email_from=address,
            phone=one_line(form.get('phone'), 40), company_id=company.id, channel='web', is_unverified=True,
            **({'team_id': team.id} if team else {}))
        request.session['crm_service_number'] = ticket.name
        return request.redirect('/service/sent')

    def _take_in(self, kind, form, files, **vals):
        """Open the ticket; what the visitor looked for before among the answers did not do."""
        ticket = request.env['crm.ticket']._take_in(kind, form, files, **vals)
        request.env['crm.faq.search']._last_of(reader())._became(ticket)
        return ticket

    # ------------------------------------------------------------------
    # Suggestions
    # ------------------------------------------------------------------

    @http.route('/service/suggest', type='jsonrpc', auth='public', website=True)
    def suggest(self, text=''):
        """Return what may answer a question while it is being typed: list of {id, title, excerpt, url}."""
        if not allowed('suggest', request.httprequest.remote_addr, SUGGESTIONS_PER_IP):
            return []
        text, lang = one_line(text, 200), request.env.lang
        articles = request.env['crm.faq.article'].sudo().with_company(visited_company())  # what may be shown is part of the search
        found = articles._suggest(text, lang, audience(), 5)
        place = 'form' if request.env.user._is_public() else 'portal'
        request.env['crm.faq.search']._note(text, lang, place, len(found), reader())
        return found
