from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from .crm_churn_call import ACTIVITY

VALUES = ('value_text', 'value_number', 'value_yes', 'reason_id', 'competitor_id')
KIND_VALUES = dict(zip(('text', 'number', 'yes', 'reason', 'competitor'), VALUES, strict=True))


class CrmChurnCallReturn(models.Model):
    """What one person returns for one period of a call. Handed in, it stays as it is."""
    _name = 'crm.churn.call.return'
    _description = "Return"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'
    _rec_name = 'call_id'

    call_id = fields.Many2one('crm.churn.call', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='call_id.company_id', store=True, index=True)
    description = fields.Html(related='call_id.description', related_sudo=True)
    user_id = fields.Many2one('res.users', "Person", required=True, readonly=True, index=True, ondelete='cascade')
    date = fields.Date("Period From", required=True, readonly=True)
    date_due = fields.Date("Due", required=True, readonly=True)
    date_done = fields.Date("Handed In", readonly=True)
    state = fields.Selection(
        [('open', "Open"), ('done', "Handed In"), ('missed', "Missed")], required=True, readonly=True, default='open', index=True)
    answer_ids = fields.One2many('crm.churn.call.answer', 'return_id', "Answers")
    kinds = fields.Char("Kinds of Answers", compute='_compute_kinds', help="What is asked for, so that only that is shown.")

    _call_user_date_uniq = models.UniqueIndex('(call_id, user_id, date)')

    @api.depends('answer_ids.kind')
    def _compute_kinds(self):
        for answer in self:
            answer.kinds = ",".join(sorted({line.kind for line in answer.answer_ids if line.kind}))

    def write(self, vals):
        """:raise UserError: on a change of anything but the answers; the rest is written by the call and by handing in"""
        facts = [name for name in vals if (field := self._fields.get(name)) is not None and field.readonly and field.store]
        if facts and not self.env.su:
            raise UserError(self.env._("Fill in the answers and hand the return in; the rest is kept by the call."))
        return super().write(vals)

    def action_submit(self):
        """Hand the return in.

        :raise UserError: where it is not open any more, or a required answer is missing
        :raise AccessError: for the return of somebody else
        """
        for answer in self:
            if answer.user_id != self.env.user and not self.env.su:
                raise AccessError(self.env._("Only %(person)s can hand this in.", person=answer.user_id.name))
            if answer.state != 'open':
                raise UserError(self.env._("This return is not open any more."))
            missing = answer.answer_ids.filtered(lambda line: line.question_id.is_required and not line.is_given)
            if missing:
                raise UserError(self.env._("Please answer: %(questions)s", questions=", ".join(missing.question_id.mapped('name'))))
        own = self.sudo()   # checked above; the state is written here only
        for answer in own:
            answer.write({'state': 'done', 'date_done': answer.company_id._crm_today()})
        own.activity_feedback([ACTIVITY])
        return True

    def _miss(self):
        """Close what nobody answered. As superuser: the call does it to the returns of everybody."""
        missed = self.sudo()
        missed.write({'state': 'missed'})
        missed.activity_unlink([ACTIVITY])


class CrmChurnCallAnswer(models.Model):
    """The answer to one question."""
    _name = 'crm.churn.call.answer'
    _description = "Answer"
    _order = 'return_id, sequence, id'

    return_id = fields.Many2one('crm.churn.call.return', required=True, readonly=True, index=True, ondelete='cascade')
    question_id = fields.Many2one('crm.churn.call.question', required=True, readonly=True, index=True, ondelete='cascade')
    sequence = fields.Integer(related='question_id.sequence', store=True)
    kind = fields.Selection(related='question_id.kind')
    is_required = fields.Boolean(related='question_id.is_required')
    call_id = fields.Many2one(related='return_id.call_id', store=True, index=True)
    company_id = fields.Many2one(related='return_id.company_id', store=True, index=True)
    user_id = fields.Many2one(related='return_id.user_id', store=True, index=True)
    date = fields.Date(related='return_id.date', store=True)
    state = fields.Selection(related='return_id.state', store=True)
    value_text = fields.Text("Text")
    value_number = fields.Float("Number", aggregator='avg')
    value_yes = fields.Selection([('yes', "Yes"), ('no', "No")], "Yes or No")
    reason_id = fields.Many2one('crm.churn.reason', ondelete='restrict')
    competitor_id = fields.Many2one('crm.competitor', ondelete='restrict')
    is_given = fields.Boolean("Answered", compute='_compute_is_given', store=True)
    value = fields.Char("Answer", compute='_compute_value', help="Whatever kind of answer it is, in words.")

    @api.depends(*VALUES, 'question_id.kind')
    def _compute_is_given(self):
        """A number is always given: zero is one, too."""
        for answer in self:
            value = answer[KIND_VALUES[answer.kind]] if answer.kind else False
            answer.is_given = bool(value) or answer.kind == 'number'

    @api.depends(*VALUES, 'question_id.kind')
    @api.depends_context('lang')
    def _compute_value(self):
        agreed = dict(self._fields['value_yes']._description_selection(self.env))
        for answer in self:
            value = answer[KIND_VALUES[answer.kind]] if answer.kind else False
            if answer.kind == 'number':
                value = formatLang(self.env, value, digits=0 if value == int(value) else 2)
            elif answer.kind == 'yes':
                value = agreed.get(value)
            elif answer.kind in ('reason', 'competitor'):
                value = value.sudo().display_name   # a name said by people asked
            answer.value = value or False

    def write(self, vals):
        """:raise UserError: on answers that were handed in, or on anything but the answer"""
        if not self.env.su:
            if any(answer.return_id.state != 'open' for answer in self):
                raise UserError(self.env._("This return is not open any more."))
            if not set(vals) <= set(VALUES):
                raise UserError(self.env._("Fill in the answers and hand the return in; the rest is kept by the call."))
        return super().write(vals)
