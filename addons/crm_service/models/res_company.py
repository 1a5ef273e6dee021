from odoo import api, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._crm_service_set_up()
        return companies

    def _crm_service_set_up(self):
        """Give companies what service needs: their own numbers, anew each year."""
        sequences = self.env['ir.sequence'].sudo()  # whoever makes a company gets it whole
        have = sequences.search([('code', '=', 'crm.ticket'), ('company_id', 'in', self.ids)]).company_id
        sequences.create([{
            'name': self.env._("Service Tickets"), 'code': 'crm.ticket', 'prefix': 'T%(range_year)s-', 'padding': 5, 'use_date_range': True,
            'company_id': company.id} for company in self - have])

    def _crm_service_promise(self):
        """Give companies that promise nothing yet the promises that come with the addon, to begin with."""
        policies = self.env['crm.sla.policy'].sudo().with_context(active_test=False)  # whoever sets the service up sets it up whole
        names = self.env['ir.model.data'].sudo().search([('module', '=', 'crm_service'), ('model', '=', 'crm.sla.policy')])
        patterns = policies.browse(names.mapped('res_id')).exists()
        for company in self - policies.search([('company_id', 'in', self.ids)]).company_id:
            for pattern in patterns.filtered(lambda pattern: not pattern.grade_ids and not pattern.team_ids):
                pattern.with_company(company).copy({'company_id': company.id, 'name': pattern.name})
