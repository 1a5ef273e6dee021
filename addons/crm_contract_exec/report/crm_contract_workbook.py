# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
from collections import Counter

from odoo.tools import format_date

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS
from odoo.addons.crm_grading.report.workbook_writer import COLOR, LIGHT, Column, SheetWriter
from odoo.addons.crm_grading.tools.period_name import period_name

from .crm_contract_workbook_figures import ContractFigures

CHARTED = 15     # contracts in a chart: more cannot be told apart


def workbook_content(wizard):
    """Return the Excel workbook (bytes) that a ``crm.contract.workbook`` record asks for, in the language of its user.

    It holds the contracts that the user may see, with their amounts; costs and margins only for who may see those.

    :raise AccessError: if the user may not see the wizard
    """
    wizard.check_access('read')
    return ContractWorkbook(wizard).content()


class ContractWorkbook(SheetWriter):

    def __init__(self, wizard):
        self.figures = ContractFigures(wizard)
        env = wizard.env
        super().__init__(env, wizard.company_id, env._(
            "%(company)s, %(team)s, %(start)s to %(end)s", company=wizard.company_id.name, team=wizard.team_id.name or env._("all teams"),
            start=format_date(env, wizard.date_from), end=format_date(env, wizard.date_to)), amounts=True)
        self.costs = env.user.has_group(AMOUNTS)

    def _write(self):
        self._months()
        self._register()
        self._instalments()
        if self.costs:
            self._margins()
            self._products()
        self._delays()

    def _words(self, model, field):
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    def _day(self, date):
        return date.isoformat() if date else None    # sorts and filters as text

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    def _months(self):
        """The collection plan: what was signed, and what is due, collected and open, month by month."""
        _ = self._
        sheet = self._sheet(_("Collection plan"))
        rows, still_open = [], 0
        for month, signed, amount, due in self.figures.months():
            still_open += due.open
            rows.append((
                period_name(month, 'month', self.env.lang, short=True), signed, amount, due.planned, due.done, due.open, due.overdue,
                self._ratio(due.done, due.planned), still_open))
        last, place = self._table(sheet, [
            Column(_("Month"), width=16), Column(_("Contracts signed"), 'count', 11), Column(_("Signed (net)"), 'amount', 18),
            Column(_("Due"), 'amount', 18), Column(_("Collected"), 'amount', 18), Column(_("Open"), 'amount', 18),
            Column(_("Overdue"), 'amount', 18), Column(_("Collected (%)"), 'percent', 12), Column(_("Open in total"), 'amount', 18)], rows)
        if rows:
            self._chart(sheet, last, place, (_("Due"), _("Collected")), _("Instalments by month"), line=_("Open in total"))

    def _register(self):
        _ = self._
        sheet = self._sheet(_("Contract register"))
        states = self._words('crm.contract', 'state')
        rows = []
        for contract in self.figures.contracts:
            net, gross, overdue = self.figures.converted(
                contract, contract.amount_untaxed, contract.amount_total, contract.overdue_amount)
            rows.append((
                contract.name, contract.title or '', contract.partner_id.display_name, contract.type_id.name,
                contract.user_id.sudo().name or '', self._day(contract.date_signed),    # names of colleagues are no secret
                self._day(contract.date_end), states[contract.state], contract.currency_id.name, net, gross,
                contract.delivered_percent / 100, contract.invoiced_percent / 100, contract.collected_percent / 100, overdue,
                self._day(contract.next_date)))
        self._table(sheet, [
            Column(_("Number"), width=14), Column(_("Subject"), width=26), Column(_("Customer"), width=30), Column(_("Type"), width=18),
            Column(_("Salesperson"), width=20), Column(_("Signed on"), width=11), Column(_("Ends on"), width=11),
            Column(_("State"), width=12), Column(_("Currency"), width=9), Column(_("Net amount"), 'amount', 16),
            Column(_("Gross amount"), 'amount', 16),
            Column(_("Delivered"), 'percent', 10), Column(_("Invoiced"), 'percent', 10), Column(_("Collected"), 'percent', 10),
            Column(_("Overdue"), 'amount', 14), Column(_("Next step due"), width=12)], rows)
        self._note(sheet, _("Amounts in the company's currency, at the rate of the day of the signature."))

    def _instalments(self):
        _ = self._
        sheet = self._sheet(_("Instalments"))
        states, rows = self._words('crm.contract.step', 'state'), []
        for step in self.figures.instalments:
            money = self.figures.money(step)
            contract = step.contract_id
            rows.append((
                self._day(step.date_due), contract.name, contract.partner_id.display_name, step.name, states[step.state], money.planned,
                money.done, money.open, self._day(step.date_done), step.days_late or None, contract.user_id.sudo().name or ''))  # as above
        self._table(sheet, [
            Column(_("Due on"), width=11), Column(_("Contract"), width=14), Column(_("Customer"), width=30),
            Column(_("Instalment"), width=26), Column(_("State"), width=12), Column(_("Due"), 'amount', 16),
            Column(_("Collected"), 'amount', 16), Column(_("Open"), 'amount', 16), Column(_("Done on"), width=11),
            Column(_("Days late"), 'count', 10), Column(_("Salesperson"), width=20)], rows)

    def _margins(self):
        """Margin of each contract, plan against what is expected in the end."""
        _ = self._
        sheet = self._sheet(_("Contract results"))
        largest = self.figures.results.sorted(lambda result: (-result.planned_revenue, result.id))
        rows = [(
            result.contract_id.name, result.partner_id.display_name, result.planned_revenue, result.revenue, result.cost, result.expense,
            result.margin, result.planned_margin, result.expected_margin, result.deviation,
            self._ratio(result.expected_margin, result.planned_revenue)) for result in largest]
        titles = (_("Planned margin"), _("Expected margin"))
        last, place = self._table(sheet, [
            Column(_("Contract"), width=16), Column(_("Customer"), width=30), Column(_("Net amount"), 'amount', 16),
            Column(_("Invoiced"), 'amount', 16), Column(_("Cost of goods"), 'amount', 16), Column(_("Expenses"), 'amount', 16),
            Column(_("Margin so far"), 'amount', 16), Column(titles[0], 'amount', 16), Column(titles[1], 'amount', 16),
            Column(_("Against plan"), 'amount', 16), Column(_("Expected (%)"), 'percent', 11)], rows)
        if rows:
            sheet.conditional_format(4, place[_("Against plan")], last, place[_("Against plan")], {
                'type': 'cell', 'criteria': '<', 'value': 0, 'format': self.formats['down']})
            self._chart(sheet, last, place, titles, _("Margin of the largest contracts"), until=min(last, 3 + CHARTED))

    def _products(self):
        _ = self._
        sheet = self._sheet(_("Margin detail"))
        self._table(sheet, [
            Column(_("Contract"), width=16), Column(_("Customer"), width=30), Column(_("Product"), width=34),
            Column(_("Quantity"), 'decimal', 11), Column(_("Revenue"), 'amount', 16), Column(_("Cost"), 'amount', 16),
            Column(_("Margin"), 'amount', 16), Column(_("Margin (%)"), 'percent', 11)],
            [(contract.name, partner.display_name, product.display_name or _("Without product"), quantity, revenue, cost, margin,
              self._ratio(margin, revenue)) for contract, partner, product, quantity, revenue, cost, margin in self.figures.products()])
        self._note(sheet, _("Invoiced in the period, at the present cost of the products; down payments have no product."))

    def _delays(self):
        """Where execution got stuck: a table per department and cause, and a chart of the days."""
        _ = self._
        sheet = self._sheet(_("Delays"))
        departments, causes = self._words('crm.contract.delay', 'department'), self._words('crm.contract.delay', 'cause')
        found, due = self.figures.delays(), Counter()
        for department, _cause, steps, *_figures in found:
            due[department] += steps
        rows = [(
            f"{departments[department]}: {causes[cause]}" if cause else _("%(department)s: in time", department=departments[department]),
            steps, self._ratio(steps, due[department]), days, own) for department, cause, steps, days, own in found]
        last, place = self._table(sheet, [
            Column(_("Whose turn, and why"), width=44), Column(_("Steps due"), 'count', 11), Column(_("Of all its steps"), 'percent', 11),
            Column(_("Days late"), 'count', 11), Column(_("Own days"), 'count', 11)], rows)
        if rows:
            self._chart(sheet, last, place, (_("Days late"), _("Own days")), _("Where execution gets stuck"), kind='bar')

    # ------------------------------------------------------------------
    # Parts of sheets
    # ------------------------------------------------------------------

    def _note(self, sheet, text):
        sheet.write_string(2, 0, text, self.formats['subtitle'])

    def _chart(self, sheet, last, place, titles, name, line=None, until=None, kind='column'):
        """Put a chart of two measures below a table whose first column names the rows, with a line over them.

        :param int until: last row to show; default: all
        """
        chart, until = self.book.add_chart({'type': kind}), until or last
        categories = [sheet.name, 4, 0, until, 0]
        for title, color in zip(titles, (LIGHT, COLOR), strict=True):
            chart.add_series({
                'name': [sheet.name, 3, place[title]], 'categories': categories, 'fill': {'color': color},
                'values': [sheet.name, 4, place[title], until, place[title]]})
        if line:
            over = self.book.add_chart({'type': 'line'})
            over.add_series({
                'name': [sheet.name, 3, place[line]], 'categories': categories, 'line': {'color': '#E07B39', 'width': 2.25},
                'values': [sheet.name, 4, place[line], until, place[line]], 'marker': {'type': 'circle'}})
            chart.combine(over)
        chart.set_title({'name': name})
        grid = {'major_gridlines': {'visible': True, 'line': {'color': '#DDDDDD'}}}
        if kind == 'bar':
            chart.set_y_axis({'reverse': True})
            chart.set_x_axis(grid)
        else:
            chart.set_y_axis(grid)
        self._insert(sheet, last + 2, chart)
