from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    crm_is_sales_import = fields.Boolean(
        "Imported Sales", readonly=True, copy=False,
        help="Documents of this journal keep the numbers of an imported sales history.")
