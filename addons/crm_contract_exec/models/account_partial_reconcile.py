from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    _crm_max_date_idx = models.Index("(max_date)")  # what was matched after a day: what was open on it
