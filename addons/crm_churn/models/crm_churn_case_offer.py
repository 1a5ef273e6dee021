from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmChurnCase(models.Model):
    """What is offered to the customer: opportunities and quotations made from the case or linked to it."""
    _inherit = 'crm.churn.case'

    lead_ids = fields.One2many('crm.lead', 'crm_churn_case_id', "Opportunities", readonly=True)
    order_ids = fields.One2many('sale.order', 'crm_churn_case_id', "Quotations and Orders", readonly=True)
    lead_count = fields.Integer("Number of Opportunities", compute='_compute_offer_counts')
    order_count = fields.Integer("Number of Quotations", compute='_compute_offer_counts')

    def _compute_offer_counts(self):
        for name, field in (('crm.lead', 'lead_count'), ('sale.order', 'order_count')):
            offers = self.env[name].with_context(active_test=False)
            counts = dict(offers._read_group(
                [('crm_churn_case_id', 'in', self.ids)], ['crm_churn_case_id'], ['__count'])) if offers.has_access('read') else {}
            for case in self:
                case[field] = counts.get(case._origin, 0)

    def _offer_context(self):
        """Return the context in which an opportunity or quotation for the customer is made."""
        self.ensure_one()
        return {
            'default_crm_churn_case_id': self.id, 'default_partner_id': self.partner_id.id, 'default_user_id': self.user_id.id,
            'default_company_id': self.company_id.id, **({'default_team_id': self.team_id.id} if self.team_id else {})}

    def action_new_quotation(self):
        """Open a new quotation for the customer, linked to the case."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Quotation"), 'res_model': 'sale.order', 'views': [(False, 'form')],
            'context': self._offer_context()}

    def action_new_opportunity(self):
        """Open a new opportunity with the customer, linked to the case."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Opportunity"), 'res_model': 'crm.lead', 'views': [(False, 'form')],
            'context': {**self._offer_context(), 'default_type': 'opportunity', 'default_name': self.name}}

    def action_open_orders(self):
        """Open the quotations and orders of the case."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('sale.action_quotations_with_onboarding')
        return {**action, 'domain': [('crm_churn_case_id', '=', self.id)], 'context': self._offer_context()}

    def action_open_opportunities(self):
        """Open the opportunities of the case, lost ones too."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Opportunities"), 'res_model': 'crm.lead',
            'views': [(False, 'list'), (False, 'kanban'), (False, 'form')], 'domain': [('crm_churn_case_id', '=', self.id)],
            'context': {**self._offer_context(), 'default_type': 'opportunity', 'active_test': False}}


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    crm_churn_case_id = fields.Many2one(
        'crm.churn.case', "Win-Back Case", index='btree_not_null', ondelete='set null', copy=False,
        domain="[('partner_id', 'parent_of', partner_id)]")

    @api.constrains('crm_churn_case_id')
    def _check_crm_churn_case(self):
        _check_case(self)

    def _prepare_opportunity_quotation_context(self):
        """What is offered in an opportunity of a case is an offer of the case."""
        context = super()._prepare_opportunity_quotation_context()
        if self.crm_churn_case_id:
            context['default_crm_churn_case_id'] = self.crm_churn_case_id.id
        return context


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    crm_churn_case_id = fields.Many2one(
        'crm.churn.case', "Win-Back Case", index='btree_not_null', ondelete='set null', copy=False,
        domain="[('partner_id', 'parent_of', partner_id), ('company_id', '=', company_id)]")

    @api.constrains('crm_churn_case_id')
    def _check_crm_churn_case(self):
        _check_case(self)


def _check_case(offers):
    """:raise ValidationError: where the case of an offer is about another customer, or belongs to another company"""
    for offer in offers.filtered('crm_churn_case_id').sudo():   # whether it fits, also where one may not see the case
        case = offer.crm_churn_case_id
        fits = not offer.company_id or offer.company_id == case.company_id
        if not fits or offer.partner_id.commercial_partner_id != case.partner_id.commercial_partner_id:
            raise ValidationError(offers.env._(
                "The win-back case “%(case)s” is about another customer or belongs to another company.", case=case.name))
