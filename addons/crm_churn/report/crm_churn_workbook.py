# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import format_date

from odoo.addons.crm_grading.report.workbook_writer import COLOR, LIGHT, Column, SheetWriter

DAYS_PER_MONTH = 365.25 / 12


def workbook_content(wizard):
    """Return the Excel workbook (bytes) that a ``crm.churn.workbook`` record asks for, in the language of its user.

    It holds what the user may see; amounts only for who may see those of customers.

    :raise AccessError: if the user may not see the wizard, customers or losses
    """
    wizard.check_access('read')
    return ChurnWorkbook(wizard).content()


class ChurnWorkbook(SheetWriter):

    def __init__(self, wizard):
        self.wizard, self.options = wizard, wizard._options()
        self.first = wizard.date.replace(day=1) - relativedelta(months=wizard.months - 1)
        env = wizard.with_context(allowed_company_ids=wizard.company_id.ids).env
        super().__init__(env, wizard.company_id, env._(
            "%(company)s, %(start)s to %(end)s, lost after %(days)s days without a purchase", company=wizard.company_id.name,
            start=format_date(env, self.first), end=format_date(env, wizard.date), days=wizard.lost_after))
        self.analysis = env['crm.churn.analysis']

    def _write(self):
        self._bridges()
        self._cohorts()
        self._lives()
        self._reasons()
        self._losses()
        self._competitors()

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    def _bridges(self):
        """One sheet for the customers, and for who may see amounts one for revenue and one for margin."""
        _ = self._
        names = {'customers': _("Customer bridge"), 'revenue': _("Revenue bridge"), 'margin': _("Margin bridge")}
        for measure, rows in self.analysis.get_bridge(self.options)['measures'].items():
            amount = measure != 'customers'
            self._bridge(self._sheet(names[measure]), rows, 'amount' if amount else 'count', amount)

    def _bridge(self, sheet, rows, kind, amount):
        _ = self._
        parts = {'start': _("At start"), 'new': _("New"), 'won_back': _("Won back"), 'lost': _("Lost"), 'end': _("At end")}
        if amount:
            parts = {**parts, 'grew': _("Buy more"), 'shrank': _("Buy less")}
        order = [part for part in ('start', 'new', 'won_back', 'grew', 'shrank', 'lost', 'end') if part in parts]
        last, place = self._table(
            sheet, [Column(_("Month"), width=14), *(Column(parts[part], kind, 15) for part in order), Column(_("Churn"), 'percent', 10)],
            [(row['label'], *(-row[part] if part == 'lost' and not amount else row[part] for part in order), row['churn']) for row in rows])
        if not rows:
            return
        chart = self.book.add_chart({'type': 'column', 'subtype': 'stacked'})
        colors = {'new': '#43C5B1', 'won_back': '#4EA7F2', 'grew': '#A5D8D7', 'shrank': '#F4A261', 'lost': '#EA6175'}
        for part, color in colors.items():
            if part in parts:
                chart.add_series(self._series(sheet, last, place[parts[part]], fill={'color': color}))
        line = self.book.add_chart({'type': 'line'})
        line.add_series({**self._series(sheet, last, place[parts['end']], line={'color': COLOR, 'width': 2.25}), 'y2_axis': True})
        chart.combine(line)
        chart.set_title({'name': _("Who came and who went")})
        self._insert(sheet, last + 2, chart)

    def _series(self, sheet, last, column, **style):
        return {
            'name': [sheet.name, 3, column], 'categories': [sheet.name, 4, 0, last, 0], 'values': [sheet.name, 4, column, last, column],
            **style}

    def _cohorts(self):
        """Shares of each cohort that bought again, coloured by height."""
        _ = self._
        sheet = self._sheet(_("Cohorts"))
        answer = self.analysis.get_cohorts(self.options)
        offsets = range(len(answer['mean']))
        rows = [(
            cohort['label'], cohort['size'],
            *(cohort['counts'][offset] / cohort['size'] if offset < len(cohort['counts']) else None for offset in offsets))
            for cohort in answer['cohorts']]
        last, _place = self._table(sheet, [
            Column(_("First bought"), width=14), Column(_("Customers"), 'count', 11),
            *(Column(_("+%s months", offset + 1), 'percent', 9) for offset in offsets)], rows)
        if answer['mean']:
            sheet.conditional_format(4, 2, last, 1 + len(answer['mean']), {
                'type': '2_color_scale', 'min_color': '#FFFFFF', 'max_color': '#00A78D'})

    def _lives(self):
        """How long customers of each grade stay."""
        _ = self._
        sheet = self._sheet(_("How long they stay"))
        curves = [
            *self.analysis.get_survival(self.options)['curves'], *self.analysis.get_survival({**self.options, 'by': 'grade'})['curves']]
        years = sorted({years for curve in curves for years, _share in curve['shares']})
        rows = [(
            curve['name'], curve['customers'], curve['lost'], curve['median'] and curve['median'] / DAYS_PER_MONTH,
            *(dict(map(tuple, curve['shares'])).get(year) for year in years)) for curve in curves]
        self._table(sheet, [
            Column(_("Group"), width=24), Column(_("Customers"), 'count', 11), Column(_("Left"), 'count', 11),
            Column(_("Median life (months)"), 'decimal', 14),
            *(Column(_("Still there after %s months", f'{12 * year:g}'), 'percent', 14) for year in years)], rows)
        self._note(sheet, _("By the grade of today (Kaplan–Meier). No median: more than half are still there."))

    def _reasons(self):
        _ = self._
        sheet = self._sheet(_("Reasons"), landscape=False)
        answer = self.analysis.get_pareto(self._loss_options())
        amounts = {}
        if self.amounts:
            amounts = {row['id']: row['value'] for row in self.analysis.get_pareto(self._loss_options('amount'))['reasons']}
        rows = [
            (row['name'], row['value'], row['share'], row['cumulated'], amounts.get(row['id'])) for row in answer['reasons']]
        last, place = self._table(sheet, [
            Column(_("Main reason"), width=34), Column(_("Losses"), 'count', 11), Column(_("Share"), 'percent', 11),
            Column(_("Cumulated"), 'percent', 11), Column(_("Lost amount"), 'amount', 16)], rows)
        if rows:
            chart = self.book.add_chart({'type': 'column'})
            chart.add_series(self._series(sheet, last, place[_("Losses")], fill={'color': LIGHT}))
            line = self.book.add_chart({'type': 'line'})
            line.add_series({**self._series(sheet, last, place[_("Cumulated")], line={'color': COLOR}), 'y2_axis': True})
            chart.combine(line)
            chart.set_title({'name': _("Reasons in order")})
            self._insert(sheet, last + 2, chart)

    def _losses(self):
        _ = self._
        sheet = self._sheet(_("Losses"))
        events = self.env['crm.churn.event'].search([
            ('company_id', '=', self.company.id), ('date', '>=', self.first), ('date', '<=', self.wizard.date)], order='date desc, id desc')
        words = {name: dict(events._fields[name]._description_selection(self.env)) for name in ('kind', 'phase')}
        rows = [(
            event.date.isoformat(), event.partner_id.display_name or '', event.name, words['kind'][event.kind], words['phase'][event.phase],
            event.main_reason_id.name or '', event.competitor_id.name or '', event.date_first and event.days,
            event.user_id.sudo().name or '',    # names of colleagues are no secret
            event.amount if self.amounts else None, event.yearly_value if self.amounts else None) for event in events]
        self._table(sheet, [
            Column(_("Lost on"), width=11), Column(_("Customer"), width=28), Column(_("What was lost"), width=28),
            Column(_("Kind"), width=16), Column(_("Phase"), width=12), Column(_("Main reason"), width=24), Column(_("Lost to"), width=18),
            Column(_("Days until lost"), 'count', 10), Column(_("Salesperson"), width=18), Column(_("Lost amount"), 'amount', 15),
            Column(_("Yearly value"), 'amount', 15)], rows)

    def _competitors(self):
        _ = self._
        sheet = self._sheet(_("Competitors"), landscape=False)
        found = self.env['crm.competitor.report']._read_group(
            [('company_id', '=', self.company.id), ('date', '>=', self.first), ('date', '<=', self.wizard.date)], ['competitor_id'],
            ['__count', 'won:sum', 'lost:sum', 'win_rate:avg', 'outcome:array_agg'])
        rows = sorted(
            ((competitor.name, count, won, lost, rate / 100 if set(outcomes) - {'open'} else None)
             for competitor, count, won, lost, rate, outcomes in found), key=lambda row: (-row[1], row[0]))
        last, place = self._table(sheet, [
            Column(_("Competitor"), width=30), Column(_("Times met"), 'count', 11), Column(_("Won against it"), 'count', 11),
            Column(_("Lost to it"), 'count', 11), Column(_("Win rate"), 'percent', 11)], rows)
        if rows:
            chart = self.book.add_chart({'type': 'bar'})
            for title, color in ((_("Won against it"), '#43C5B1'), (_("Lost to it"), '#EA6175')):
                chart.add_series(self._series(sheet, last, place[title], fill={'color': color}))
            chart.set_y_axis({'reverse': True})
            chart.set_title({'name': _("Won and lost")})
            self._insert(sheet, last + 2, chart)

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _loss_options(self, measure='count'):
        return {'measure': measure, 'date_from': fields.Date.to_string(self.first), 'date_to': fields.Date.to_string(self.wizard.date)}

    def _note(self, sheet, text):
        sheet.write_string(2, 0, text, self.formats['subtitle'])
