from datetime import timedelta

import numpy as np

from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import over_everybody

from ..tools import bg_nbd, gamma_gamma, logistic

SAMPLE = 50_000        # customers that a fit looks at: parameters are then sure to 1 %, whatever the size of the company
MIN_CUSTOMERS = 100    # below, parameters are arbitrary
MIN_REPEAT = 50
MIN_LABELS = 100       # customers that were lost, and that stayed, for a regression of a handful of figures
TRAINING_STEPS = 4     # horizons back that the figures model learns from: a year of quarters


class CrmChurnModel(models.Model):
    """Fitting: on what was known on a day, in the memory of a sample."""
    _inherit = 'crm.churn.model'

    def _ask(self, query):
        """Return the rows of a statement over all customers."""
        self.env.flush_all()
        with over_everybody(self.env):
            return self.env.execute_query(query)

    def _extent(self, date):
        """Return the first and the last day with a purchase up to a day, and the number of buyers, of those with two days or more."""
        scope = self.company_id._crm_metric_scope(date)
        return self._ask(SQL(
            """SELECT MIN(first), MAX(last), COUNT(*), COUNT(*) FILTER (WHERE first < last)
                 FROM (SELECT MIN(date) AS first, MAX(date) AS last FROM (%s) AS invoice
                        WHERE move_type <> 'out_refund' GROUP BY subject_id) AS buyer""",
            self.env['crm.metric']._fact_invoice(scope).relation))[0]

    def _sample(self, count):
        """Return the sub-select of the customers that are looked at, always the same; None for all.

        :param int count: number of buyers of the company
        """
        if count <= SAMPLE:
            return None
        return SQL("SELECT id FROM res_partner WHERE hashint4(id) & 65535 < %s", max(1, 65536 * SAMPLE // count))

    def _fitted(self, date, sample, first, learned):
        """Fit on what was known on a day.

        :param date: as-of day, included
        :param sample: from :meth:`_sample`
        :param first: first day with a purchase
        :param dict learned: what :meth:`_examples` has returned of each past day; fits of several dates have days in common
        :return: dict of ``parameters``, ``log_likelihood``, ``sample_count``; None where there is too little data
        """
        scope = self.company_id._crm_metric_scope(date, sample)
        found = self._fitted_purchases(scope)
        if found and self.kind == 'figures':
            return self._fitted_figures(scope, first, found, learned)
        return found

    # ------------------------------------------------------------------
    # Purchases
    # ------------------------------------------------------------------

    def _fitted_purchases(self, scope):
        rows = self._ask(SQL(
            "SELECT x, t_x, t, money - first_money FROM (%s) AS buyer",
            self._buyers_sql(scope, SQL(", (ARRAY_AGG(amount ORDER BY date) FILTER (WHERE bought))[1]::float8 AS first_money"))))
        x, t_x, t, repeat_money = np.array(rows, dtype=float).reshape(-1, 4).T
        if len(x) < MIN_CUSTOMERS or (x > 0).sum() < MIN_REPEAT:
            return None
        kinds, counts = np.unique(np.column_stack([x, t_x, t]), axis=0, return_counts=True)
        found = bg_nbd.fit(*kinds.T, counts)
        return {
            'parameters': {'purchases': found.params._asdict(), 'spend': self._fitted_spend(x, repeat_money)},
            'log_likelihood': found.log_likelihood, 'sample_count': len(x)}

    def _fitted_spend(self, x, repeat_money):
        """Fit the money per purchase on the purchases after the first one; {} where that leads to no mean."""
        spends = (x > 0) & (repeat_money > 0)
        if spends.sum() < MIN_REPEAT:
            return {}
        found = gamma_gamma.fit(x[spends], repeat_money[spends] / x[spends])
        if found.params.mean is None:
            return {}
        return {**found.params._asdict(), 'log_likelihood': found.log_likelihood, 'customers': int(spends.sum())}

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _training_days(self, date, first):
        """Return the days to learn from: each with a whole horizon after it, and one before it."""
        days = [date - timedelta(days=self.horizon_days * step) for step in range(1, TRAINING_STEPS + 1)]
        return [day for day in days if (day - first).days + 1 >= self.horizon_days]

    def _fitted_figures(self, scope, first, purchases, learned):
        """Add a regression of "bought nothing in the horizon" on the figures before it, over several past days."""
        metrics = self.sudo().metric_ids  # see _metrics_of
        days = self._training_days(scope.date, first)
        if not days or not metrics:
            return None
        for day in days:
            if day not in learned:
                learned[day] = self._examples(scope.company._crm_metric_scope(day, scope.subjects), metrics)
        values, lost = (np.concatenate(part) for part in zip(*(learned[day] for day in days), strict=True))
        if min(lost.sum(), (1 - lost).sum()) < MIN_LABELS:
            return None
        columns, empty = prepared(values)
        fit = logistic.fit(np.hstack([columns, empty]), lost)
        weights = fit.weights / fit.scales
        count = len(metrics)
        fills = np.array([column[~gap].mean() if (~gap).any() else 0.0 for column, gap in zip(columns.T, empty.T > 0, strict=True)])
        figures = {
            'intercept': float(fit.intercept - fit.means @ weights), 'examples': len(lost), 'lost': int(lost.sum()),
            'columns': [{
                'metric': metric.id, 'weight': float(weights[place]), 'effect': float(fit.weights[place]),
                'empty': float(weights[place] * fills[place] + weights[count + place])} for place, metric in enumerate(metrics)]}
        return {
            'parameters': {**purchases['parameters'], 'figures': figures}, 'log_likelihood': fit.log_likelihood,
            'sample_count': purchases['sample_count']}

    def _examples(self, scope, metrics):
        """Return the figures of the buyers on a day, a column per metric, and whether they then bought nothing in the horizon."""
        rows = self._ask(SQL(
            """SELECT %(columns)s, outcome.is_lost::int
                 FROM (%(outcome)s) AS outcome JOIN (%(values)s) AS figure ON figure.subject_id = outcome.subject_id""",
            columns=SQL(", ").join(SQL.identifier('figure', metric._column()) for metric in metrics), outcome=self._outcome_sql(scope),
            values=metrics._values_relation(scope, self._everybody_sql(scope))))
        table = np.array(rows, dtype=float).reshape(-1, len(metrics) + 1)
        return table[:, :-1], table[:, -1]

    def _outcome_sql(self, scope):
        """Return the query of the customers with a purchase up to the day: ``subject_id``, ``last`` day of purchase up to there,
        ``is_lost``, whether they bought nothing in the horizon after it, and ``back``, the first day on which they did."""
        later = scope._replace(date=scope.date + timedelta(days=self.horizon_days))
        return SQL(
            """SELECT subject_id, MAX(date) FILTER (WHERE date <= %(date)s) AS last, MAX(date) <= %(date)s AS is_lost,
                      MIN(date) FILTER (WHERE date > %(date)s) AS back
                 FROM (%(invoices)s) AS invoice WHERE move_type <> 'out_refund' AND %(among)s
                GROUP BY subject_id HAVING MIN(date) <= %(date)s""",
            date=scope.date, invoices=self.env['crm.metric']._fact_invoice(later).relation, among=scope.among(SQL("subject_id")))


def prepared(values):
    """Return values as a regression takes them: pulled together by their logarithm, gaps at the mean of the others.

    :param values: a row per customer, NaN for no data
    :return: two arrays of that shape: the values, and 1 where there was none
    """
    gaps = np.isnan(values)
    columns = np.sign(values) * np.log1p(np.abs(values))
    known = np.maximum((~gaps).sum(axis=0), 1)
    means = np.where(gaps, 0.0, columns).sum(axis=0) / known
    return np.where(gaps, means, columns), gaps.astype(float)
