from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.crm_grading.tools.cron import commit_progress

from ..tools.assignment import NEXT, OPEN

BATCH = 100


class CrmAssignment(models.Model):
    """Watching that receivers follow up. When the time of a step is over, the next one is taken, each once: a reminder to the
    receiver, a word to the manager, somebody else. Times run in the receiver's working hours."""
    _inherit = 'crm.assignment'

    @api.model
    def _cron_follow_up(self):
        """Settle what was followed up, and take the next step where it was not, batch by batch."""
        last = 0
        while batch := self.search([('state', 'in', OPEN), ('id', '>', last)], order='id', limit=BATCH):
            last = batch[-1].id
            batch._take_next_steps()
            commit_progress(self.env)

    def _take_next_steps(self):
        """Take the steps that are due for these assignments."""
        # locked ones are being dealt with: they wait for the next run
        mine = self.try_lock_for_update(allow_referencing=True)
        mine.invalidate_recordset()
        now = fields.Datetime.now()
        due = mine._settle().filtered(lambda assignment: assignment.deadline and assignment.deadline <= now)
        steps = due.grouped(lambda assignment: NEXT[assignment.state])
        steps.get('reminded', self.browse())._remind()
        steps.get('escalated', self.browse())._escalate()
        steps.get('reassigned', self.browse())._reassign()

    def _step_to(self, state, hours_field):
        """Bring the assignments into a state, with the moment of the step after it."""
        for (rule, company), assignments in self.grouped(lambda assignment: (assignment.rule_id, assignment.company_id)).items():
            hours = rule[hours_field]
            deadlines = assignments.user_id._crm_deadlines(hours, company) if hours else {}
            for user, share in assignments.grouped('user_id').items():
                share.write({'state': state, 'deadline': deadlines.get(user) or False})

    # ------------------------------------------------------------------
    # The steps
    # ------------------------------------------------------------------

    def _remind(self):
        """Remind the receivers by an activity."""
        for assignment in self:
            user = assignment.user_id
            env = self.with_context(lang=user.lang).env
            assignment._subject_record().with_context(mail_activity_quick_update=False).activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id,
                date_deadline=user._crm_local_date(fields.Datetime.now(), assignment.company_id),
                summary=env._("Follow up: given to you on %(date)s", date=user._crm_local_date(assignment.date, assignment.company_id)))
        self._step_to('reminded', 'hours_escalate')

    def _escalate(self):
        """Tell the managers: whom the rule names, else who leads the receiver's team; one message for all of a receiver's."""
        for (rule, user), assignments in self.grouped(lambda assignment: (assignment.rule_id, assignment.user_id)).items():
            managers = rule.manager_id or user._crm_leaders()
            if not managers:
                assignments.note = self.env._("No manager to tell: the rule names none, and nobody leads the person's team.")
            for manager in managers.filtered('active'):
                env = self.with_context(lang=manager.lang).env
                names = ", ".join(assignments.mapped('display_name'))
                assignments[0]._subject_record().with_context(lang=manager.lang).message_notify(
                    partner_ids=manager.partner_id.ids, subject=env._("Not followed up: %(names)s", names=names),
                    body=Markup("<p>%s</p>") % env._(
                        "%(user)s has not followed up in time, nor after a reminder: %(names)s", user=user.name, names=names))
        self._step_to('escalated', 'hours_reassign')

    def _reassign(self):
        """Give to somebody else who has not had it before. Where nobody is left it stays where it is."""
        for rule, assignments in self.grouped('rule_id').items():
            receivers = self.env['crm.assignment.rule'].search([('company_id', '=', rule.company_id.id)]).receiver_ids
            if not rule or not rule._take_turn(receivers):
                continue   # somebody is giving out: the next run does it
            loads = rule._loads(rule.company_id, rule.receiver_ids.user_id)[rule.target]
            for assignment in assignments:
                assignment._give_to_next(loads)
            receivers.turn_at = fields.Datetime.now()

    def _give_to_next(self, loads):
        rule, record, former = self.rule_id, self._subject_record(), self.user_id
        chosen = rule._next(loads, without=set(self._chain().user_id.ids))
        if not chosen:
            self.write({'deadline': False, 'note': self.env._("Nobody else has room for it.")})
            return
        loads[chosen.id] += 1
        loads[former.id] -= 1
        self.write({'state': 'reassigned', 'deadline': False})
        record.activity_unlink(['mail.mail_activity_data_todo'], user_id=former.id)
        chosen._crm_take_over(record, self.company_id)
        self._note(rule, {chosen: record}, previous={record: self})

    def _chain(self):
        """Return this assignment and those before it."""
        chain = self
        while (previous := chain[-1].previous_id) and previous not in chain:
            chain += previous
        return chain
