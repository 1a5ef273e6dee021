from odoo import models


class AccountPayment(models.Model):
    """Payments on their way, found by customer."""
    _inherit = 'account.payment'

    _crm_in_transit_idx = models.Index("(partner_id) WHERE move_id IS NULL AND state = 'in_process'")


class PaymentTransaction(models.Model):
    """Online payments that no payment shows yet, found by customer."""
    _inherit = 'payment.transaction'

    _crm_in_transit_idx = models.Index("(partner_id) WHERE payment_id IS NULL AND state IN ('authorized', 'done')")
