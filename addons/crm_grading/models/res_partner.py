from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    """A contact shows the verdicts on its commercial entity in the current company, as far as the user may see them."""
    _inherit = 'res.partner'

    crm_is_competitor = fields.Boolean("Competitor", help="Sells to our customers what we sell. Other apps let you name it.")
    crm_customer_id = fields.Many2one(
        'crm.customer', "Customer Profile", compute='_compute_crm_customer', search='_search_crm_customer_id')
    crm_grade_id = fields.Many2one('crm.grade', "Grade", compute='_compute_crm_customer', search='_search_crm_grade_id')
    crm_lifecycle_id = fields.Many2one(
        'crm.lifecycle.state', "Life-Cycle State", compute='_compute_crm_customer', search='_search_crm_lifecycle_id')

    _crm_competitor_idx = models.Index('(id) WHERE crm_is_competitor IS TRUE')

    # ------------------------------------------------------------------
    # Verdicts of the current company
    # ------------------------------------------------------------------

    @api.depends('commercial_partner_id')
    @api.depends_context('company', 'uid')
    def _compute_crm_customer(self):
        profiles = self._crm_profiles()
        for partner in self:
            profile = profiles.get(partner.commercial_partner_id.id, self.env['crm.customer'])
            partner.crm_customer_id = profile
            partner.crm_grade_id = profile.grade_id
            partner.crm_lifecycle_id = profile.lifecycle_id

    def _crm_profiles(self):
        """Return the visible profiles of the partners' commercial entities in the current company, by partner id."""
        customers = self.env['crm.customer'].with_context(active_test=False)
        if not self.commercial_partner_id or not customers.has_access('read'):
            return {}
        found = customers.search_fetch(
            [('company_id', '=', self.env.company.id), ('partner_id', 'in', self.commercial_partner_id.ids)],
            ['partner_id', 'grade_id', 'lifecycle_id'])
        return {profile.partner_id.id: profile for profile in found}

    @api.model
    def _search_crm_customer_id(self, operator, value):
        return self._search_on_profile('id', operator, value)

    @api.model
    def _search_crm_grade_id(self, operator, value):
        return self._search_on_profile('grade_id', operator, value)

    @api.model
    def _search_crm_lifecycle_id(self, operator, value):
        return self._search_on_profile('lifecycle_id', operator, value)

    @api.model
    def _search_on_profile(self, name, operator, value):
        """Search by a field of the visible profiles of the current company, as a sub-select.

        Negative operators are left to the ORM, which negates the positive one.
        """
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == 'in' and False in value:
            some = self._search_on_profile(name, 'in', [item for item in value if item])
            return ~self._with_profile(Domain(name, '!=', False)) | some
        return self._with_profile(Domain(name, operator, value))

    @api.model
    def _with_profile(self, domain):
        """Return the domain of the contacts whose commercial entity has a visible profile that meets ``domain``."""
        customers = self.env['crm.customer'].with_context(active_test=False)
        if not customers.has_access('read'):
            return Domain.FALSE
        profiles = customers._search(domain & Domain('company_id', '=', self.env.company.id))
        owners = profiles.subselect(SQL.identifier(profiles.table, 'partner_id'))
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s IN %s", model._field_to_sql(alias, 'commercial_partner_id', query), owners))

    def _compute_application_statistics_hook(self):
        data_list = super()._compute_application_statistics_hook()
        for partner in self.filtered('crm_grade_id'):
            data_list[partner.id].append({
                'iconClass': 'fa-certificate', 'value': partner.crm_grade_id.name, 'label': self.env._("Grade"),
                'tagClass': f'o_tag_color_{partner.crm_grade_id.color}',
            })
        return data_list

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_crm_open_customer(self):
        """Open the customer profile of the contact's commercial entity."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_customer_action')
        return {**action, 'res_id': self.crm_customer_id.id, 'views': [(False, 'form')], 'domain': []}
