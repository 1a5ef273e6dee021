from odoo import fields, models


class CrmCustomer(models.Model):
    """What grading runs have found out about the service to a customer."""
    _inherit = 'crm.customer'

    ticket_count = fields.Integer("Tickets in 12 Months", readonly=True, help="Tickets opened in the last 12 months.")
    open_complaint_count = fields.Integer("Open Complaints", readonly=True)
    sla_breach_count = fields.Integer("Broken Promises", readonly=True, help="Promised times that ran out in the last 12 months.")
    last_rating = fields.Float(readonly=True, aggregator='avg', help="What the customer said last of our service, 1 to 5.")
