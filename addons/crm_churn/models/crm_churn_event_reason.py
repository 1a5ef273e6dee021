from odoo import fields, models


class CrmChurnEventReason(models.Model):
    """One of the reasons of a loss, with its share of it."""
    _name = 'crm.churn.event.reason'
    _description = "Reason of a Loss"
    _order = 'event_id, is_main desc, weight desc, id'
    _rec_name = 'reason_id'

    event_id = fields.Many2one('crm.churn.event', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='event_id.company_id', store=True, index=True)
    reason_id = fields.Many2one('crm.churn.reason', required=True, ondelete='restrict', index=True)
    weight = fields.Float("Weight (%)", default=100.0, aggregator='avg', help="Share of the loss, from 0 to 100.")
    is_main = fields.Boolean("Main Reason")

    _event_reason_uniq = models.UniqueIndex('(event_id, reason_id)', "This reason is given already.")
    _main_uniq = models.UniqueIndex('(event_id) WHERE is_main', "A loss has one main reason.")
    _weight_check = models.Constraint('CHECK(weight > 0 AND weight <= 100)', "A weight lies above 0 and at most at 100 %.")
