# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
from odoo.tools import format_date

from odoo.addons.crm_grading.report.workbook_writer import COLOR, LIGHT, Column, SheetWriter
from odoo.addons.crm_grading.tools.period_name import period_name

from .crm_visit_quota_workbook_figures import QuotaFigures


def workbook_content(wizard):
    """Return the Excel workbook (bytes) that a ``crm.visit.quota.workbook`` record asks for, in the language of its user.

    It holds the results that the user may see, amounts included: those are their own or their team's.

    :raise AccessError: if the user may not see the wizard or any results
    """
    wizard.check_access('read')
    return QuotaWorkbook(wizard).content()


class QuotaWorkbook(SheetWriter):

    def __init__(self, wizard):
        self.figures = QuotaFigures(wizard)
        first, last = wizard._months()
        env = wizard.env
        super().__init__(env, wizard.company_id, env._(
            "%(company)s, %(team)s, %(start)s to %(end)s", company=wizard.company_id.name, team=wizard.team_id.name or env._("all teams"),
            start=format_date(env, first), end=format_date(env, last)), amounts=True)

    def _write(self):
        self._months()
        self._persons()
        self._teams()
        self._matrix()
        self._quota()

    def _month_name(self, month):
        return period_name(month, 'month', self.env.lang, short=True)

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    def _measures(self):
        """Return the columns that every table of results has."""
        _ = self._
        return [
            Column(_("Working days"), 'decimal', 11), Column(_("Visits"), 'count', 10), Column(_("Target"), 'decimal', 10),
            Column(_("Fulfilment"), 'percent', 11), Column(_("Per working day"), 'decimal', 11),
            Column(_("Distinct customers"), 'count', 11),
            Column(_("Distinct"), 'percent', 11), Column(_("New customers"), 'count', 11), Column(_("New"), 'percent', 11),
            Column(_("Signings"), 'count', 10), Column(_("Signed"), 'amount', 16), Column(_("New signed"), 'count', 10),
            Column(_("To opportunity"), 'percent', 12), Column(_("To order"), 'percent', 12)]

    def _values(self, row):
        visits, distinct = row['visit_count'], row['distinct_count']
        return (
            row['working_days'], visits, row['target_visits'], self._ratio(visits, row['target_visits']),
            self._ratio(visits, row['working_days_to_date']), distinct, self._ratio(distinct, visits), row['new_count'],
            self._ratio(row['new_count'], distinct), row['signing_count'], row['signing_amount'], row['new_signed_count'],
            self._ratio(row['lead_visit_count'], row['regular_count']), self._ratio(row['order_visit_count'], row['regular_count']))

    def _months(self):
        """Everybody together, a row per month, with what it has more or less than the month before."""
        _ = self._
        sheet = self._sheet(_("Months"))
        rows, before = [], None
        for month, row in self.figures.by_month():
            visits = row['visit_count']
            rows.append((self._month_name(month), None if before is None else visits - before, *self._values(row)))
            before = visits
        last, place = self._table(sheet, [Column(_("Month"), width=16), Column(_("Change"), 'count', 10), *self._measures()], rows)
        if rows:
            self._chart(sheet, last, place, (_("Visits"), _("Target")), _("Visits by month"), line=_("Change"))

    def _persons(self):
        _ = self._
        sheet = self._sheet(_("Persons"))
        rows = [(name, team, *self._values(row)) for name, team, row in self.figures.by_person()]
        last, place = self._table(sheet, [Column(_("Person"), width=26), Column(_("Team"), width=20), *self._measures()], rows)
        if rows:
            self._chart(sheet, last, place, (_("Visits"), _("Target")), _("Visits by person"))

    def _teams(self):
        _ = self._
        sheet = self._sheet(_("Teams"))
        rows = [(name or _("No team"), persons, *self._values(row)) for name, persons, row in self.figures.by_team()]
        last, place = self._table(sheet, [Column(_("Team"), width=26), Column(_("Persons"), 'count', 10), *self._measures()], rows)
        if rows:
            self._chart(sheet, last, place, (_("Visits"), _("Target")), _("Visits by team"))

    def _matrix(self):
        """A row per person, a column per month."""
        _ = self._
        sheet = self._sheet(_("Month by month"))
        months, rows = self.figures.matrix()
        last, _place = self._table(sheet, [
            Column(_("Person"), width=26), *(Column(self._month_name(month), 'count', 11) for month in months),
            Column(_("Total"), 'count', 11)],
            [(name, *values, sum(values)) for name, values in rows])
        if not rows:
            return
        sheet.conditional_format(4, 1, last, len(months), {'type': '2_color_scale', 'min_color': '#FFFFFF', 'max_color': LIGHT})
        chart = self.book.add_chart({'type': 'line'})
        for number in range(min(len(rows), 12)):
            chart.add_series({
                'name': [sheet.name, 4 + number, 0], 'categories': [sheet.name, 3, 1, 3, len(months)],
                'values': [sheet.name, 4 + number, 1, 4 + number, len(months)], 'marker': {'type': 'circle'}})
        chart.set_title({'name': _("Visits of each person")})
        self._insert(sheet, last + 2, chart)

    def _quota(self):
        """Who reached the quota in which month, and who is ahead."""
        _ = self._
        sheet = self._sheet(_("Quotas"))
        status = dict(self.env['crm.visit.quota.result']._fields['status']._description_selection(self.env))
        self._table(sheet, [
            Column(_("Person"), width=26), Column(_("Month"), width=16), Column(_("Visits"), 'count'), Column(_("Target"), 'decimal'),
            Column(_("Missing"), 'count'), Column(_("Status"), width=18), Column(_("Rank"), 'count', 8), Column(_("Change"), 'count'),
            Column(_("Against last year"), 'count')],
            [(name, self._month_name(month), row['visit_count'], row['target_visits'], row['missing'], status.get(row['status'], ''),
              row['rank_company'] or None, row['change_previous'] if row['has_previous'] else None,
              row['change_year'] if row['has_year'] else None)
             for name, month, row in self.figures.quotas()])

    def _chart(self, sheet, last, place, titles, name, line=None):
        """Put columns of some measures below a table whose first column names the rows, with a line over them."""
        chart = self.book.add_chart({'type': 'column'})
        categories = [sheet.name, 4, 0, last, 0]
        for title, color in zip(titles, (COLOR, LIGHT)):
            chart.add_series({
                'name': [sheet.name, 3, place[title]], 'categories': categories, 'fill': {'color': color},
                'values': [sheet.name, 4, place[title], last, place[title]]})
        if line:
            over = self.book.add_chart({'type': 'line'})
            over.add_series({
                'name': [sheet.name, 3, place[line]], 'categories': categories, 'line': {'color': '#E07B39', 'width': 2.25},
                'values': [sheet.name, 4, place[line], last, place[line]], 'marker': {'type': 'circle'}})
            chart.combine(over)
        chart.set_title({'name': name})
        chart.set_y_axis({'major_gridlines': {'visible': True, 'line': {'color': '#DDDDDD'}}})
        self._insert(sheet, last + 2, chart)
