from odoo import api, fields, models


class CrmLifecycleRule(models.Model):
    """What must hold for a customer to be in a life-cycle state."""
    _name = 'crm.lifecycle.rule'
    _description = "Life-Cycle Rule"
    _inherit = ['crm.metric.criterion']
    _order = 'state_id, sequence, id'

    sequence = fields.Integer(default=10)
    state_id = fields.Many2one('crm.lifecycle.state', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='state_id.company_id')


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    @api.model
    def _criterion_models(self):
        return {**super()._criterion_models(), 'crm.lifecycle.rule': 'state_id'}
