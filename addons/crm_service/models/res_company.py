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
