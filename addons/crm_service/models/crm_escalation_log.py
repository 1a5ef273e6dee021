from odoo import fields, models


class CrmEscalationLog(models.Model):
    """An escalation step that has been taken on a promise: each once, whoever comes first."""
    _name = 'crm.escalation.log'
    _description = "Escalation"
    _order = 'date desc, id desc'
    _rec_name = 'step_id'

    sla_id = fields.Many2one('crm.ticket.sla', required=True, index=True, readonly=True, ondelete='cascade')
    step_id = fields.Many2one('crm.escalation.step', required=True, readonly=True, ondelete='restrict', index=True)
    ticket_id = fields.Many2one('crm.ticket', required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade', index=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_ids = fields.Many2many('res.users', string="Told", readonly=True)
    note = fields.Char(readonly=True)

    _step_uniq = models.UniqueIndex('(sla_id, step_id)')
