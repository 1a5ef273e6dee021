from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_service_calendar_id = fields.Many2one(
        'resource.calendar', "Hours for Service", company_dependent=True,
        help="When the customer works: promises that are “counted in the customer's hours” count this time only, in the customer's time "
             "zone. Empty: the hours of our team.")
