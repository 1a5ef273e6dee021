from odoo import api, fields, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    crm_standin_user_ids = fields.Many2many(
        'res.users', string="Stands In For", compute='_compute_crm_standin_user_ids', compute_sudo=True,
        help="The colleagues for whom this person acts at this moment, for all customers or some.")

    def _compute_crm_standin_user_ids(self):
        for user in self:
            terms = self.env['crm.standin']._active_terms(user._origin.id)
            user.crm_standin_user_ids = self.browse(dict.fromkeys(term.person for term in terms))

    @api.private
    def crm_standin_domain(self, owner, customer=None):
        """Extend with the colleagues for whom this user stands in; see the base method.

        Where only some customers are looked after, documents without a customer are left out.
        """
        domains = [Domain(super().crm_standin_domain(owner, customer))]
        for term in self.env['crm.standin']._active_terms(self.id):
            mine = Domain(owner, '=', term.person)
            if term.partners is None:
                domains.append(mine)
            elif customer:
                domains.append(mine & Domain(f'{customer}.commercial_partner_id', 'in', term.partners))
        return list(Domain.OR(domains))


class IrRule(models.Model):
    _inherit = 'ir.rule'

    def _compute_domain_context_values(self):
        """Rules are cached as they were last: what they say changes with the clock when a stand-in begins or ends."""
        yield from super()._compute_domain_context_values()
        yield () if self.env.su else tuple(term.id for term in self.env['crm.standin']._active_terms(self.env.uid))


class CrmStandinMixin(models.AbstractModel):
    """For documents with a salesperson: whether the user sees them as a stand-in, for filters and banners."""
    _name = 'crm.standin.mixin'
    _description = "Seen as a Stand-In"

    crm_standing_in = fields.Boolean("Standing In", compute='_compute_crm_standing_in', search='_search_crm_standing_in')

    @api.depends('user_id')
    @api.depends_context('uid')
    def _compute_crm_standing_in(self):
        people = self.env.user.crm_standin_user_ids
        for document in self:
            document.crm_standing_in = document.user_id in people

    @api.model
    def _search_crm_standing_in(self, operator, value):
        if operator != 'in':
            return NotImplemented
        domain = Domain('user_id', 'in', self.env.user.crm_standin_user_ids.ids)
        return domain if True in value else ~domain


class CrmLead(models.Model):
    _name = 'crm.lead'
    _inherit = ['crm.lead', 'crm.standin.mixin']


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'crm.standin.mixin']


class CrmCustomer(models.Model):
    _name = 'crm.customer'
    _inherit = ['crm.customer', 'crm.standin.mixin']
