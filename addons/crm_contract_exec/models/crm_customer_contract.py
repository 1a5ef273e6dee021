from odoo import fields, models

AMOUNTS = 'crm_grading.group_customer_amounts'


class CrmCustomer(models.Model):
    """What grading runs have found out about the contracts of a customer."""
    _inherit = 'crm.customer'

    contracted_value = fields.Monetary(
        "Contracted", readonly=True, groups=AMOUNTS, help="Net amount of the contracts signed in the last 12 months and not terminated.")
    executing_value = fields.Monetary(
        "Under Contract", readonly=True, groups=AMOUNTS, help="Net amount of signed contracts that are not completed yet.")
    contract_collected = fields.Float(
        "Collected of Contracts (%)", readonly=True, aggregator='avg', help="Percent of the gross amount of all contracts that is paid.")
    instalment_overdue = fields.Monetary(
        "Overdue Instalments", readonly=True, groups=AMOUNTS, help="Open amount of instalments whose due day has passed.")
