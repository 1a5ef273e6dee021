from odoo import fields, models

from ..tools.status_mail import CHOICES


class ResPartner(models.Model):
    """How often a person at a customer wants to be told how orders and contracts stand."""
    _inherit = 'res.partner'

    crm_status_mail = fields.Selection(
        CHOICES, "Order and Contract Status", index='btree_not_null',
        help="How often this person is told by mail how the company's orders and contracts stand. "
             "They choose it in the portal, too. Empty: not at all.")
