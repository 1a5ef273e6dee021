from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Which visits and messages belong to a deal."""
    _inherit = 'crm.lead'

    @api.model
    def _crm_visit_of_deal_sql(self):
        """Return the condition by which a ``visit`` belongs to the deal of a ``lead`` with the contact ``partner``: table aliases.

        A visit for the deal, or one for no deal at all to the customer since the day before the deal was noted.
        """
        return SQL(
            """(visit.lead_id = lead.id OR visit.lead_id IS NULL AND visit.partner_id = partner.commercial_partner_id
                AND COALESCE(lead.company_id, visit.company_id) = visit.company_id
                AND COALESCE(visit.actual_end, visit.date_end) >= lead.create_date - INTERVAL '24 hours')""")

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self.crm_stakeholder_count and message.message_type != 'notification':
            self.env['crm.stakeholder']._facts_changed((message.author_id | message.partner_ids).sudo())
        return result
