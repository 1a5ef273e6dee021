from datetime import timedelta

import numpy as np

from odoo import fields, models
from odoo.tools import SQL

from ..tools import judging

TESTS = 4          # past dates, one horizon apart
MIN_LOST = 20      # customers that were lost, and that stayed: with fewer an AUC says nothing


class CrmChurnBacktest(models.Model):
    """How good a model would have been on a past date: fitted on what came before, judged by what came after."""
    _name = 'crm.churn.backtest'
    _description = "Churn Back-Test"
    _order = 'model_id, date desc'
    _rec_name = 'date'

    model_id = fields.Many2one('crm.churn.model', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='model_id.company_id', store=True, index=True)
    kind = fields.Selection(related='model_id.kind', store=True)
    date = fields.Date("Judged On", required=True, readonly=True, help="First day that the model does not know.")
    date_end = fields.Date("Outcome Until", required=True, readonly=True, help="Last day of the horizon.")
    customers = fields.Integer(readonly=True)
    active_customers = fields.Integer("Active", readonly=True, help="Bought within one horizon before the date.")
    lost_share = fields.Float("Really Lost (%)", readonly=True, aggregator='avg', digits=(6, 2), help="Bought nothing in the horizon.")
    predicted_share = fields.Float("Predicted Lost (%)", readonly=True, aggregator='avg', digits=(6, 2))
    auc = fields.Float(
        "AUC", readonly=True, aggregator='avg', digits=(6, 4),
        help="Of two customers, one lost and one not: how often the model gave the lost one the higher risk. 0.5 is chance.")
    auc_low = fields.Float("AUC, Low", readonly=True, aggregator='avg', digits=(6, 4), help="Lower end of its 95 % interval.")
    auc_high = fields.Float("AUC, High", readonly=True, aggregator='avg', digits=(6, 4), help="Upper end of its 95 % interval.")
    auc_active = fields.Float("AUC among Active", readonly=True, aggregator='avg', digits=(6, 4))
    recency_auc = fields.Float(
        "AUC of Recency", readonly=True, aggregator='avg', digits=(6, 4), help="Of the days since the last purchase.")
    recency_auc_active = fields.Float("AUC of Recency among Active", readonly=True, aggregator='avg', digits=(6, 4))
    gain = fields.Float("Gain over Recency", readonly=True, aggregator='avg', digits=(6, 4))
    gain_error = fields.Float("Standard Error of the Gain", readonly=True, aggregator=None, digits=(6, 4))
    brier = fields.Float("Brier Score", readonly=True, aggregator='avg', digits=(6, 4), help="Mean squared error of the likelihood.")
    ece = fields.Float(
        "Calibration Error (Points)", readonly=True, aggregator='avg', digits=(6, 2),
        help="Mean distance of predicted and true percentages over ten equal groups.")
    top_precision = fields.Float("Lost in Top Tenth (%)", readonly=True, aggregator='avg', digits=(6, 2))
    lift = fields.Float("Lift in Top Tenth", readonly=True, aggregator='avg', digits=(6, 2), help="Against picking customers at random.")
    single_customers = fields.Integer("Bought Once", readonly=True)
    single_lost_share = fields.Float("Of Them Really Lost (%)", readonly=True, aggregator=None, digits=(6, 2))
    single_predicted_share = fields.Float("Of Them Predicted Lost (%)", readonly=True, aggregator=None, digits=(6, 2))
    treated_customers = fields.Integer(
        "Customers Acted On", readonly=True,
        help="Customers whom somebody tried to keep or to win back in the horizon, before they bought again.")
    treated_lost_share = fields.Float(
        "Of Them Lost All the Same (%)", readonly=True, aggregator=None, digits=(6, 2),
        help="A rescue that worked made a right judgement look wrong.")
    auc_untreated = fields.Float(
        "AUC without Rescues", readonly=True, aggregator='avg', digits=(6, 4),
        help="Among the customers whom nobody tried to keep. 0 where too few of them were lost, or kept, to say.")
    calibration = fields.Json(readonly=True, help="Ten groups by risk: predicted share, true share, customers.")

    _model_date_uniq = models.UniqueIndex('(model_id, date)', "The model has been tried out on this date already.")


class CrmChurnModel(models.Model):
    _inherit = 'crm.churn.model'

    def _tested(self, date, sample, first, learned):
        """Try the model out on several past dates.

        Features are strictly before each date, outcomes strictly from it on and complete up to ``date``.

        :param date: last day of which all purchases are known
        :param sample: from :meth:`_sample`
        :param first: first day with a purchase
        :param dict learned: see :meth:`_fitted`
        :return: values of back-tests, the latest first
        """
        found = []
        for step in range(1, TESTS + 1):
            day = date - timedelta(days=self.horizon_days * step)   # the last day that the model knows
            if (day - first).days + 1 < self.horizon_days:
                break
            fitted = self._fitted(day, sample, first, learned)
            vals = fitted and self._judged(day, sample, fitted['parameters'])
            if vals:
                found.append(vals)
        return found

    def _judged(self, day, sample, parameters):
        """Return the values of the back-test of given parameters on the day after ``day``; None with too few outcomes."""
        scope = self.company_id._crm_metric_scope(day, sample)
        rows = self._ask(SQL(
            """SELECT judged.risk, outcome.is_lost::int, %(date)s::date + 1 - outcome.last, judged.is_single::int,
                      COALESCE(treated.date <= COALESCE(outcome.back, treated.date), FALSE)::int
                 FROM (%(judged)s) AS judged JOIN (%(outcome)s) AS outcome ON outcome.subject_id = judged.subject_id
            LEFT JOIN (%(treated)s) AS treated ON treated.subject_id = judged.subject_id ORDER BY judged.subject_id""",
            date=day, judged=self._relation(scope, parameters), outcome=self._outcome_sql(scope), treated=self._treated_sql(scope)))
        risk, lost, recency, single, treated = np.array(rows, dtype=float).reshape(-1, 5).T
        active, single, treated = recency <= self.horizon_days, single > 0, treated > 0
        if any(min(part.sum(), (1 - part).sum()) < MIN_LOST for part in (lost, lost[active])):
            return None
        return {
            'date': day + timedelta(days=1), 'date_end': day + timedelta(days=self.horizon_days), 'customers': len(risk),
            'active_customers': int(active.sum()), **self._ranking(risk, lost, recency, active), **self._percentages(risk, lost, single),
            **self._rescues(risk, lost, treated)}

    def _ranking(self, risk, lost, recency, active):
        spread = judging.bootstrap(risk, recency, lost)
        found = {
            'auc': judging.auc(risk, lost), 'recency_auc': judging.auc(recency, lost),
            'auc_active': judging.auc(risk[active], lost[active]), 'recency_auc_active': judging.auc(recency[active], lost[active]),
            'auc_low': spread['low'], 'auc_high': spread['high'], 'gain_error': spread['gain_error']}
        return {**found, 'gain': found['auc'] - found['recency_auc']}

    def _percentages(self, risk, lost, single):
        top = judging.top_precision(risk, lost)
        return {
            'lost_share': 100 * lost.mean(), 'predicted_share': 100 * risk.mean(), 'brier': judging.brier(risk, lost),
            'ece': 100 * judging.calibration_error(risk, lost), 'top_precision': 100 * top, 'lift': top / lost.mean(),
            'single_customers': int(single.sum()),
            'single_lost_share': 100 * lost[single].mean() if single.any() else 0.0,
            'single_predicted_share': 100 * risk[single].mean() if single.any() else 0.0,
            'calibration': [list(group) for group in judging.calibration(risk, lost)]}
