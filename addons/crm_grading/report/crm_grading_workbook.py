# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
from odoo.tools import format_date

from .crm_grading_workbook_figures import WorkbookFigures
from .workbook_writer import COLOR, LIGHT, Column, SheetWriter


def workbook_content(wizard):
    """Return the Excel workbook (bytes) that a ``crm.grading.workbook`` record asks for, in the language of its user.

    :raise AccessError: if the user may not see the scheme
    :raise UserError: if the scheme is not complete, or a day lies in the future
    """
    wizard.check_access('read')
    wizard.scheme_id.check_access('read')
    return WorkbookWriter(wizard).content()


class WorkbookWriter(SheetWriter):
    """Writes the sheets. Amounts are left out for who may not see them."""
    decimal = '0.0000'

    def __init__(self, wizard):
        self.wizard, self.figures = wizard, WorkbookFigures(wizard)
        company = self.figures.company
        super().__init__(wizard.env, company, wizard.env._(
            "%(company)s, %(scheme)s, as of %(date)s", company=company.name, scheme=self.figures.scheme.name,
            date=format_date(wizard.env, wizard.date)))

    def _write(self):
        points, whole = self.figures.concentration()
        grades = self.figures.grade_rows()
        self._summary(grades, whole, points)
        self._grades(grades)
        self._pareto(points)
        self._customers()
        self._movers()
        self._migration()
        self._segments()    # last: it measures anew

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    def _summary(self, grades, whole, points):
        _ = self._
        sheet = self._sheet(_("Summary"), landscape=False)
        sheet.set_column(0, 0, 42)
        sheet.set_column(1, 1, 20)
        revenue, before, margin = (sum(row[place] for row in grades) for place in (2, 3, 4))
        top = {percent: share for percent, _customers, _amount, share in points}
        moves = self.figures.mover_counts()
        lines = [
            (_("Customers in the scheme"), sum(row[1] for row in grades), 'count'),
            (_("Customers with revenue in the last 12 months"), whole['customers'], 'count'),
            (_("Revenue of the last 12 months"), revenue, 'amount'),
            (_("Revenue of the 12 months before"), before, 'amount'),
            (_("Growth"), self._ratio(revenue - before, before), 'percent'),
            (_("Gross margin"), margin, 'amount'),
            (_("Gross margin (%)"), self._ratio(margin, revenue), 'percent'),
            *((_("Share of the top %(percent)s %% of customers", percent=percent), top.get(percent) and top[percent] / 100, 'percent')
              for percent in (1, 5, 10, 20)),
            *((_("Customers making %(percent)s %% of the revenue", percent=percent), whole['making'].get(percent), 'count')
              for percent in (50, 80, 95)),
            (_("Gini coefficient"), whole['gini'], 'decimal'),
            (_("Promoted since %(date)s", date=format_date(self.env, self.wizard.date_from)), moves.get(True, 0), 'count'),
            (_("Demoted since %(date)s", date=format_date(self.env, self.wizard.date_from)), moves.get(False, 0), 'count'),
        ]
        row = 3
        for label, value, kind in lines:
            if kind != 'amount' or self.amounts:
                sheet.write_string(row, 0, label, self.formats['label'])
                self._cell(sheet, row, 1, value, kind)
                row += 1
        source = dict(self.wizard._fields['source']._description_selection(self.env))[self.wizard.source]
        for note in (_("Grades: %(grades)s.", grades=source),
                     _("Top customers: the first of all customers with revenue, sorted by it, rounded up."
                       " Revenue: net, untaxed, of 12 months.")):
            row += 1
            sheet.write_string(row, 0, note, self.formats['subtitle'])

    def _grades(self, rows):
        _ = self._
        sheet = self._sheet(_("Grades"))
        customers, revenue, margin = (sum(row[place] for row in rows) for place in (1, 2, 4))
        table = [(
            name or _("No grade"), count, self._ratio(count, customers), amount, self._ratio(amount, revenue), before,
            self._ratio(amount - before, before), profit, self._ratio(profit, margin),
        ) for name, count, amount, before, profit in rows]
        shares = (_("Share of customers"), _("Share of revenue"))
        last, place = self._table(sheet, [
            Column(_("Grade"), width=18), Column(_("Customers"), 'count'), Column(shares[0], 'percent'),
            Column(_("Revenue"), 'amount', 18), Column(shares[1], 'percent'), Column(_("Revenue last year"), 'amount', 18),
            Column(_("Growth"), 'percent'), Column(_("Gross margin"), 'amount', 18), Column(_("Share of margin"), 'percent'),
        ], table)
        if not rows:
            return
        chart = self.book.add_chart({'type': 'column'})
        for title, color in zip(shares, (LIGHT, COLOR)):
            chart.add_series({
                'name': [sheet.name, 3, place[title]], 'categories': [sheet.name, 4, 0, last, 0],
                'values': [sheet.name, 4, place[title], last, place[title]], 'fill': {'color': color},
                'data_labels': {'value': True, 'num_format': '0%'}})
        chart.set_title({'name': _("Customers and revenue by grade")})
        chart.set_y_axis({'num_format': '0%', 'major_gridlines': {'visible': True, 'line': {'color': '#DDDDDD'}}})
        self._insert(sheet, last + 2, chart)

    def _pareto(self, points):
        _ = self._
        sheet = self._sheet(_("Pareto"))
        title = _("Share of revenue")
        last, place = self._table(sheet, [
            Column(_("Top % of customers"), 'percent'), Column(_("Customers"), 'count'), Column(_("Revenue"), 'amount', 18),
            Column(title, 'percent'),
        ], [(percent / 100, count, amount, None if share is None else share / 100) for percent, count, amount, share in points])
        if not points:
            return
        chart = self.book.add_chart({'type': 'scatter', 'subtype': 'straight_with_markers'})
        chart.add_series({
            'name': title, 'categories': [sheet.name, 4, 0, last, 0], 'values': [sheet.name, 4, place[title], last, place[title]],
            'line': {'color': COLOR, 'width': 2.25}, 'marker': {'type': 'circle', 'size': 5, 'fill': {'color': COLOR}}})
        chart.set_title({'name': _("Pareto curve: who makes the revenue?")})
        chart.set_x_axis({'name': _("Top % of customers"), 'min': 0, 'max': 1, 'num_format': '0%'})
        chart.set_y_axis({'name': title, 'min': 0, 'max': 1, 'num_format': '0%'})
        self._insert(sheet, last + 2, chart)

    def _customers(self):
        _ = self._
        sheet = self._sheet(_("Top customers"))
        rows = [
            (place, *row, self._ratio(row[7] - (row[8] or 0), row[8]))
            for place, row in enumerate(self.figures.customer_rows(), start=1)]
        self._table(sheet, [
            Column(_("Rank"), 'count', 7), Column(_("Customer"), width=38), Column(_("Reference")), Column(_("Country"), width=9),
            Column(_("Salesperson"), width=22), Column(_("Grade"), width=10), Column(_("Grade before"), width=10),
            Column(_("Purchases"), 'count', 11), Column(_("Revenue"), 'amount', 18), Column(_("Revenue last year"), 'amount', 18),
            Column(_("Gross margin"), 'amount', 18), Column(_("Growth"), 'percent', 11)], rows)

    def _movers(self):
        _ = self._
        sheet = self._sheet(_("Movers"))
        words = {True: _("Promoted"), False: _("Demoted"), None: _("Left")}
        rows = [(name, old, new, words[up], revenue, before) for name, old, new, up, revenue, before in self.figures.mover_rows()]
        last, place = self._table(sheet, [
            Column(_("Customer"), width=38), Column(_("From"), width=10), Column(_("To"), width=10), Column(_("Move")),
            Column(_("Revenue"), 'amount', 18), Column(_("Revenue last year"), 'amount', 18)], rows)
        for up, kind in ((True, 'up'), (False, 'down'), (None, 'down')):
            sheet.conditional_format(4, place[_("Move")], max(last, 4), place[_("Move")], {
                'type': 'cell', 'criteria': '==', 'value': '"%s"' % words[up].replace('"', ''), 'format': self.formats[kind]})

    def _migration(self):
        """Write the matrix: a row per grade before, a column per grade now; unmoved customers on the grey diagonal."""
        _ = self._
        sheet = self._sheet(_("Migration"))
        sheet.write_string(2, 0, _(
            "Rows: grade on %(start)s. Columns: grade on %(end)s.", start=format_date(self.env, self.wizard.date_from),
            end=format_date(self.env, self.wizard.date)), self.formats['subtitle'])
        found = {(old, new): count for old, new, count in self.figures.migration_rows()}
        grades = self.env['crm.grade'].with_context(active_test=False).search([('company_id', '=', self.figures.company.id)])
        used = {grade for pair in found for grade in pair}
        ids = [None, *(grade.id for grade in grades if grade.id in used)]
        names = {None: "-", **{grade.id: grade.name for grade in grades}}
        self._table(
            sheet, [Column(_("From \\ to"), width=18), *(Column(names[new], 'count', 12) for new in ids), Column(_("Total"), 'count', 12)],
            [(names[old], *(found.get((old, new), 0) for new in ids), sum(found.get((old, new), 0) for new in ids)) for old in ids])
        for place, grade in enumerate(ids[1:], start=2):
            self._cell(sheet, 3 + place, place, found.get((grade, grade), 0), 'same')

    def _segments(self):
        _ = self._
        rows = self.figures.rfm_rows()
        if not rows:
            return
        sheet = self._sheet(_("RFM segments"))
        customers, amount = (sum(row[place] for row in rows) for place in (2, 3))
        last, place = self._table(sheet, [
            Column(_("Segment"), width=26), Column(_("Customers"), 'count'), Column(_("Share of customers"), 'percent'),
            Column(_("Value"), 'amount', 18), Column(_("Share of value"), 'percent'), Column(_("Advice"), width=50),
        ], [(name, count, self._ratio(count, customers), value, self._ratio(value, amount), advice) for name, advice, count, value in rows])
        chart = self.book.add_chart({'type': 'bar'})
        title = _("Customers")
        chart.add_series({
            'name': title, 'categories': [sheet.name, 4, 0, last, 0], 'values': [sheet.name, 4, place[title], last, place[title]],
            'fill': {'color': COLOR}, 'data_labels': {'value': True}})
        chart.set_title({'name': _("Customers by RFM segment")})
        chart.set_y_axis({'reverse': True})
        self._insert(sheet, last + 2, chart)
