from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools.call_period import FREQUENCIES, period_start

INTERVALS = {'daily': 'day', 'weekly': 'week', 'monthly': 'month'}   # of answers, by the returns of their call
ACTIVITY = 'crm_churn.mail_activity_type_return'


class CrmChurnCall(models.Model):
    """A call for information: questions of a manager that teams and people answer, once or again and again."""
    _name = 'crm.churn.call'
    _description = "Call for Information"
    _inherit = ['mail.thread']
    _order = 'date_start desc, id desc'

    name = fields.Char("Subject", required=True, tracking=True)
    state = fields.Selection(
        [('draft', "Draft"), ('running', "Running"), ('closed', "Closed")], required=True, default='draft', readonly=True, copy=False,
        tracking=True, index=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company, ondelete='cascade')
    user_id = fields.Many2one('res.users', "Asked By", required=True, default=lambda self: self.env.user, index=True)
    description = fields.Html("Announcement")
    frequency = fields.Selection(FREQUENCIES, "How Often", required=True, default='once', tracking=True)
    date_start = fields.Date("From", required=True, default=lambda self: self.env.company._crm_today(), tracking=True)
    date_end = fields.Date("Until", tracking=True, help="Last day on which people are asked. Empty: until the call is closed.")
    answer_days = fields.Integer("Days to Answer", default=3)
    team_ids = fields.Many2many('crm.team', string="Teams", domain="[('company_id', 'in', [False, company_id])]")
    user_ids = fields.Many2many(
        'res.users', string="People", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Of whichever department, besides the members of the teams.")
    question_ids = fields.One2many('crm.churn.call.question', 'call_id', "Questions", copy=True)
    return_ids = fields.One2many('crm.churn.call.return', 'call_id', readonly=True)
    return_count = fields.Integer("Asked", compute='_compute_return_count')
    done_count = fields.Integer("Answered", compute='_compute_return_count')

    _dates_check = models.Constraint('CHECK(date_end IS NULL OR date_end >= date_start)', "A call cannot end before it begins.")
    _days_check = models.Constraint('CHECK(answer_days >= 0)', "The days to answer cannot be negative.")

    @api.depends('return_ids.state')
    def _compute_return_count(self):
        groups = self.env['crm.churn.call.return']._read_group([('call_id', 'in', self.ids)], ['call_id', 'state'], ['__count'])
        counts = {}
        for call, state, count in groups:
            counts.setdefault(call.id, {})[state] = count
        for call in self:
            found = counts.get(call.id, {})
            call.return_count, call.done_count = sum(found.values()), found.get('done', 0)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_start(self):
        """Ask from now on.

        :raise UserError: without questions or people, or where the call has ended
        """
        for call in self:
            if not call.question_ids:
                raise UserError(self.env._("Add a question to “%(call)s” first.", call=call.name))
            if not call._people():
                raise UserError(self.env._("Choose teams or people whom “%(call)s” asks.", call=call.name))
            if call.date_end and call.date_end < call.company_id._crm_today():
                raise UserError(self.env._("“%(call)s” ended on %(date)s. Choose a later day.", call=call.name, date=call.date_end))
        self.state = 'running'
        for call in self:
            call._ask()
        return True

    def action_close(self):
        """Ask no more; what was not answered is missed."""
        self.state = 'closed'
        self.return_ids.filtered(lambda answer: answer.state == 'open')._miss()
        return True

    def action_open_returns(self):
        """Open the returns of the call."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_call_return_action')
        return {**action, 'domain': [('call_id', '=', self.id)], 'context': {}}

    def action_open_answers(self):
        """Open the answers, aggregated by question and, where people are asked again and again, by period."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_call_answer_action')
        context = {'search_default_given': 1, 'search_default_group_question': 1}
        if period := INTERVALS.get(self.frequency):
            context |= {f'search_default_group_{period}': 2, 'pivot_column_groupby': [f'date:{period}']}
        return {**action, 'domain': [('call_id', '=', self.id), ('state', '=', 'done')], 'context': context}

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _cron_ask(self):
        """Ask where a new period has begun, and close the calls whose last day is over."""
        calls = self.search(Domain('state', '=', 'running'))
        for left, call in zip(range(len(calls) - 1, -1, -1), calls):
            if call.date_end and call.date_end < call.company_id._crm_today():
                call.action_close()
            else:
                call._ask()
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    def _people(self):
        """Return who is asked: the members of the teams and the people named, as far as they are still there."""
        return (self.team_ids.member_ids | self.user_ids).filtered(lambda user: user.active and not user.share)

    def _ask(self):
        """Open the returns of the present period, with an activity each; who has one already is not asked again.

        What is still open from a period before is missed: the new one takes its place.

        :return: the new returns
        """
        self.ensure_one()
        today = self.company_id._crm_today()
        day = period_start(self.frequency, self.date_start, today)
        returns = self.env['crm.churn.call.return'].sudo()   # people answer their own; the call opens them for everybody
        if day is None:
            return returns
        known = returns.search([('call_id', '=', self.id)])
        known.filtered(lambda answer: answer.state == 'open' and answer.date < day)._miss()
        asked = known.filtered(lambda answer: answer.date == day).user_id
        new = returns.create([{
            'call_id': self.id, 'user_id': user.id, 'date': day, 'date_due': max(day, today) + relativedelta(days=self.answer_days),
            'answer_ids': [Command.create({'question_id': question.id}) for question in self.question_ids],
        } for user in self._people() - asked])
        for answer in new:
            answer.activity_schedule(ACTIVITY, answer.date_due, self.name, user_id=answer.user_id.id)
        return new


class CrmChurnCallQuestion(models.Model):
    """A question of a call, and what its answers come to."""
    _name = 'crm.churn.call.question'
    _description = "Question of a Call"
    _order = 'call_id, sequence, id'

    call_id = fields.Many2one('crm.churn.call', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10, aggregator=None)
    name = fields.Char("Question", required=True)
    kind = fields.Selection([
        ('text', "Text"), ('number', "Number"), ('yes', "Yes or No"), ('reason', "Loss Reason"), ('competitor', "Competitor"),
    ], "Kind of Answer", required=True, default='text')
    is_required = fields.Boolean("Required", default=True)
    answer_ids = fields.One2many('crm.churn.call.answer', 'question_id', readonly=True)
    summary = fields.Char("Answers So Far", compute='_compute_summary')

    @api.depends('answer_ids.state', 'kind')
    def _compute_summary(self):
        """Number of answers; sum and mean of numbers, how many said yes, what was named most."""
        answers = self.env['crm.churn.call.answer'].search(
            [('question_id', 'in', self.ids), ('state', '=', 'done'), ('is_given', '=', True)])
        by_question = answers.grouped('question_id')
        for question in self:
            question.summary = question._sum_up(by_question.get(question._origin, answers.browse()))

    def _sum_up(self, answers):
        count = len(answers)
        if not count:
            return self.env._("None yet")
        if self.kind == 'number':
            total = sum(answers.mapped('value_number'))
            return self.env._("%(count)s answers, sum %(sum)s, mean %(mean)s", count=count, sum=f'{total:g}', mean=f'{total / count:.4g}')
        if self.kind == 'yes':
            agreed = answers.filtered(lambda answer: answer.value_yes == 'yes')
            return self.env._("%(yes)s of %(count)s say yes", yes=len(agreed), count=count)
        if self.kind in ('reason', 'competitor'):
            groups = answers.grouped(f'{self.kind}_id')
            ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0].id))[:3]
            return ", ".join(f"{named.sudo().display_name} ({len(found)})" for named, found in ranked)   # a name said by people asked
        return self.env._("%(count)s answers", count=count)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_answered(self):
        if self.sudo().answer_ids.filtered('is_given'):   # of whomever
            raise UserError(self.env._("This question has been answered. Close the call and make a new one instead."))
