import logging
from datetime import timedelta
from statistics import mean

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from odoo.addons.crm_grading.tools.locking import lock_rows

from ..tools.bg_nbd import MIN_DROPOUT, Params
from ..tools.judging import chance_error
from .crm_churn_model import SPEAKING

_logger = logging.getLogger(__name__)
ASKED = {'horizon_days', 'metric_ids'}
TRUE_WITHIN = 5.0   # points between predicted and true percentages that nobody minds


class CrmChurnModel(models.Model):
    """Refitting, trying out, and choosing who speaks."""
    _inherit = 'crm.churn.model'

    def action_refit(self):
        """Fit the models anew and try them out on the company's past.

        :raise UserError: where one is being fitted at the moment
        """
        self.check_access('write')
        for model in self:
            if not lock_rows(model):
                raise UserError(self.env._("%(model)s is being fitted at the moment. Look again in a minute.", model=model.name))
            model._refit()

    @api.model
    def _cron_refit(self):
        """Give every company with sales its models, and fit those that are due; a model that fails stops no other."""
        self._ensure_models()
        due = self.search(['|', ('next_fit_date', '=', False), ('next_fit_date', '<=', fields.Date.today())], order='next_fit_date, id')
        for left, model in zip(range(len(due) - 1, -1, -1), due):
            model._refit_safely()
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _ensure_models(self):
        """Create the missing models of the companies that have customer invoices."""
        selling = self.env['account.move'].sudo()._read_group(  # who sells is no secret
            [('move_type', 'in', ('out_invoice', 'out_receipt')), ('state', '=', 'posted')], ['company_id'])
        there = set(self.sudo().with_context(active_test=False)._read_group([], ['company_id', 'kind']))
        return self.create([
            {'company_id': company.id, 'kind': kind} for (company,) in selling for kind in ('purchases', 'figures')
            if (company, kind) not in there])

    def _refit_safely(self):
        try:
            with self.env.cr.savepoint():
                self._refit()
        except Exception as error:  # one company must not keep the others from being fitted
            _logger.exception("Fit of churn model %s failed", self.id)
            self.sudo().write({
                'verdict': 'failed', 'error': str(error), 'is_speaking': False,
                'next_fit_date': fields.Date.today() + timedelta(days=1)})

    def _refit(self, date=None):
        """Fit the model, try it out on past dates, and settle who speaks in the company.

        :param date: last day that counts; default: today, or the last purchase where that lies more than a horizon back
        """
        self.ensure_one()
        extent = first, _last, buyers, repeat = self._extent(fields.Date.to_date(date) or self.company_id._crm_today())
        date = fields.Date.to_date(date) or self._as_of(extent)
        sample = self._sample(buyers)
        learned = {}
        fitted = self._fitted(date, sample, first, learned) if buyers else None
        tests = self._tested(date, sample, first, learned) if fitted else []
        self.sudo().write({  # what a fit leaves behind is read only for people
            **self._fit_values(fitted), **self._test_values(tests), 'fit_date': date, 'customer_count': buyers, 'repeat_count': repeat,
            'history_days': (date - first).days + 1 if first else 0, 'error': False,
            'next_fit_date': self.company_id._crm_today() + timedelta(days=self.refit_days)})
        self._measure_singles(date)
        self.sudo().verdict = self._judge()
        self._choose(self.company_id)
        self._log_fit()

    def _as_of(self, extent=None):
        """Return the day up to which all purchases are known.

        :param extent: from :meth:`_extent` as of today, where it has been asked for
        """
        today = self.company_id._crm_today()
        _first, last, _buyers, _repeat = extent or self._extent(today)
        return last if last and (today - last).days > self.horizon_days else today

    def _fit_values(self, fitted):
        if not fitted:
            return {'parameters': False, 'log_likelihood': 0.0, 'sample_count': 0, 'has_dropout': False}
        dropout = fitted['parameters']['purchases']
        return {**fitted, 'has_dropout': dropout['a'] / (dropout['a'] + dropout['b']) >= MIN_DROPOUT}

    def _test_values(self, tests):
        """Return the values of the back-tests and their means; the gain is sure as far as all dates together say so."""
        values = {'backtest_ids': [Command.clear(), *map(Command.create, tests)]}
        names = ('auc', 'auc_active', 'recency_auc', 'gain')
        if not tests:
            return {**values, **dict.fromkeys(names, 0.0), 'gain_low': 0.0}
        means = {name: mean(test[name] for test in tests) for name in names}
        error = sum(test['gain_error'] ** 2 for test in tests) ** 0.5 / len(tests)
        return {**values, **means, 'gain_low': means['gain'] - 1.96 * error}

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def _judge(self):
        """Return the verdict on the model by its latest fit and back-tests."""
        tests = self.backtest_ids
        if not self.parameters or not tests:
            return 'thin'
        if not self._beats_recency():
            return 'no_gain'
        if self.kind == 'purchases' and not self.has_dropout:
            return 'no_dropout'
        return 'season' if self._off_tests() else 'good'

    def _beats_recency(self):
        """Say whether the model ranks better than the days since the last purchase: by enough, surely, and among the active as well."""
        active = mean(test.auc_active - test.recency_auc_active for test in self.backtest_ids)
        return self.gain >= self.min_gain and self.gain_low > 0 and active > 0

    def _off_tests(self):
        """Return the back-tests whose percentages could not be taken at their word. Calibration breaks before ranking does, above all
        by season, so that one such date is enough to warn. Of groups of few customers, what chance does to their shares is no fault
        of the model."""
        return self.backtest_ids.filtered(
            lambda test: abs(test.predicted_share - test.lost_share) > TRUE_WITHIN
            or test.ece - 100 * chance_error(test.calibration or []) > TRUE_WITHIN)

    @api.model
    def _choose(self, company):
        """Let the best model of a company speak: on the dates that all were tried out on, and among the customers that were still
        active, for they can be warned of."""
        models_there = self.sudo().with_context(active_test=False).search([('company_id', '=', company.id)])
        able = models_there.filtered(lambda model: model.active and model.verdict in SPEAKING)
        shared = set.intersection(*(set(model.backtest_ids.mapped('date')) for model in able)) if able else set()

        def rank(model):
            tests = model.backtest_ids.filtered(lambda test: test.date in shared) or model.backtest_ids
            return model.verdict != 'no_dropout', mean(tests.mapped('auc_active') or [0.0])
        best = able.sorted(rank, reverse=True)[:1]
        (models_there - best).filtered('is_speaking').is_speaking = False
        if best and not best.is_speaking:
            best.is_speaking = True

    def write(self, vals):
        """What is asked of a model makes it: with another question, what it learned is void until the next fit."""
        asked = {model: (model.horizon_days, model.metric_ids) for model in self} if not ASKED.isdisjoint(vals) else {}
        result = super().write(vals)
        changed = self.filtered(lambda model: model in asked and asked[model] != (model.horizon_days, model.metric_ids))
        if changed:
            changed.sudo().write({  # what a fit leaves behind is read only for people
                'verdict': 'new', 'parameters': False, 'backtest_ids': [Command.clear()],
                'single_ids': [Command.clear()], 'fit_date': False,
                'next_fit_date': fields.Date.today()})
        if changed or 'active' in vals:
            for company in self.company_id:
                self._choose(company)
        return result

    def _log_fit(self):
        """Keep every fit on record, and that there was nothing to fit on."""
        if not self.parameters:
            self.sudo().message_post(body=self.env._(
                "Too little data to fit as of %(date)s: %(count)s customers have bought.", date=format_date(self.env, self.fit_date),
                count=self.customer_count))
            return
        params = (self.parameters or {}).get('purchases') or {}
        self.sudo().message_post(body=self.env._(
            "Fitted as of %(date)s on %(count)s customers: log-likelihood %(likelihood).2f; %(params)s; "
            "AUC %(auc).3f (recency: %(recency).3f).",
            date=format_date(self.env, self.fit_date), count=self.sample_count, likelihood=self.log_likelihood,
            params=", ".join(f"{name} = {params[name]:.4f}" for name in Params._fields if params) or "–",
            auc=self.auc, recency=self.recency_auc))


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    def _used_by(self):
        learned = self.env['crm.churn.model'].sudo().with_context(active_test=False).search([('metric_ids', 'in', self.ids)])
        return super()._used_by() + learned.mapped('name')
