from odoo import api, models


class CrmVisit(models.Model):
    _inherit = 'crm.visit'

    def action_open_brief(self):
        """Open the brief about the customer of the visit."""
        self.ensure_one()
        return self.partner_id.action_crm_open_brief()


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def action_crm_open_brief(self):
        """Open the brief about the customer that the contact belongs to."""
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id('crm_visit_quota.crm_visit_brief_action')
        return {**action, 'params': {'partner_id': self.commercial_partner_id.id}}


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    @api.model
    @api.readonly
    def get_page(self, partner_id):
        """Return the page, and in ``may_brief`` whether the user may open the brief from it."""
        return {**super().get_page(partner_id), 'may_brief': self.env['crm.visit'].has_access('read')}
