from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    crm_dunning_policy_id = fields.Many2one(
        'crm.dunning.policy', "Dunning Policy", company_dependent=True,
        help="Empty: the first policy that fits the customer's grade.")
    crm_no_dunning_until = fields.Date(
        "Not Dunned Until", company_dependent=True, help="The customer gets no dunning letters until this day, included.")
