from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

GROUP = 'sales_team.group_sale_salesman'


class CrmVisit(models.Model):
    """Visits from where one is: the contact, the opportunity, the customer."""
    _inherit = 'crm.visit'

    @api.model
    def _count_by(self, field, records, domain=Domain.TRUE):
        """Return ``{id: number of visits made}`` of records that visits lead to by ``field``, as far as the user may see them."""
        groups = self._read_group(
            Domain(field, 'in', records.ids) & Domain('state', '=', 'done') & domain, [field], ['__count'])
        return {record.id: count for record, count in groups}

    @api.model
    def _action_visits(self, domain, defaults):
        """Return the action that lists visits, with the values that new ones get."""
        action = self.env['ir.actions.act_window']._for_xml_id('crm_visit_quota.crm_visit_action')
        context = {f'default_{name}': value for name, value in defaults.items()}
        return {**action, 'domain': domain, 'context': context}

    @api.model
    def _action_new(self, defaults, made):
        """Return the dialog in which a visit is planned, or noted down that has been made without a plan.

        :param dict defaults: values of the new visit
        """
        view = self.env.ref(f"crm_visit_quota.crm_visit_view_form_{'log' if made else 'plan'}")
        hour = timedelta(hours=1)
        now = fields.Datetime.now().replace(second=0, microsecond=0)
        start = now - hour if made else now.replace(minute=0) + hour
        defaults = {
            'date_start': fields.Datetime.to_string(start), 'date_end': fields.Datetime.to_string(start + hour), 'is_off_plan': made,
            **defaults}
        context = {f'default_{name}': value for name, value in defaults.items()}
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Log a Visit") if made else self.env._("Plan a Visit"),
            'res_model': 'crm.visit', 'views': [(view.id, 'form')], 'target': 'new', 'context': context}

    def action_open_customer(self):
        """Open the customer's page."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.res_partner_action_customer_page')
        return {**action, 'res_id': self.partner_id.id}

    def action_open_lead(self):
        """Open the opportunity."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'res_id': self.lead_id.id, 'views': [(False, 'form')]}


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_visit_count = fields.Integer("Visits Made", compute='_compute_crm_visit_count', groups=GROUP)

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_crm_visit_count(self):
        counts = self.env['crm.visit']._count_by('partner_id', self.commercial_partner_id)
        for partner in self:
            partner.crm_visit_count = counts.get(partner.commercial_partner_id.id, 0)

    def _crm_visit_defaults(self):
        self.ensure_one()
        customer = self.commercial_partner_id
        return {'partner_id': customer.id, 'contact_ids': (self - customer).ids}

    def action_crm_visits(self):
        """Open the visits to the customer that the contact belongs to."""
        defaults = self._crm_visit_defaults()
        return self.env['crm.visit']._action_visits([('partner_id', '=', defaults['partner_id'])], defaults)

    def action_crm_visit_plan(self):
        """Plan a visit to the contact."""
        return self.env['crm.visit']._action_new(self._crm_visit_defaults(), made=False)

    def action_crm_visit_log(self):
        """Note down a visit to the contact that has been made."""
        return self.env['crm.visit']._action_new(self._crm_visit_defaults(), made=True)


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    crm_visit_ids = fields.One2many('crm.visit', 'lead_id', "Visits", groups=GROUP)
    crm_visit_count = fields.Integer("Visits Made", compute='_compute_crm_visit_count', groups=GROUP)

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('crm_visit_ids.state')
    def _compute_crm_visit_count(self):
        counts = self.env['crm.visit']._count_by('lead_id', self)
        for lead in self:
            lead.crm_visit_count = counts.get(lead.id, 0)

    def _crm_visit_defaults(self):
        """:raise UserError: while the lead has no customer"""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("“%(lead)s” has no customer yet. Choose or create the contact first.", lead=self.name))
        company = self.company_id or self.env.company
        return {**self.partner_id._crm_visit_defaults(), 'lead_id': self.id, 'company_id': company.id}

    def action_crm_visits(self):
        """Open the visits about the opportunity."""
        return self.env['crm.visit']._action_visits([('lead_id', '=', self.id)], self._crm_visit_defaults() if self.partner_id else {})

    def action_crm_visit_plan(self):
        """Plan a visit about the opportunity."""
        return self.env['crm.visit']._action_new(self._crm_visit_defaults(), made=False)

    def action_crm_visit_log(self):
        """Note down a visit about the opportunity that has been made."""
        return self.env['crm.visit']._action_new(self._crm_visit_defaults(), made=True)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        visits = self.env['crm.visit'].sudo().search([('lead_id', 'in', opportunities.ids)])  # whoever made them
        visits.filtered(
            lambda visit: self.partner_id.commercial_partner_id in (visit.partner_id, visit.partner_id.browse())).lead_id = self
        return result


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    crm_visit_count = fields.Integer("Visits Made", compute='_compute_crm_visit_count', groups=GROUP)

    @api.depends_context('uid')
    def _compute_crm_visit_count(self):
        self.crm_visit_count = 0
        for company, customers in self.grouped('company_id').items():
            counts = self.env['crm.visit']._count_by('partner_id', customers.partner_id, Domain('company_id', '=', company.id))
            for customer in customers:
                customer.crm_visit_count = counts.get(customer.partner_id.id, 0)

    def _crm_visit_defaults(self):
        self.ensure_one()
        return {'partner_id': self.partner_id.id, 'company_id': self.company_id.id}

    def action_crm_visits(self):
        """Open the visits to the customer in its company."""
        return self.env['crm.visit']._action_visits(
            [('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id)], self._crm_visit_defaults())

    def action_crm_visit_plan(self):
        """Plan a visit to the customer."""
        return self.env['crm.visit']._action_new(self._crm_visit_defaults(), made=False)

    def action_crm_visit_log(self):
        """Note down a visit to the customer that has been made."""
        return self.env['crm.visit']._action_new(self._crm_visit_defaults(), made=True)
