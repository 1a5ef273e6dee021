# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
from odoo.tools import format_date

from odoo.addons.crm_grading.report.workbook_writer import COLOR, Column, SheetWriter


def statements_content(statements):
    """Return the Excel workbook (bytes) of performance statements of one company, in the language of the user.

    :raise AccessError: on a statement that the user may not read
    """
    statements.check_access('read')
    return StatementWorkbook(statements).content()


class StatementWorkbook(SheetWriter):
    """A sheet with the totals and a chart, and one with every entry behind them."""

    def __init__(self, statements):
        self.statements = statements.sorted(lambda statement: (statement.date, statement.user_id.sudo().name or ''))
        super().__init__(statements.env, statements.company_id, statements.company_id.sudo().name, amounts=True)

    def _write(self):
        self._totals()
        self._entries()

    def _totals(self):
        _ = self._
        sheet = self._sheet(_("Statements"))
        rows = [(
            statement.month_id.display_name, statement.user_id.sudo().name, statement.signed_amount, statement.delivered_amount,
            statement.invoiced_amount, statement.collected_amount, statement.back_amount, statement.amount)
            for statement in self.statements]
        last, place = self._table(sheet, [
            Column(_("Month"), width=18), Column(_("Person"), width=26), Column(_("On Signature"), 'amount', 16),
            Column(_("On Delivery"), 'amount', 16), Column(_("On Invoice"), 'amount', 16), Column(_("On Collection"), 'amount', 16),
            Column(_("Taken Back"), 'amount', 16), Column(_("Credited"), 'amount', 16)], rows)
        column = place[_("Credited")]
        chart = self.book.add_chart({'type': 'column'})
        chart.add_series({
            'name': [sheet.name, 3, column], 'categories': [sheet.name, 4, 0, last, 1], 'values': [sheet.name, 4, column, last, column],
            'fill': {'color': COLOR}})
        chart.set_title({'name': _("Credited")})
        self._insert(sheet, last + 2, chart)

    def _entries(self):
        _ = self._
        sheet = self._sheet(_("Entries"))
        entries = self.statements.entry_ids
        events = dict(entries._fields['event']._description_selection(self.env))
        reasons = dict(entries._fields['reason']._description_selection(self.env))
        self._table(sheet, [
            Column(_("Month"), width=18), Column(_("Person"), width=24), Column(_("Day"), width=12), Column(_("Contract"), width=22),
            Column(_("Customer"), width=26), Column(_("Event"), width=14), Column(_("Document"), width=22), Column(_("Reason"), width=16),
            Column(_("Net of Document"), 'decimal', 16), Column(_("Currency"), width=10), Column(_("Share (%)"), 'decimal', 10),
            Column(_("Weight (%)"), 'decimal', 10), Column(_("Exchange Rate"), 'decimal', 12), Column(_("Credit Due"), 'amount', 16),
            Column(_("Credited"), 'amount', 16)],
            [(statement.month_id.display_name, statement.user_id.sudo().name, format_date(self.env, entry.date),
              entry.contract_id.sudo().display_name, entry.partner_id.sudo().name, events[entry.event], entry.document,  # as printed
              reasons[entry.reason], entry.base_amount, entry.contract_currency_id.name, entry.share_percent, entry.weight_percent,
              entry.rate, entry.target_amount, entry.amount)
             for statement in self.statements for entry in statement.entry_ids.sorted(lambda entry: (entry.date, entry.id))])
