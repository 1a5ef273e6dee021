from odoo import fields, models

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.warning import LEVELS, SOURCES


class CrmCustomer(models.Model):
    """How likely the customer is to be lost, who says so, and why. Written by runs, in SQL."""
    _inherit = 'crm.customer'

    churn_risk = fields.Float(
        "Churn Risk (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="By a model: the likelihood that the customer buys nothing within its horizon. By signals: their points, at most 100.")
    churn_level = fields.Selection(LEVELS, "Churn Warning", readonly=True)
    churn_source = fields.Selection(
        SOURCES, "Risk Judged By", readonly=True)
    churn_trend = fields.Float("Risk Trend (Points)", readonly=True, aggregator='avg', digits=(5, 1), help="Against 30 days ago.")
    churn_date = fields.Date("Risk As Of", readonly=True)
    churn_reasons = fields.Json("Risk Explained", readonly=True)
    churn_value = fields.Monetary("Yearly Value", readonly=True, groups=AMOUNTS, help="What the customer is worth in the next 12 months.")
    churn_at_stake = fields.Monetary("Value at Stake", readonly=True, groups=AMOUNTS, help="Yearly value times risk.")
    churn_priority = fields.Float(
        "Save First", readonly=True, aggregator='avg', digits=(5, 1),
        help="Risk times how valuable the customer is among all buyers, from 0 to 100: the tenth of them counts, not the amount.")
    churn_event_ids = fields.One2many('crm.churn.event', compute='_compute_churn_event_ids', string="Losses")
    churn_event_count = fields.Integer("Number of Losses", compute='_compute_churn_event_ids')

    _company_risk_idx = models.Index('(company_id, churn_priority DESC NULLS LAST, id)')

    def _compute_churn_event_ids(self):
        events = self.env['crm.churn.event'].search(
            [('partner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids)])
        by_customer = events.grouped(lambda event: (event.partner_id, event.company_id))
        for customer in self:
            customer.churn_event_ids = by_customer.get((customer.partner_id, customer.company_id), events.browse())
            customer.churn_event_count = len(customer.churn_event_ids)

    def action_record_loss(self):
        """Open the dialog in which the customer is recorded as lost."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_leave_action')
        return {**action, 'context': {'default_partner_id': self.partner_id.id, 'default_company_id': self.company_id.id}}

    def action_open_losses(self):
        """Open the losses of the customer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_event_action')
        return {**action, 'domain': [('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id)]}
