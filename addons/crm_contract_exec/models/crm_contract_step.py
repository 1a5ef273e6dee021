from odoo import fields, models

from ..tools.step_state import KINDS, STATES


class CrmContractStep(models.Model):
    """A step of the execution plan: deliver, have accepted, invoice, collect (an instalment), or another task.

    What is planned, people say. What is done, the books say: :meth:`CrmContract._refresh` writes ``done_*``, ``date_done`` and
    ``state`` from stock moves, posted invoices and matched payments.
    """
    _name = 'crm.contract.step'
    _description = "Contract Step"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'contract_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related='contract_id.partner_id', store=True, index=True, precompute=True)
    contract_user_id = fields.Many2one(related='contract_id.user_id', string="Salesperson")
    contract_state = fields.Selection(related='contract_id.state', string="Contract State", store=True, precompute=True)
    currency_id = fields.Many2one(related='contract_id.currency_id')
    kind = fields.Selection(KINDS, required=True, default='deliver', index=True)
    user_id = fields.Many2one(
        'res.users', "Responsible", index='btree_not_null', ondelete='set null', domain=[('share', '=', False)],
        help="Empty: whoever has the role that the kind of step is for.")

    # planned
    date_due = fields.Date("Due", index='btree_not_null', help="Day of the company; empty while what it depends on has not happened.")
    amount = fields.Monetary(help="Planned gross amount of an invoice or instalment, in the contract's currency.")
    line_ids = fields.One2many('crm.contract.step.line', 'step_id', "Quantities", copy=True)

    # done, as the books say
    state = fields.Selection(STATES, required=True, default='wait', readonly=True, copy=False, index=True)
    done_amount = fields.Monetary(readonly=True, copy=False, help="Invoiced or collected of the planned amount.")
    open_amount = fields.Monetary("Open", readonly=True, copy=False, help="Planned and not yet invoiced or collected.")
    done_percent = fields.Float("Done (%)", readonly=True, copy=False, aggregator='avg')
    date_done = fields.Date("Done On", readonly=True, copy=False)
    days_late = fields.Integer(readonly=True, copy=False, help="Days by which it was done after its due day; while open, by which it is overdue.")
    void_reason = fields.Char(readonly=True, copy=False)

    _due_idx = models.Index("(company_id, kind, date_due) WHERE state NOT IN ('done', 'void')")
