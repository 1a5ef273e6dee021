from collections import Counter, defaultdict
from datetime import timedelta
from statistics import mean, median

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.concentration import customers_for_share, gini, top_share

WINDOW = 180
SEGMENTS = ('champions', 'at_risk', 'new', 'lost')  # in the order of crm.grading.scheme._history_segments


class CrmSalesImport(models.Model):
    """The figures of a sales history, asked from the metric and grading engine."""

    _inherit = 'crm.sales.import'

    @api.model
    def _figures(self, date=None):
        """What the documents of the current company say about its customers.

        :param date: snapshot; documents before this day count. Default: the day after the last document
        :returns: JSON-able dict; amounts in the company's currency, shares from 0 to 1; {} without any document
        """
        company = self.env.company
        History = self.env['crm.sales.history']
        _first, last = History._first_and_last_day(company)
        if not last:
            return {}
        snapshot = fields.Date.to_date(date) or last + timedelta(days=1)
        until = snapshot - timedelta(days=1)
        savepoint = self.env.cr.savepoint()  # looking leaves nothing behind, not even the schemes it looks with
        schemes = self.env['crm.grading.scheme']._create_sales_history_schemes(company)
        figures = {
            'company': company.name, 'currency': company.currency_id.name, 'snapshot': str(snapshot),
            **self._purchase_figures(company, snapshot), 'purchase_days': History._purchase_days(company, until),
            **self._grade_figures(schemes['pareto'], snapshot),
            'rfm_equal': self._rfm_figures(schemes['rfm_equal'], snapshot),
            'rfm_percentile': self._rfm_figures(schemes['rfm_percentile'], snapshot),
            'returns_view': self._returns_figures(company, snapshot),
            'migration': self._migration_figures(schemes['pareto_180'], until - timedelta(days=WINDOW), until),
            'monthly': History._monthly(company, until),
            'cohorts': History._cohorts(company, until),
        }
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        return figures

    def _evaluate(self, company, date, *codes, partners=None):
        return self.env['crm.metric'].evaluate(list(codes), date=date, company=company, partners=partners)

    def _purchase_figures(self, company, date):
        """Customers, orders and how the revenue is spread over customers; a customer is who has an invoice."""
        values = {partner: row for partner, row in self._evaluate(
            company, date, 'invoiced_ever', 'invoice_count_ever', 'recency').items() if row['invoice_count_ever']}
        ref = {partner.id: partner.ref or partner.name for partner in self.env['res.partner'].browse(values)}
        ranked = sorted(values, key=lambda partner: (-values[partner]['invoiced_ever'], partner))
        money = [values[partner]['invoiced_ever'] for partner in ranked]
        orders = [int(row['invoice_count_ever']) for row in values.values()]
        total = sum(money)
        return {
            'customers': len(values), 'orders': sum(orders), 'revenue': round(total, 2),
            'average_order': round(total / sum(orders), 4), 'one_order_customers': orders.count(1),
            'mean_orders': round(mean(orders), 6),
            'median': {'recency': median(row['recency'] for row in values.values()), 'orders': median(orders),
                       'revenue': round(median(money), 3)},
            'top_share': {f'{percent} %': round(top_share(money, percent), 6) for percent in (1, 5, 10, 20)},
            'customers_for_share': {f'{percent} %': customers_for_share(money, percent) for percent in (50, 80, 95)},
            'gini': round(gini(money), 6),
            'top_customers': [{'customer': ref[partner], 'revenue': round(values[partner]['invoiced_ever'], 2)}
                              for partner in ranked[:10]],
        }

    def _grade_figures(self, scheme, date):
        """The grade table of a Pareto scheme."""
        grades = {band.grade_id.id: band.grade_id.name for band in scheme.band_ids.sorted('threshold')}
        amounts = defaultdict(list)
        for grade, _score, amount in scheme._replay(date).values():
            if grade:
                amounts[grades[grade]].append(amount)
        return {'grades': [{
            'grade': name, 'customers': len(amounts[name]), 'revenue': round(sum(amounts[name]), 2),
            'from_revenue': round(min(amounts[name], default=0), 2)} for name in grades.values()]}

    def _rfm_figures(self, scheme, date):
        """Scores, codes and segments of an RFM scheme."""
        axes = {dimension.axis: dimension for dimension in scheme.dimension_ids}
        query = scheme._graded_sql(scheme._replay_values(date))
        rows = self.env.execute_query(SQL(
            "SELECT %s, %s, %s, amount, segment_id FROM (%s) AS graded WHERE status = 'graded'",
            *(axes[axis]._sql('l') for axis in 'rfm'), query))
        codes = Counter(row[:3] for row in rows)
        money = defaultdict(list)
        for row in rows:
            money[row[0]].append(row[3])
        sums = Counter(sum(row[:3]) for row in rows)
        by_segment = Counter(row[4] for row in rows)
        segments = zip(SEGMENTS, scheme.segment_ids.sorted('sequence'), strict=False)
        return {
            **{axis.upper(): dict(sorted(Counter(str(row[place]) for row in rows).items())) for place, axis in enumerate('rfm')},
            'code_555': codes[5, 5, 5], 'code_111': codes[1, 1, 1], 'distinct_codes': len(codes),
            **{name: by_segment[segment.id] for name, segment in segments},
            'sum_of_scores': {str(total): sums[total] for total in sorted(sums)},
            'mean_revenue_by_recency': {str(score): round(mean(money[score]), 4) for score in sorted(money)},
            'cut_points': self._cut_points(axes, query),
        }

    def _cut_points(self, axes, query):
        cuts = {axis.upper(): cut for axis, dimension in axes.items() if (cut := dimension._cuts_sql())}
        if not cuts:
            return {}
        found = self.env.execute_query(SQL(
            "SELECT %s FROM (%s) AS graded WHERE status = 'graded'", SQL(", ").join(cuts.values()), query))[0]
        return {axis: [round(cut, 6) for cut in row] for axis, row in zip(cuts, found, strict=True)}

    def _returns_figures(self, company, date):
        """Every customer of the file, with what came back taken off."""
        partners = self.env['res.partner'].search([('company_id', '=', company.id), ('ref', '!=', False)])
        codes = ('revenue_ever', 'invoiced_ever', 'credited_ever', 'invoice_count_ever')
        values = self._evaluate(company, date, *codes) | self._evaluate(company, date, *codes, partners=partners)
        net = sorted((round(row['revenue_ever'] or 0, 2) for row in values.values()), reverse=True)
        gross = sum(row['invoiced_ever'] or 0 for row in values.values())
        credited = sum(row['credited_ever'] or 0 for row in values.values())
        return {
            'customers': len(values), 'net_revenue': round(sum(net), 2), 'gross_revenue': round(gross, 2),
            'returns': -round(credited, 2), 'return_rate': round(credited / gross, 6) if gross else 0.0,
            'customers_with_returns': sum(1 for row in values.values() if row['credited_ever']),
            'credit_notes': self.env['account.move'].search_count([
                ('company_id', '=', company.id), ('state', '=', 'posted'), ('move_type', '=', 'out_refund'),
                ('invoice_date', '<=', date)]),
            'customers_net_negative': sum(amount < 0 for amount in net), 'customers_net_zero': net.count(0),
            'customers_for_80 %': customers_for_share(net, 80),
        }

    def _migration_figures(self, scheme, start, end):
        """How customers moved between grades of the 180 days up to two days; '-' = no invoice in that window."""
        names = {None: '-'} | {band.grade_id.id: band.grade_id.name for band in scheme.band_ids}
        before, after = (
            {partner: (names[grade], amount) for partner, (grade, _score, amount) in scheme._replay(date).items() if grade}
            for date in (start, end))
        moves = Counter((before.get(partner, '-')[0], after.get(partner, '-')[0]) for partner in before.keys() | after.keys())
        order = ['-', *(band.grade_id.name for band in scheme.band_ids.sorted('threshold'))]
        return {
            'window_days': WINDOW, 'from': str(start), 'to': str(end),
            'revenue_from': round(sum(amount for _grade, amount in before.values()), 2),
            'revenue_to': round(sum(amount for _grade, amount in after.values()), 2),
            'matrix': [{'from': old} | {new: moves[old, new] for new in order} for old in order],
        }
