from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo.fields import Domain


class ServiceFigures:
    """The figures of a workbook: of the tickets and promises that the user may see.

    :param wizard: a ``crm.service.workbook`` record
    """

    def __init__(self, wizard):
        self.env, self.wizard, self.company = wizard.env, wizard, wizard.company_id
        self.tz = pytz.timezone(self.company._crm_tz())
        own = Domain('company_id', '=', self.company.id)
        self.own = own & Domain('team_id', '=', wizard.team_id.id) if wizard.team_id else own
        self.report = self.env['crm.ticket.report'].with_context(tz=self.tz.zone)
        # the period in UTC; its days are those of the company
        self.start, self.end = (self.tz.localize(datetime.combine(day, time())).astimezone(pytz.utc).replace(tzinfo=None) for day in (
            wizard.date_from, wizard.date_to + timedelta(days=1)))
        self.opened = self.own & self._between('date_opened')

    def _between(self, field):
        return Domain(field, '>=', self.start) & Domain(field, '<', self.end)

    def months(self):
        """Return ``[(first day, opened, complaints, solved, left open at its end, median hours to the first answer, to the solution, 90th
        percentile, reopened %, rating)]`` of the tickets opened and solved in each month; False for what nobody has measured."""
        opened = {month: figures for month, *figures in self.report._read_group(
            self.opened, ['date_opened:month'],
            ['__count', 'response_median:avg', 'resolution_median:avg', 'resolution_p90:avg', 'reopened_share:avg', 'rating:avg'])}
        complaints = dict(self.report._read_group(self.opened & Domain('kind', '=', 'complaint'), ['date_opened:month'], ['__count']))
        solved = dict(self.report._read_group(self.own & self._between('date_solved'), ['date_solved:month'], ['__count']))
        used = sorted({*opened, *solved})
        rows, month, left = [], used[0] if used else None, self._left_before()
        while month and month <= used[-1]:
            count, *figures = opened.get(month, (0, False, False, False, False, False))
            left += count - solved.get(month, 0)
            rows.append((month, count, complaints.get(month, 0), solved.get(month, 0), left, *figures))
            month += relativedelta(months=1)
        return rows

    def _left_before(self):
        """Return how many tickets were open as the period began."""
        return self.report.search_count(self.own & Domain('date_opened', '<', self.start) & (
            Domain('date_solved', '=', False) | Domain('date_solved', '>=', self.start)))

    def promises(self):
        """Return ``[(policy, promise, given, kept, broken, mean working hours used)]``, the most broken ones first."""
        found = {}
        for policy, promise, state, count, hours in self.env['crm.ticket.sla']._read_group(
                self.own & self._between('date_start') & Domain('state', '!=', 'void'), ['policy_id', 'promise', 'state'],
                ['__count', 'worked_hours:sum']):
            row = found.setdefault((policy, promise), {'all': 0, 'met': 0, 'missed': 0, 'hours': 0})
            row['all'] += count
            if state in ('met', 'missed'):
                row[state] += count
                row['hours'] += hours
        return sorted(((policy, promise, row['all'], row['met'], row['missed'], self._mean(row['hours'], row['met'] + row['missed']))
                       for (policy, promise), row in found.items()), key=lambda row: (-row[4], row[0].sudo().name, row[1]))

    def _mean(self, total, count):
        return total / count if count else None

    def agents(self):
        """Return ``[(team, agent, tickets, median hours to the first answer, to the solution, 90th percentile, reopened %, rating)]``."""
        return sorted(self.report._read_group(
            self.opened, ['team_id', 'user_id'],
            ['__count', 'response_median:avg', 'resolution_median:avg', 'resolution_p90:avg', 'reopened_share:avg', 'rating:avg']),
            key=lambda row: (row[0].name or '', -row[2], row[1].id))

    def hours(self):
        """Return ``{(hour, weekday): tickets}``, both as the report writes them."""
        return {(hour, day): count for hour, day, count in self.report._read_group(self.opened, ['hour', 'weekday'], ['__count'])}

    def causes(self):
        """Return ``[(cause of broken promises or None, how many)]``, the most frequent first."""
        return sorted(self.env['crm.ticket.sla']._read_group(
            self.own & self._between('date_start') & Domain('is_breached', '=', True), ['cause_id'], ['__count']),
            key=lambda row: (-row[1], row[0].id))

    def tickets(self):
        """Return the rows of ``crm.ticket.report`` in the period, the oldest first."""
        return self.report.search(self.opened, order='date_opened, id')
