from odoo import fields, models

from ..tools.step_state import ANCHORS, KINDS, STATES, UNITS


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
    anchor = fields.Selection(
        ANCHORS, "Counts From", required=True, default='date',
        help="A fixed day; or the day of something that moves: the due day moves along. Without a step, a delivery is that of all goods, "
             "an acceptance that of all that is to be accepted.")
    anchor_step_id = fields.Many2one(
        'crm.contract.step', "From Step", index='btree_not_null', ondelete='set null', copy=False,
        domain="[('contract_id', '=', contract_id), ('id', '!=', id)]",
        help="The step whose day counts. Of an earlier step, the day that it is done, until then the day that it is due; of an actual "
             "delivery or acceptance, only the day that it happens.")
    anchor_offset = fields.Integer("After", help="How many days or months later it is due.")
    anchor_unit = fields.Selection(UNITS, "Unit", required=True, default='day')
    anchor_month_end = fields.Boolean("End of Month", help="Due on the last day of the month that this leads to.")
    date_due = fields.Date("Due", index='btree_not_null', help="Day of the company; empty while what it depends on has not happened.")
    percent = fields.Float(
        "Portion (%)", digits=(16, 4), aggregator=None,
        help="Share of the contract's gross amount, which the amount follows; the last share takes the rounding. Empty: a fixed amount.")
    amount = fields.Monetary(help="Planned gross amount of an invoice or instalment, in the contract's currency.")
    is_settlement = fields.Boolean(
        "Settlement", copy=False, help="Still to be done although the contract was terminated.")
    line_ids = fields.One2many('crm.contract.step.line', 'step_id', "Quantities", copy=True)

    # done, as the books say
    state = fields.Selection(STATES, required=True, default='wait', readonly=True, copy=False, index=True)
    done_amount = fields.Monetary(readonly=True, copy=False, help="Invoiced or collected of the planned amount.")
    waived_amount = fields.Monetary(
        "Taken Off", readonly=True, copy=False, help="Of the planned amount, what credit notes and write-offs have settled.")
    open_amount = fields.Monetary("Open", readonly=True, copy=False, help="Planned and not yet invoiced or collected.")
    done_percent = fields.Float("Done (%)", readonly=True, copy=False, aggregator='avg')
    date_done = fields.Date("Done On", readonly=True, copy=False)
    days_late = fields.Integer(
        readonly=True, copy=False, help="Days by which it was done after its due day; while open, by which it is overdue.")
    void_reason = fields.Char(readonly=True, copy=False)

    # confirmed by people, where the books know nothing: acceptance, tasks, contracts without Odoo invoices
    date_confirmed = fields.Date("Confirmed On", readonly=True, copy=False)
    confirmed_by = fields.Char(readonly=True, copy=False, help="Who signed the acceptance, or ticked the step.")
    confirmed_user_id = fields.Many2one('res.users', "Recorded By", readonly=True, copy=False, ondelete='set null')
    confirmed_amount = fields.Monetary(readonly=True, copy=False)
    signature = fields.Image(readonly=True, copy=False, max_width=1024, max_height=1024)

    _due_idx = models.Index("(company_id, kind, date_due) WHERE state NOT IN ('done', 'void')")
