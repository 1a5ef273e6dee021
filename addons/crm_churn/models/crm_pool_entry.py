from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.masking import covers, masked_email, masked_name, masked_phone
from .crm_pool import INSIGHT


class CrmPoolEntry(models.Model):
    """A customer in a pool, as members may see it: masked on the server.

    Whoever is not to know the customer yet reads it here only; the contact itself is withheld by a record rule. Entries come and go by
    :meth:`crm.pool.move._carry_out` alone.
    """
    _name = 'crm.pool.entry'
    _description = "Customer in a Pool"
    _order = 'date_in desc, id desc'
    _rec_name = 'name'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, readonly=True, index=True, ondelete='cascade', groups=INSIGHT)
    pool_id = fields.Many2one('crm.pool', required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='pool_id.company_id', store=True, index=True)
    active = fields.Boolean(related='partner_id.active', store=True)
    date_in = fields.Datetime("In the Pool Since", required=True, readonly=True, default=fields.Datetime.now)
    former_user_id = fields.Many2one('res.users', "Former Salesperson", readonly=True, index='btree_not_null', ondelete='set null')
    reason = fields.Char("Why It Is Here", readonly=True)

    city = fields.Char(related='partner_id.city', store=True)
    state_id = fields.Many2one(related='partner_id.state_id', store=True, string="Region")
    country_id = fields.Many2one(related='partner_id.country_id', store=True)
    industry_id = fields.Many2one(related='partner_id.industry_id', store=True)

    # masked
    name = fields.Char(compute='_compute_masked', search='_search_name')
    phone = fields.Char(compute='_compute_masked')
    email = fields.Char(compute='_compute_masked')
    website = fields.Char(compute='_compute_masked')
    street = fields.Char(compute='_compute_masked')
    people = fields.Char(compute='_compute_masked')
    grade_id = fields.Many2one('crm.grade', compute='_compute_profile', search='_search_grade_id')
    last_order_date = fields.Date("Last Purchase", compute='_compute_profile')
    last_contact_date = fields.Date("Last Contact", compute='_compute_profile')

    is_open = fields.Boolean(
        "Looked Into", compute='_compute_is_open', help="The user may see the details: opened today, or no limit of views.")
    can_claim = fields.Boolean("Can Be Claimed", compute='_compute_can_claim')
    claim_note = fields.Char("Why Not Yet", compute='_compute_can_claim')
    is_admin = fields.Boolean(compute='_compute_is_admin')

    _partner_uniq = models.UniqueIndex('(partner_id)', "The customer is in a pool already.")
    _pool_date_idx = models.Index('(pool_id, date_in DESC, id DESC)')

    # ------------------------------------------------------------------
    # Masking
    # ------------------------------------------------------------------

    @api.depends_context('uid')
    @api.depends('pool_id')
    def _compute_is_open(self):
        opened = self.env['crm.pool.view']._opened(self)
        for entry in self:
            entry.is_open = entry.pool_id._sees_all() or not entry.pool_id.view_daily_max or entry.id in opened

    @api.depends_context('uid')
    @api.depends('partner_id', 'pool_id.mask', 'is_open')
    def _compute_masked(self):
        for entry in self:
            # the mask is what lets the user see some of it
            partner, mask = entry.sudo().partner_id, 'none' if entry.pool_id._sees_all() else entry.pool_id.mask
            contact, address = covers(mask, 'contact'), covers(mask, 'address')
            entry.name = masked_name(partner.name) if covers(mask, 'name') else partner.name
            shown = entry.is_open
            entry.phone = shown and (masked_phone(partner.phone) if contact else partner.phone)
            entry.email = shown and (masked_email(partner.email) if contact else partner.email)
            entry.website = shown and (masked_name(partner.website) if contact else partner.website)
            entry.street = shown and (masked_name(partner.street) if address else partner.street)
            names = [person.name for person in partner.child_ids if person.name] if shown else []
            entry.people = ", ".join(masked_name(name) if address else name for name in names) or False

    @api.depends_context('uid', 'lang')
    @api.depends('name')
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = entry.name or self.env._("Customer")

    @api.model
    def _search_name(self, operator, value):
        """Names are searched where they are shown: nobody finds out a covered one by trying."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        entries = self.sudo()  # the partner is withheld, what is found of it is not more than what is shown
        domain = Domain('partner_id.name', operator, value)
        if not self.env.su and not self.env.user.has_groups(INSIGHT):
            domain &= Domain('pool_id.mask', '!=', 'name') | Domain('pool_id.admin_ids', 'in', self.env.uid)
        return Domain('id', 'in', entries.with_context(active_test=False)._search(domain))

    @api.model
    def _search_display_name(self, operator, value):
        return self._search_name(operator, value)

    def _profiles(self):
        """Return ``{(partner id, company id): profile}`` of the customers."""
        entries = self.sudo()  # of the profile no more is shown than grade and dates
        profiles = entries.env['crm.customer'].with_context(active_test=False).search([
            ('partner_id', 'in', entries.partner_id.ids), ('company_id', 'in', entries.company_id.ids)])
        return {(profile.partner_id.id, profile.company_id.id): profile for profile in profiles}

    @api.depends_context('uid')
    @api.depends('is_open')
    def _compute_profile(self):
        profiles = self._profiles()
        for entry in self:
            profile = profiles.get((entry.sudo().partner_id.id, entry.company_id.id), self.env['crm.customer'].sudo())
            entry.grade_id = profile.grade_id
            entry.last_order_date = entry.is_open and profile.last_order_date
            entry.last_contact_date = entry.is_open and profile.last_contact_date

    @api.model
    def _search_grade_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        profiles = self.env['crm.customer'].sudo().search([  # grades of customers in a pool are shown to its members
            ('grade_id', operator, value), ('company_id', 'in', self.env.companies.ids), ('partner_id.crm_pool_id', '!=', False)])
        return Domain('id', 'in', self.sudo()._search([('partner_id', 'in', profiles.partner_id.ids)]))

    @api.depends_context('uid')
    @api.depends('pool_id')
    def _compute_is_admin(self):
        for entry in self:
            entry.is_admin = entry.pool_id._is_admin()

    # ------------------------------------------------------------------
    # Views
    # ------------------------------------------------------------------

    @api.model
    def _decides(self):
        """Return whether the user decides about the customers of some pool."""
        return self.env.user.has_group('sales_team.group_sale_manager') or bool(
            self.env['crm.pool'].sudo().search_count([('admin_ids', 'in', self.env.uid)], limit=1))  # who works where is no secret

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type='form', **options):
        return (*super()._get_view_cache_key(view_id, view_type, **options), self._decides())

    @api.model
    def _get_view(self, view_id=None, view_type='form', **options):
        """Only who decides about a pool is offered to assign several customers at once: a list knows no rights of its rows."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == 'list' and not self._decides():
            for button in arch.xpath("//header/button[@name='action_assign']"):
                button.getparent().remove(button)
        return arch, view

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Look into a customer. Counts as a view, once a day.

        :raise UserError: beyond the views of the day
        """
        self.ensure_one()
        self.check_access('read')
        self.env['crm.pool.view']._count(self)
        return {'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id, 'views': [(False, 'form')],
                'target': 'current', 'name': self.display_name}

    def action_assign(self):
        """Open the wizard that gives the customers to somebody or moves them to another pool."""
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.pool.assign', 'views': [(False, 'form')], 'target': 'new',
                'name': self.env._("Assign or Move"), 'context': {'default_entry_ids': self.ids}}
