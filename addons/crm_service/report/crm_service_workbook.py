# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
from odoo.tools import format_date, format_datetime

from odoo.addons.crm_grading.report.workbook_writer import COLOR, LIGHT, Column, SheetWriter
from odoo.addons.crm_grading.tools.period_name import period_name

from .crm_service_workbook_figures import ServiceFigures


def workbook_content(wizard):
    """Return the Excel workbook (bytes) that a ``crm.service.workbook`` record asks for, in the language of its user.

    :raise AccessError: if the user may not see the wizard
    """
    wizard.check_access('read')
    return ServiceWorkbook(wizard).content()


class ServiceWorkbook(SheetWriter):
    decimal = '0.0'

    def __init__(self, wizard):
        self.figures = ServiceFigures(wizard)
        env = wizard.env
        super().__init__(env, wizard.company_id, env._(
            "%(company)s, %(team)s, %(start)s to %(end)s", company=wizard.company_id.name, team=wizard.team_id.name or env._("all teams"),
            start=format_date(env, wizard.date_from), end=format_date(env, wizard.date_to)), amounts=False)

    def _write(self):
        self._months()
        self._promises()
        self._agents()
        self._hours()
        self._causes()
        self._tickets()

    def _words(self, model, field):
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    def _measures(self):
        _ = self._
        return [
            Column(_("Median hours to first answer"), 'decimal', 13), Column(_("Median hours to solution"), 'decimal', 13),
            Column(_("90th percentile of hours to solution"), 'decimal', 15), Column(_("Reopened (%)"), 'percent', 11),
            Column(_("Mean rating"), 'decimal', 9)]

    def _measured(self, figures):
        """Return figures as they are written: a share is a fraction, and empty what nobody has measured, which is not 0."""
        response, median, p90, reopened, rating = (None if figure is False else figure for figure in figures)
        return response, median, p90, None if reopened is None else reopened / 100, rating

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    def _months(self):
        _ = self._
        sheet = self._sheet(_("Months"))
        rows = [(period_name(month, 'month', self.env.lang, short=True), opened, complaints, solved, left, *self._measured(figures))
                for month, opened, complaints, solved, left, *figures in self.figures.months()]
        titles = (_("Tickets Opened"), _("Tickets Solved"))
        last, place = self._table(sheet, [
            Column(_("Month"), width=16), Column(titles[0], 'count', 10), Column(_("Complaints"), 'count', 11),
            Column(titles[1], 'count', 10), Column(_("Open at the end"), 'count', 10), *self._measures()], rows)
        if rows:
            self._chart(sheet, last, place, titles, _("Tickets by month"))

    def _promises(self):
        _ = self._
        sheet = self._sheet(_("Promises"))
        words = self._words('crm.ticket.sla', 'promise')
        rows = [(
            f"{policy.sudo().name}: {words[promise]}",    # what was promised is no secret to who works on it
            given, kept, broken, self._ratio(kept, kept + broken), hours)
            for policy, promise, given, kept, broken, hours in self.figures.promises()]
        titles = (_("Kept"), _("Broken"))
        last, place = self._table(sheet, [
            Column(_("Policy and promise"), width=46), Column(_("Given"), 'count', 10), Column(titles[0], 'count', 10),
            Column(titles[1], 'count', 10), Column(_("Kept (%)"), 'percent', 10),
            Column(_("Mean working hours used"), 'decimal', 14)], rows)
        if rows:
            self._chart(sheet, last, place, titles, _("Promises kept and broken"), kind='bar')

    def _agents(self):
        _ = self._
        sheet = self._sheet(_("Agents"))
        rows = [(
            f"{user.sudo().name or _('Nobody')} ({team.name or _('No team')})",    # names of colleagues are no secret
            count, *self._measured(figures)) for team, user, count, *figures in self.figures.agents()]
        self._table(sheet, [Column(_("Agent and team"), width=36), Column(_("Tickets"), 'count', 10), *self._measures()], rows)

    def _hours(self):
        """When customers call: hours of the day by days of the week, the busier the darker."""
        _ = self._
        sheet = self._sheet(_("When customers call"))
        counts, days = self.figures.hours(), self._words('crm.ticket.report', 'weekday')
        rows = [(f'{hour}:00', *(counts.get((hour, day), 0) for day in days))
                for hour in (f'{number:02d}' for number in range(24))] if counts else []
        last, _place = self._table(sheet, [Column(_("Hour"), width=10), *(Column(name, 'count', 12) for name in days.values())], rows)
        if rows:
            sheet.conditional_format(4, 1, last, len(days), {'type': '2_color_scale', 'min_color': '#FFFFFF', 'max_color': COLOR})

    def _causes(self):
        _ = self._
        sheet = self._sheet(_("Causes"))
        rows = [(cause.name or _("Cause unknown"), count) for cause, count in self.figures.causes()]
        title = _("Broken promises")
        last, place = self._table(sheet, [Column(_("Cause"), width=46), Column(title, 'count', 12)], rows)
        if rows:
            self._chart(sheet, last, place, (title,), _("Why promises were broken"), kind='bar')

    def _tickets(self):
        _ = self._
        sheet = self._sheet(_("Tickets"))
        kinds, states, channels = (self._words('crm.ticket.report', name) for name in ('kind', 'state', 'channel'))
        rows = []
        for row in self.figures.tickets():
            ticket = row.ticket_id
            rows.append((
                ticket.name, ticket.title, row.commercial_partner_id.sudo().name or '',    # who may read the ticket, knows whose it is
                kinds.get(row.kind), channels.get(row.channel), row.team_id.name or '', row.user_id.sudo().name or '', states[row.state],
                format_datetime(self.env, row.date_opened, tz=self.figures.tz.zone, dt_format='yyyy-MM-dd HH:mm'),
                row.response_hours if ticket.date_first_response else None, row.resolution_hours if row.date_solved else None,
                row.rating or None))
        self._table(sheet, [
            Column(_("Number"), width=14), Column(_("Subject"), width=36), Column(_("Customer"), width=30), Column(_("Sort"), width=12),
            Column(_("Channel"), width=12), Column(_("Team"), width=16), Column(_("Agent"), width=18), Column(_("State"), width=12),
            Column(_("Opened"), width=16), Column(_("Hours to first answer"), 'decimal', 12),
            Column(_("Hours to solution"), 'decimal', 12), Column(_("Rating"), 'count', 9)], rows)

    # ------------------------------------------------------------------
    # Parts of sheets
    # ------------------------------------------------------------------

    def _chart(self, sheet, last, place, titles, name, kind='column'):
        """Put a chart of one or two measures below a table whose first column names the rows."""
        chart = self.book.add_chart({'type': kind})
        for title, color in zip(titles, (COLOR, LIGHT)[:len(titles)], strict=True):
            chart.add_series({
                'name': [sheet.name, 3, place[title]], 'categories': [sheet.name, 4, 0, last, 0], 'fill': {'color': color},
                'values': [sheet.name, 4, place[title], last, place[title]]})
        chart.set_title({'name': name})
        grid = {'major_gridlines': {'visible': True, 'line': {'color': '#DDDDDD'}}}
        if kind == 'bar':
            chart.set_y_axis({'reverse': True})
            chart.set_x_axis(grid)
        else:
            chart.set_y_axis(grid)
        self._insert(sheet, last + 2, chart)
