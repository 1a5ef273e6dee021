from odoo import fields, models


class CrmCustomer(models.Model):
    """What people see of a customer and do with it."""
    _inherit = 'crm.customer'

    grade_color = fields.Integer(related='grade_id.color', string="Color of the Grade")
    lifecycle_color = fields.Integer(related='lifecycle_id.color', string="Color of the State")

    def action_open_partner(self):
        """Open the customer page: the contact with everything known about it."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'res_id': self.partner_id.id,
            'views': [(False, 'form')], 'context': {'crm_customer_page': True},
        }
