from odoo import fields, models

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.warning import LEVELS, SOURCES


class CrmChurnRisk(models.Model):
    """The risk of a customer as it was judged: a row whenever its level changed, and one a month. Written by runs, never changed."""
    _name = 'crm.churn.risk'
    _description = "Churn Risk in the Past"
    _order = 'date desc, id desc'
    _rec_name = 'customer_id'

    customer_id = fields.Many2one('crm.customer', required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(required=True, readonly=True)
    risk = fields.Float("Risk (%)", readonly=True, aggregator='avg', digits=(5, 1))
    level = fields.Selection(LEVELS, readonly=True)
    source = fields.Selection(SOURCES, "Judged By", readonly=True)
    at_stake = fields.Monetary("Value at Stake", readonly=True, groups=AMOUNTS)

    _customer_date_idx = models.Index('(customer_id, date DESC, id DESC)')
    _company_date_idx = models.Index('(company_id, date)')


class CrmGrade(models.Model):
    _inherit = 'crm.grade'

    churn_plan_id = fields.Many2one(
        'mail.activity.plan', "Rescue Plan", ondelete='set null', domain=[('res_model', '=', 'res.partner')],
        help="What is to be done for a customer of this grade that we may lose.")
