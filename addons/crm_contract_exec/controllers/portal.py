import base64
import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.crm_contract_portal import SHOWN

REPORT = 'crm_contract_exec.crm_contract_report'


class ContractPortal(CustomerPortal):
    """Contracts in the portal: of the own company, or of the link that came by mail."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        contracts = request.env['crm.contract'].sudo()  # the portal has no access to the model, the domain is the own company's
        domain = contracts._portal_domain(request.env.user.partner_id)
        if 'contract_count' in counters:
            values['contract_count'] = contracts.search_count(domain)
        if 'contract_sign_count' in counters:
            values['contract_sign_count'] = contracts.search_count(domain & Domain('state', '=', 'approved'))
        return values

    # ------------------------------------------------------------------
    # Who may see what
    # ------------------------------------------------------------------

    def _contract(self, contract_id, access_token=None):
        """Return a contract for who may see it: internal users by their rights, customers their own company's, others by token.

        :return: the contract, in sudo mode
        :raise AccessError, MissingError: for everybody else, and for what is not agreed yet
        """
        contract = request.env['crm.contract'].browse(contract_id).sudo().exists()  # checked below
        if contract and request.env.user.share and contract._is_shown_to(request.env.user) and not request.env.user._is_public():
            return contract
        contract = self._document_check_access('crm.contract', contract_id, access_token).with_env(request.env).sudo()  # checked there
        if request.env.user.share and contract.state not in SHOWN:
            raise AccessError(request.env._("This contract is not ready yet."))
        return contract

    def _part(self, contract, model, part_id):
        """Return a record that belongs to a contract.

        :raise MissingError: where it belongs to another one
        """
        record = request.env[model].sudo().browse(part_id).exists()  # belongs to the contract that was checked
        if not record or record.contract_id != contract:
            raise MissingError(request.env._("This does not belong to the contract."))
        return record

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @http.route(['/my/contracts', '/my/contracts/page/<int:page>'], type='http', auth='user', website=True)
    def portal_my_contracts(self, page=1, sortby='date', filterby='all', **kw):
        """List the contracts of the own company."""
        sortings = {
            'date': {'label': request.env._("Newest"), 'order': 'date_signed desc nulls first, id desc'},
            'name': {'label': request.env._("Number"), 'order': 'name'},
            'amount': {'label': request.env._("Amount"), 'order': 'amount_total desc, id desc'}}
        filters = {
            'all': {'label': request.env._("All"), 'domain': []},
            'open': {'label': request.env._("Under Way"), 'domain': [('state', 'in', ('approved', 'signed', 'executing', 'suspended'))]},
            'done': {'label': request.env._("Finished"), 'domain': [('state', 'in', ('completed', 'terminated'))]}}
        sortby, filterby = sortby if sortby in sortings else 'date', filterby if filterby in filters else 'all'
        contracts = request.env['crm.contract'].sudo()  # the domain is the own company's
        domain = contracts._portal_domain(request.env.user.partner_id) & Domain(filters[filterby]['domain'])
        pager = portal_pager(
            url='/my/contracts', total=contracts.search_count(domain), page=page, step=self._items_per_page,
            url_args={'sortby': sortby, 'filterby': filterby})
        contracts = contracts.search(
            domain, order=sortings[sortby]['order'], limit=self._items_per_page, offset=pager['offset'])
        request.session['my_contracts_history'] = contracts.ids[:100]
        return request.render('crm_contract_exec.portal_my_contracts', {
            **self._prepare_portal_layout_values(), 'contracts': contracts, 'page_name': 'contract', 'pager': pager,
            'default_url': '/my/contracts', 'searchbar_sortings': sortings, 'sortby': sortby, 'searchbar_filters': filters,
            'filterby': filterby, 'partner': request.env.user.partner_id,
            'states': dict(contracts._fields['state']._description_selection(request.env))})

    @http.route('/my/contracts/<int:contract_id>', type='http', auth='public', website=True)
    def portal_contract_page(self, contract_id, access_token=None, report_type=None, download=False, message=None, **kw):
        """Show a contract: progress, plan, deliveries, instalments, invoices, documents."""
        try:
            contract = self._contract(contract_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        report = request.env.ref(REPORT, raise_if_not_found=False)
        if report and report_type in ('html', 'pdf', 'text'):
            return self._show_report(model=contract, report_type=report_type, report_ref=REPORT, download=download)
        values = {
            'page_name': 'contract', 'contract': contract, 'message': message, 'has_report': bool(report),
            'state': dict(contract._fields['state']._description_selection(request.env))[contract.state],
            'backend_url': f'/odoo/contracts/{contract.id}',
            'documents': contract.document_ids.filtered('is_shared'),
        }
        values = self._get_page_view_values(
            contract, access_token or contract._portal_ensure_token(), values, 'my_contracts_history', False, **kw)
        return request.render('crm_contract_exec.portal_contract_page', values)

    @http.route('/my/contracts/<int:contract_id>/documents/<int:document_id>', type='http', auth='public', website=True)
    def portal_contract_document(self, contract_id, document_id, access_token=None, **kw):
        """Download a document of the contract that is shared with the customer."""
        try:
            document = self._part(self._contract(contract_id, access_token), 'crm.contract.document', document_id)
        except (AccessError, MissingError):
            return request.redirect('/my')
        if not document.is_shared:
            return request.redirect('/my')
        content = base64.b64decode(document.with_context(bin_size=False).file)
        return request.make_response(content, [
            ('Content-Type', 'application/octet-stream'), ('X-Content-Type-Options', 'nosniff'),
            ('Content-Disposition', content_disposition(document.name))])

    @http.route('/my/contracts/<int:contract_id>/steps/<int:step_id>/pay', type='http', auth='public', website=True)
    def portal_contract_pay(self, contract_id, step_id, access_token=None, **kw):
        """Lead to the payment of what is open of an instalment."""
        try:
            contract = self._contract(contract_id, access_token)
            step = self._part(contract, 'crm.contract.step', step_id)
        except (AccessError, MissingError):
            return request.redirect('/my')
        try:
            if not step._portal_can_pay():
                raise UserError(request.env._("This instalment cannot be paid now."))
            action = step.action_payment_link()
        except UserError:
            return request.redirect(contract.get_portal_url(query_string='&message=no_payment'))
        wizard = request.env[action['res_model']].sudo().browse(action['res_id'])  # the link is for who may see the contract
        return request.redirect(wizard.link, local=False)

    @http.route('/my/contracts/status-mail', type='http', auth='user', methods=['POST'], website=True)
    def portal_contract_status_mail(self, crm_status_mail=None, **kw):
        """Keep how often the person wants to be told by mail."""
        partner = request.env.user.partner_id.sudo()  # the own choice, nothing else
        if crm_status_mail in dict(partner._fields['crm_status_mail'].selection):
            partner.crm_status_mail = crm_status_mail
        return request.redirect('/my/contracts')

    # ------------------------------------------------------------------
    # Signatures
    # ------------------------------------------------------------------

    def _signed(self, contract_id, access_token, name, signature, sign, message):
        """Carry out what a signature does.

        :param sign: called with the contract; raises a UserError where it cannot be signed
        :return: what the signature form expects
        """
        try:
            contract = self._contract(contract_id, access_token or request.httprequest.args.get('access_token'))
        except (AccessError, MissingError):
            return {'error': request.env._("This contract cannot be found.")}
        if not signature or not (name or '').strip():
            return {'error': request.env._("Enter your name and sign.")}
        try:
            base64.b64decode(signature, validate=True)
            with request.env.cr.savepoint():
                sign(contract)
        except (TypeError, binascii.Error):
            return {'error': request.env._("The signature cannot be read. Sign again.")}
        except (UserError, MissingError) as error:
            return {'error': str(error)}
        user = request.env.user
        contract.message_post(
            body=message, author_id=(contract.signatory_id or contract.partner_id).id if user._is_public() else user.partner_id.id)
        return {'force_refresh': True, 'redirect_url': contract.get_portal_url(query_string='&message=signed')}

    @http.route('/my/contracts/<int:contract_id>/sign', type='jsonrpc', auth='public', website=True)
    def portal_contract_sign(self, contract_id, access_token=None, name=None, signature=None):
        """Sign the contract for the customer."""
        return self._signed(
            contract_id, access_token, name, signature, lambda contract: contract._sign_in_portal(name, signature),
            request.env._("Contract signed by %(name)s", name=name))

    @http.route('/my/contracts/<int:contract_id>/steps/<int:step_id>/accept', type='jsonrpc', auth='public', website=True)
    def portal_contract_accept(self, contract_id, step_id, access_token=None, name=None, signature=None):
        """Accept what was delivered or reached."""
        return self._signed(
            contract_id, access_token, name, signature,
            lambda contract: self._part(contract, 'crm.contract.step', step_id)._accept_in_portal(name, signature),
            request.env._("Accepted by %(name)s", name=name))

    @http.route('/my/contracts/<int:contract_id>/amendments/<int:amendment_id>/sign', type='jsonrpc', auth='public', website=True)
    def portal_amendment_sign(self, contract_id, amendment_id, access_token=None, name=None, signature=None):
        """Agree to an amendment; it comes into force at once."""
        return self._signed(
            contract_id, access_token, name, signature,
            lambda contract: self._part(contract, 'crm.contract.amendment', amendment_id).action_apply(name, signature),
            request.env._("Amendment signed by %(name)s", name=name))
