from datetime import timedelta

from odoo import fields, models

from ..tools.assignment import Timeline

HORIZON = timedelta(days=90)


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _crm_deadlines(self, hours, company, start=None):
        """Return ``{user: moment}`` at which ``hours`` of each person's working time are over, naive UTC.

        None for somebody who has not that much working time within 90 days: an empty calendar, a long leave.

        :param start: naive UTC; default: now
        """
        start = start or fields.Datetime.now()
        work = self._crm_work_intervals(start, start + HORIZON, company)
        return {user: Timeline(intervals).plan(start, hours) for user, intervals in work.items()}
