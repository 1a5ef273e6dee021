from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    segment_ids = fields.Many2many(
        'crm.segment', string="Segments", compute='_compute_segment_ids', search='_search_segment_ids', compute_sudo=False,
        help="Segments whose conditions the customer meets now.")

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_segment_ids(self):
        segments = self.env['crm.segment'].search([('company_id', 'in', self.company_id.ids)])
        members = segments._union(
            lambda segment, query: query.select(SQL.identifier(query.table, 'id'), SQL("%s::int", segment.id)),
            Domain('id', 'in', self.ids))
        by_customer = {}
        for customer, segment in members:
            by_customer.setdefault(customer, []).append(segment)
        for customer in self:
            customer.segment_ids = segments.browse(by_customer.get(customer.id, ()))

    @api.model
    def _search_segment_ids(self, operator, value):
        if operator not in ('in', 'any'):
            return NotImplemented
        if operator == 'any':
            found = self.env['crm.segment'].search(value)
        else:
            found = self.env['crm.segment'].browse([segment for segment in value if segment]).exists()
        domain = Domain.OR(segment.customer_domain() for segment in found)
        if operator == 'in' and False in value:
            everywhere = self.env['crm.segment'].search(Domain.TRUE)
            domain |= ~Domain.OR(segment.customer_domain() for segment in everywhere)
        return domain


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_segment_ids = fields.Many2many(
        'crm.segment', string="Customer Segments", compute='_compute_crm_segment_ids', search='_search_crm_segment_ids',
        compute_sudo=False, help="Segments of the company, in the current company, that the contact belongs to.")

    @api.depends_context('company', 'uid')
    def _compute_crm_segment_ids(self):
        profiles = self.env['crm.customer'].search([
            ('partner_id', 'in', self.commercial_partner_id.ids), ('company_id', '=', self.env.company.id)])
        segments = {profile.partner_id: profile.segment_ids for profile in profiles}
        for partner in self:
            partner.crm_segment_ids = segments.get(partner.commercial_partner_id, False)

    @api.model
    def _search_crm_segment_ids(self, operator, value):
        if operator not in ('in', 'any'):
            return NotImplemented
        profiles = self.env['crm.customer']._search(
            Domain('segment_ids', operator, value) & Domain('company_id', '=', self.env.company.id))
        return Domain('commercial_partner_id', 'in', profiles.subselect(SQL.identifier(profiles.table, 'partner_id')))
