from odoo import fields, models


class CrmContractReminderLog(models.Model):
    """That somebody was reminded: once per step, rule, due day and level, so that nobody is told the same thing twice."""
    _name = 'crm.contract.reminder.log'
    _description = "Reminder Given"
    _order = 'date desc, id desc'
    _rec_name = 'step_id'

    reminder_id = fields.Many2one('crm.contract.reminder', "Rule", required=True, ondelete='cascade', readonly=True)
    step_id = fields.Many2one('crm.contract.step', required=True, ondelete='cascade', readonly=True)
    contract_id = fields.Many2one(related='step_id.contract_id', store=True, index=True)
    company_id = fields.Many2one(related='step_id.company_id', store=True, index=True)
    kind = fields.Selection(related='step_id.kind', string="Kind of Step")
    date_due = fields.Date("Due", required=True, readonly=True)
    level = fields.Selection(
        [('remind', "Reminder"), ('shortage', "Shortage"), ('escalate', "Escalation")], required=True, readonly=True)
    date = fields.Date("Given On", required=True, readonly=True, index=True, help="Day of the company.")
    user_id = fields.Many2one(
        'res.users', "Told", ondelete='set null', index='btree_not_null', readonly=True, help="Empty: there was nobody to tell.")

    _event_uniq = models.UniqueIndex('(step_id, reminder_id, date_due, level)')
    _rule_idx = models.Index('(reminder_id, date)')
