from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # the figures of a single customer: core has an index by contact only
    _crm_customer_idx = models.Index(
        "(commercial_partner_id, company_id, invoice_date)"
        " WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')")
