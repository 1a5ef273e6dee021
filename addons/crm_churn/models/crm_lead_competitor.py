from odoo import fields, models


class CrmLead(models.Model):
    """Whom we meet in an opportunity."""
    _inherit = 'crm.lead'

    crm_sighting_ids = fields.One2many('crm.competitor.sighting', 'lead_id', "Competitors")

    def _merge_dependences(self, opportunities):
        """Merging opportunities keeps who was met in each.

        As superuser: who merges opportunities need not have seen the competitor.
        """
        result = super()._merge_dependences(opportunities)
        opportunities.sudo().crm_sighting_ids.write({'lead_id': self.id})
        return result
