from datetime import timedelta

from odoo import api, fields, models

from ..tools.visit_state import OPEN
from ..tools.week_plan import by_day


class CrmVisit(models.Model):
    """What visits mean for plans and tasks: a visit planned for a customer serves the tasks of the person there, a visit made
    finishes them and moves the customer's due day."""
    _inherit = 'crm.visit'

    task_line_ids = fields.One2many('crm.visit.task.line', 'visit_id', "Visit Tasks")
    unanswered_count = fields.Integer(compute='_compute_unanswered_count')

    @api.depends('task_line_ids.is_answered')
    def _compute_unanswered_count(self):
        for visit in self:
            visit.unanswered_count = len(visit.task_line_ids.filtered(lambda line: not line.is_answered))

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        planned = visits.filtered(lambda visit: visit.state in OPEN)
        if planned:
            # lines are moved for whoever plans the visit, whether or not the person may write on them
            for line, visit in self.env['crm.visit.task.line'].sudo()._served_by(planned):
                if not line.visit_id:
                    line.visit_id = visit
        return visits

    def _after_finish(self):
        result = super()._after_finish()
        self.env['crm.customer'].sudo()._plan_visits_of(self)  # profiles are written by runs only, whoever made the visit
        self._finish_tasks()
        return result

    def _finish_tasks(self):
        """Finish the task lines that these visits serve, late ones of a running task included."""
        lines = self.env['crm.visit.task.line'].sudo()  # as in create
        served = {line: visit for visit in self for line in visit.sudo().task_line_ids}
        served.update((line, visit) for line, visit in lines._served_by(self) if line not in served)
        done = lines.union(*served).filtered(lambda line: line.state in ('new', 'accepted', 'expired'))
        for line in done:
            line._move('finish', visit_id=served[line].id, date_done=served[line].date)
        if done:
            done.task_id._after_lines()

    def _after_leave(self):
        result = super()._after_leave()
        for visit in self.filtered('task_line_ids'):
            visit.sudo().task_line_ids.filtered(  # as in create
                lambda line: line.state != 'done').visit_id = visit.rescheduled_to_id
        return result

    @api.model
    @api.readonly
    def get_unusual_days(self, date_from, date_to=None):
        """Return the days on which the user does not work, for the shading of the calendar.

        :param date_from: naive UTC moment, as the calendar sends it
        :param date_to: likewise; default: a month later
        :return: ``{'YYYY-MM-DD': whether it is a day off}``
        """
        start = fields.Datetime.to_datetime(date_from)
        end = fields.Datetime.to_datetime(date_to) or fields.Datetime.add(start, months=1)
        user = self.env.user
        margin = timedelta(days=1)  # the last day may go on after the end of the range
        work = by_day(user._crm_work_intervals(start - margin, end + margin, self.env.company)[user], user._crm_tz(self.env.company))
        days = ((start + timedelta(days=number)).date() for number in range((end - start).days + 1))
        return {fields.Date.to_string(day): day not in work for day in days}

    def action_answer_tasks(self):
        """Open the questions that are not answered yet, those of one task after the other."""
        self.ensure_one()
        return self.task_line_ids.sorted('is_answered')[:1].action_answer()
