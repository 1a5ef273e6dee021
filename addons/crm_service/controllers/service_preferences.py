from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

NOTICES = '/my/service-preferences'


class ServicePreferences(CustomerPortal):
    """What customers set for themselves, and administrators for the people of their company."""

    def _fields_offered(self, partner):
        """Return the choices of the page as {field: [(value, label)]}; how often orders are reported where contracts are installed."""
        names = ['crm_service_channel', *(['crm_status_mail'] if 'crm_status_mail' in partner._fields else [])]
        return {name: partner._fields[name]._description_selection(request.env) for name in names}

    @http.route(NOTICES, type='http', auth='user', methods=['GET', 'POST'], website=True)
    def portal_service_preferences(self, saved=None, **form):
        """Show the preferences of the person and keep what was chosen."""
        partner = request.env.user.partner_id.sudo()  # the own choices, nothing else
        offered = self._fields_offered(partner)
        languages = request.env['res.lang'].get_installed()
        if request.httprequest.method == 'POST':
            vals = {name: not form.get(name) for name in partner._crm_service_preferences()}   # ticked: wanted
            vals.update({name: form[name] for name, choices in offered.items() if form.get(name) in dict(choices)})
            if form.get('lang') in dict(languages):
                vals['lang'] = form['lang']
            partner.write(vals)
            response = request.redirect(f'{NOTICES}?saved=1')
            if 'lang' in vals:
                response.set_cookie('frontend_lang', vals['lang'])
            return response
        return request.render('crm_service.portal_service_preferences', {
            **self._prepare_portal_layout_values(), 'page_name': 'service_preferences', 'partner': partner, 'offered': offered,
            'languages': languages, 'saved': saved})

    # ------------------------------------------------------------------
    # People of the company
    # ------------------------------------------------------------------

    @http.route('/my/company-people', type='http', auth='user', methods=['GET', 'POST'], website=True)
    def portal_company_people(self, saved=None, **form):
        """Let an administrator say which colleagues see all tickets of the company."""
        partner = request.env.user.partner_id.sudo()  # its colleagues, and nobody without being their administrator
        if not partner.crm_service_admin:
            return request.redirect(NOTICES)
        people = partner._crm_service_colleagues()
        if request.httprequest.method == 'POST':
            scopes = dict(partner._fields['crm_service_scope'].selection)
            for person in people:
                scope = form.get(f'scope_{person.id}')
                if scope in scopes and scope != (person.crm_service_scope or 'own'):
                    person.crm_service_scope = scope
            return request.redirect('/my/company-people?saved=1')
        return request.render('crm_service.portal_company_people', {
            **self._prepare_portal_layout_values(), 'page_name': 'service_preferences', 'is_people': True, 'people': people, 'saved': saved,
            'scopes': partner._fields['crm_service_scope']._description_selection(request.env)})
