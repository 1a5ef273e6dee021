from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang

from .crm_churn_model_fit import MIN_CUSTOMERS, MIN_REPEAT


class CrmChurnModel(models.Model):
    """What the model is worth, in words: read by people who know their customers, not statistics."""
    _inherit = 'crm.churn.model'

    verdict_text = fields.Html("In Words", compute='_compute_verdict_text', sanitize=False)
    parameter_text = fields.Html("What It Learned", compute='_compute_parameter_text', sanitize=False)
    picture = fields.Json(compute='_compute_picture')

    @api.depends(
        'verdict', 'is_speaking', 'backtest_ids.auc', 'single_ids.back', 'fit_date', 'parameters', 'min_gain', 'horizon_days', 'active')
    @api.depends_context('lang')
    def _compute_verdict_text(self):
        for model in self:
            model.verdict_text = Markup().join(
                text if isinstance(text, Markup) else Markup("<p>%s</p>") % text for text in model._verdict_sentences() if text)

    def _verdict_sentences(self):
        if self.verdict in ('new', 'failed', 'thin'):
            return [self._words_unfit(), self._list_of_needs(), self._words_alerts(), self._words_once()]
        return [self._words_who_speaks(), self._words_how_good(), self._words_warning(), self._words_alerts(), self._words_single(),
                self._words_once()]

    def _number(self, value, digits=0):
        return formatLang(self.env, value, digits=digits)

    def _words_unfit(self):
        if self.verdict == 'new':
            return self.env._("Not fitted yet. The nightly job does it; “Refit Now” does it at once.")
        if self.verdict == 'failed':
            return self.env._(
                "The latest fit failed: %(error)s. It is tried again tomorrow; until then signals judge.",
                error=self.error or "")
        return self.env._(
            "Too little data: %(customers)s customers, %(repeat)s of them bought more than once, %(days)s days of history. Needed are "
            "100 customers, 50 repeat buyers, and at least two horizons of %(horizon)s days (three for the figures model) with enough "
            "customers lost and kept in each. Signals judge instead.",
            customers=self._number(self.customer_count), repeat=self._number(self.repeat_count), days=self._number(self.history_days),
            horizon=self.horizon_days)

    def _list_of_needs(self):
        """Return how much of what a fit needs is there, as a list that shows what is missing."""
        if self.verdict != 'thin':
            return ""
        days = (2 if self.kind == 'purchases' else 3) * self.horizon_days
        rows = [
            (self.customer_count, MIN_CUSTOMERS, self.env._("customers who have bought")),
            (self.repeat_count, MIN_REPEAT, self.env._("of them more than once")),
            (self.history_days, days, self.env._("days of history"))]
        lines = Markup().join(
            Markup('<li><i class="fa fa-fw %s"></i> %s: %s / %s</li>') % (
                'fa-check text-success' if there >= needed else 'fa-times text-danger', text, self._number(there), self._number(needed))
            for there, needed, text in rows)
        again = self.next_fit_date and self.env._(
            "Tried again on %(date)s. Older invoices count as well: whoever imports them has a model sooner.",
            date=format_date(self.env, self.next_fit_date))
        return Markup('<ul class="list-unstyled">%s</ul>') % lines + (Markup("<p>%s</p>") % again if again else Markup())

    def _words_who_speaks(self):
        speaker = self if self.is_speaking else self._speaking(self.company_id)
        if self.is_speaking:
            return self.env._(
                "This model speaks: the churn risk of every customer of %(company)s is its judgement.", company=self.company_id.name)
        if not self.active:
            return self.env._("This model is archived and is not asked.")
        if self.verdict == 'no_gain':
            other = self.env._("%(model)s speaks.", model=speaker.name) if speaker else self.env._("Signals judge instead.")
            return self.env._(
                "This model does not speak: it ranks customers no better than the days since their last purchase do (at least "
                "%(least)s is asked for, surely, and among active customers as well).", least=self._number(self.min_gain, 3)) + " " + other
        return self.env._("This model would do, but %(model)s ranks active customers better and speaks.", model=speaker.name)

    def _words_how_good(self):
        latest = self.backtest_ids[:1]
        return self.env._(
            "Tried out on %(count)s past dates, it put a lost customer above a kept one in %(auc)s %% of all pairs (days since the last "
            "purchase: %(recency)s %%), among active customers in %(active)s %%. On %(date)s the tenth with the highest risk held "
            "%(lift)s times as many lost customers as a tenth picked at random.",
            count=len(self.backtest_ids), auc=self._number(100 * self.auc, 1), recency=self._number(100 * self.recency_auc, 1),
            active=self._number(100 * self.auc_active, 1), date=format_date(self.env, latest.date), lift=self._number(latest.lift, 2))

    def _words_warning(self):
        """Say what is not to be believed."""
        texts, worst = [], self._off_tests().sorted('ece', reverse=True)[:1]
        if self.kind == 'purchases' and not self.has_dropout:
            texts.append(self.env._(
                "Dropout is not identified: in %(days)s days of history, silence looks like chance, so nobody counts as gone. The model "
                "falls back to how often customers buy; a longer history may tell more.", days=self._number(self.history_days)))
        if worst:
            texts.append(self.env._(
                "The season differs: on %(date)s it predicted that %(predicted)s %% would be lost, and %(actual)s %% were (mean error "
                "%(error)s points). Take its order, not its percentages.",
                date=format_date(self.env, worst.date), predicted=self._number(worst.predicted_share, 1),
                actual=self._number(worst.lost_share, 1), error=self._number(worst.ece, 1)))
        return " ".join(texts)

    def _words_single(self):
        latest = self.backtest_ids[:1]
        if not latest.single_customers:
            return ""
        return self.env._(
            "Of %(count)s customers who had bought once, %(actual)s %% did not come back within %(days)s days (predicted: "
            "%(predicted)s %%). One purchase shows no rhythm.",
            count=self._number(latest.single_customers), actual=self._number(latest.single_lost_share, 1), days=self.horizon_days,
            predicted=self._number(latest.single_predicted_share, 1))

    # ------------------------------------------------------------------
    # Parameters
    # ------------------------------------------------------------------

    @api.depends('parameters')
    @api.depends_context('lang')
    def _compute_parameter_text(self):
        for model in self:
            rows = model._parameter_rows() if model.parameters else []
            lines = Markup().join(
                Markup('<tr><td>%s</td><td class="text-end">%s</td><td class="text-muted">%s</td></tr>') % row for row in rows)
            model.parameter_text = Markup('<table class="table table-sm w-auto">%s</table>') % lines if rows else False

    def _parameter_rows(self):
        return self._figure_rows() if self.kind == 'figures' else self._purchase_rows()

    def _purchase_rows(self):
        found, spend = self.parameters['purchases'], self.parameters.get('spend') or {}
        rows = [
            ("r", found['r'], self.env._("how alike customers buy: the smaller, the more they differ")),
            ("alpha", found['alpha'], self.env._("weeks; r / alpha is the mean number of purchase days a week")),
            ("a", found['a'], self.env._("a / (a + b) is the mean likelihood to be gone after a purchase")),
            ("b", found['b'], "" if self.has_dropout else self.env._("not identified: taken as nobody ever gone")),
        ]
        if spend:
            rows += [("p", spend['p'], self.env._("how alike the purchases of one customer are")),
                     ("q", spend['q'], self.env._("how alike customers spend")),
                     ("gamma", spend['gamma'], self.env._("p × gamma / (q − 1) is the mean money per purchase day"))]
        return [(name, self._number(value, 4), text) for name, value, text in rows]

    def _figure_rows(self):
        """Weights per standard deviation, the strongest first: what counts how much, in the same unit."""
        figures = sorted(self.parameters['figures']['columns'], key=lambda column: -abs(column['effect']))
        metrics = {metric.id: metric.name for metric in self._metrics_of(self.parameters).exists()}
        more, less = self.env._("more of it: more risk"), self.env._("more of it: less risk")
        return [(metrics.get(column['metric'], "–"), self._number(column['effect'], 3), more if column['effect'] > 0 else less)
                for column in figures]

    # ------------------------------------------------------------------
    # Picture
    # ------------------------------------------------------------------

    @api.depends('backtest_ids.auc')
    @api.depends_context('lang')
    def _compute_picture(self):
        for model in self:
            tests = model.backtest_ids.sorted('date')
            model.picture = {
                'dates': [format_date(self.env, test.date) for test in tests],
                'auc': [round(test.auc, 4) for test in tests], 'active': [round(test.auc_active, 4) for test in tests],
                'recency': [round(test.recency_auc, 4) for test in tests],
                'calibration': [[round(100 * predicted, 1), round(100 * actual, 1), count]
                                for predicted, actual, count in tests[-1:].calibration or []],
            } if tests else False
