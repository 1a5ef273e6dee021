from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.ticket_state import ACTIVE

LINES = ('order_line', 'invoice_line_ids', 'move_ids', 'line_ids')   # where documents keep their products
CHANNELS = {'crm.visit': 'visit', 'res.partner': 'phone', 'crm.customer': 'phone'}
PEOPLE = ('res.partner', 'crm.customer')                             # whom a ticket is of, not what it is about
MET = ('contact_ids',)                                               # where documents keep the people who took part


class CrmTicket(models.Model):
    """The document that a ticket is about: an order, a delivery, an invoice, a contract, a visit, whatever has a customer.

    Any document of a model with a ``partner_id`` may be one. No model is named here that this addon does not know: the client offers
    “New Ticket” in the action menu of the documents of whichever addons are installed (``static/src/document``), so nothing has to be
    bound when one of them comes or goes.
    """
    _inherit = 'crm.ticket'

    document_name = fields.Char("About", compute='_compute_document_name')

    @api.depends('res_model', 'res_id')
    @api.depends_context('uid')
    def _compute_document_name(self):
        """The name of the document for those who may read it, what sort of document for others."""
        for ticket in self:
            ticket.document_name = False
            if ticket.res_model in self.env and ticket.res_id:
                record = self.env[ticket.res_model].browse(ticket.res_id).exists()
                kind = self.env['ir.model']._get(ticket.res_model).sudo().name  # what sort it is, is no secret
                ticket.document_name = record.display_name if record and record.has_access('read') else kind

    def action_open_document(self):
        """Open the document that the ticket is about.

        :raise UserError: where it is gone
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists() if self.res_model in self.env else None
        if not record:
            raise UserError(self.env._("The document that this ticket is about is not there any more."))
        record.check_access('read')
        return {'type': 'ir.actions.act_window', 'res_model': record._name, 'res_id': record.id, 'views': [(False, 'form')]}

    @api.model
    def action_from_document(self, model, res_id):
        """Open a new ticket about a document, with its customer, company and product.

        :param str model: of the document, a model with a customer
        :raise AccessError: for a document that the user may not read, or for those who make no tickets
        :raise UserError: for a document without a customer
        """
        if model not in self.env or 'partner_id' not in self.env[model]._fields and model != 'res.partner':
            raise UserError(self.env._("A ticket is about something that has a customer."))
        if not self.has_access('create'):
            raise AccessError(self.env._("Only people of the service make tickets."))
        record = self.env[model].browse(res_id)
        record.check_access('read')
        partner = record if model == 'res.partner' else self._document_person(record)
        if not partner:
            raise UserError(self.env._("“%(name)s” has no customer yet.", name=record.display_name))
        values = {
            'partner_id': partner.id, 'company_id': self._document_company(record).id, 'channel': CHANNELS.get(model, 'document'),
            **({} if model in PEOPLE else {'res_model': model, 'res_id': record.id, 'product_id': self._document_product(record).id})}
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("New Ticket"), 'res_model': 'crm.ticket', 'views': [(False, 'form')],
            'context': {f'default_{name}': value for name, value in values.items() if value}}

    @api.model
    def _document_person(self, record):
        """Return who asked: the only person who took part, else the customer."""
        customer = record.partner_id
        people = customer.browse().union(*(record[name] for name in MET if name in record._fields))
        return people if len(people) == 1 and people.commercial_partner_id == customer.commercial_partner_id else customer

    @api.model
    def _document_company(self, record):
        return 'company_id' in record._fields and record.company_id or self.env.company

    @api.model
    def _document_product(self, record):
        """Return the product of a document that has but one."""
        products = self.env['product.product']
        for name in LINES:
            lines = record[name] if name in record._fields else None
            if lines is not None and 'product_id' in lines._fields:
                products |= lines.product_id
        return products if len(products) == 1 else products.browse()


class CrmTicketed(models.AbstractModel):
    """What a document that tickets may be about shows of them."""
    _name = 'crm.ticketed'
    _description = "Document With Tickets"

    crm_ticket_count = fields.Integer(
        "Service Tickets", compute='_compute_crm_ticket_count', groups='crm_service.group_service_agent,sales_team.group_sale_salesman')

    def _compute_crm_ticket_count(self):
        counts = dict(self.env['crm.ticket']._read_group(
            [('res_model', '=', self._name), ('res_id', 'in', self.ids)], ['res_id'], ['__count']))
        for record in self:
            record.crm_ticket_count = counts.get(record.id, 0)

    def _crm_ticket_domain(self):
        return [('res_model', '=', self._name), ('res_id', 'in', self.ids)]

    def action_crm_tickets(self):
        """Open the tickets about the document; a new one is about it, too."""
        self.ensure_one()
        tickets = self.env['crm.ticket']
        context = tickets.action_from_document(self._name, self.id)['context'] if tickets.has_access('create') else {'create': False}
        return {**self.env['ir.actions.act_window']._for_xml_id('crm_service.crm_ticket_action'), 'domain': self._crm_ticket_domain(),
                'context': context}

    def action_crm_ticket(self):
        """Open a new ticket about the document; see :meth:`action_from_document`."""
        self.ensure_one()
        return self.env['crm.ticket'].action_from_document(self._name, self.id)


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'crm.ticketed']


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'crm.ticketed']

    def _compute_crm_ticket_count(self):
        """Those about the invoice, and the complaint that a credit note makes up for."""
        result = super()._compute_crm_ticket_count()
        counts = dict(self.env['crm.ticket']._read_group([('credit_note_id', 'in', self.ids)], ['credit_note_id'], ['__count']))
        for move in self:
            move.crm_ticket_count += counts.get(move._origin, 0)
        return result

    def _crm_ticket_domain(self):
        return ['|', ('credit_note_id', 'in', self.ids), '&', *super()._crm_ticket_domain()]


class CrmCustomer(models.Model):
    _name = 'crm.customer'
    _inherit = ['crm.customer', 'crm.ticketed']

    def _compute_crm_ticket_count(self):
        for customer in self:
            customer.crm_ticket_count = customer.partner_id.crm_ticket_count

    def _crm_ticket_domain(self):
        return [('commercial_partner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids)]


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'crm.ticketed']

    def _compute_crm_ticket_count(self):
        """Of a customer those of all its people, of a person the own ones."""
        tickets, whole = self.env['crm.ticket'], self.filtered(lambda partner: partner.commercial_partner_id == partner)
        counts = dict(tickets._read_group([('commercial_partner_id', 'in', whole.ids)], ['commercial_partner_id'], ['__count']))
        counts.update(tickets._read_group([('partner_id', 'in', (self - whole).ids)], ['partner_id'], ['__count']))
        for partner in self:
            partner.crm_ticket_count = counts.get(partner._origin, 0)

    def _crm_ticket_domain(self):
        is_whole = self.commercial_partner_id == self
        return [('commercial_partner_id' if is_whole else 'partner_id', 'in', self.ids)]

    def _compute_application_statistics_hook(self):
        """Open tickets of customers, for those who may see them; praise for colleagues, for all who work here."""
        data_list = super()._compute_application_statistics_hook()
        if not self.env.user._is_internal():
            return data_list
        tickets = self.env['crm.ticket']
        domain = [('commercial_partner_id', 'in', self.ids), ('state', 'in', ACTIVE)]
        waiting = dict(tickets._read_group(domain, ['commercial_partner_id'], ['__count'])) if tickets.has_access('read') else {}
        # sudo: that somebody was praised may be known to all colleagues, for what it was may not
        praised = tickets.sudo()._read_group(
            [('kind', '=', 'praise'), ('praised_user_id.partner_id', 'in', self.ids), ('state', '!=', 'cancelled')],
            ['praised_user_id'], ['__count'])
        praise = {user.partner_id.id: count for user, count in praised}
        for partner in self:
            for count, icon, label, color in (
                    (waiting.get(partner), 'fa-life-ring', self.env._("Open tickets"), 2),
                    (praise.get(partner.id), 'fa-heart', self.env._("Praise"), 10)):
                if count:
                    data_list[partner.id].append({'iconClass': icon, 'value': count, 'label': label, 'tagClass': f'o_tag_color_{color}'})
        return data_list
