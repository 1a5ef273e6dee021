from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_stakeholder_ids = fields.One2many('crm.stakeholder', 'partner_id', "Buying Centers")

    def _crm_buying_center_gaps(self):
        """Return what is missing in the buying centers of customers' open opportunities, in the user's language.

        :return: ``{commercial partner: [text, with the opportunity and its stage]}``, of the opportunities that the user may see
        """
        result = {customer: [] for customer in self.commercial_partner_id}
        leads = self.env['crm.lead'].search([
            ('partner_id.commercial_partner_id', 'in', self.commercial_partner_id.ids), ('type', '=', 'opportunity'),
            ('won_status', '=', 'pending'),
            ('crm_coverage_level', 'in', ('none', 'part'))])
        for lead, gaps in leads._crm_buying_center_gaps().items():
            result[lead.partner_id.commercial_partner_id] += [self.env._(
                "%(gap)s (%(lead)s, stage %(stage)s)", gap=gap, lead=lead.name, stage=lead.stage_id.name) for gap in gaps]
        return result
