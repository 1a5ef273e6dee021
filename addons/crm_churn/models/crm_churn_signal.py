from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.criterion import OPERATORS
from odoo.addons.crm_grading.tools.metric import Fact, Measure

from ..tools.warning import PAYMENT, SIGNALS


class CrmChurnSignal(models.Model):
    """A figure that warns of a loss: a condition on a metric, and how many points of risk it is worth.

    Where no model speaks, the points of the signals that hold are the risk, up to 100; where one does, they say why.
    """
    _name = 'crm.churn.signal'
    _description = "Churn Signal"
    _inherit = ['crm.metric.criterion']
    _order = 'company_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    metric_id = fields.Many2one(ondelete='cascade')   # people cannot delete a metric in use, but an app that goes takes its own along
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    operator = fields.Selection(OPERATORS)   # said again, so that its choices are among our terms
    weight = fields.Float("Points", default=10.0, required=True, aggregator=None, digits=(5, 1), help="Of risk, from 0 to 100.")
    snooze_until = fields.Date(help="The signal is not heard before this day.")

    _weight_check = models.Constraint('CHECK(weight >= 0 AND weight <= 100)', "Points lie between 0 and 100.")

    @api.depends('name')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for signal in self:
            signal.display_name = signal.name

    @api.model
    def _heard(self, company, date):
        """Return the signals of a company that count on a day. As superuser: they judge all customers, whoever starts the run.

        Where nothing was paid until then, as far as the books know, nobody pays late.
        """
        signals = self.sudo().search([
            ('company_id', '=', company.id), '|', ('snooze_until', '=', False), ('snooze_until', '<=', date)])
        about_payment = signals.filtered(lambda signal: signal.metric_id.code in PAYMENT)
        if about_payment and not self.env['account.partial.reconcile'].sudo().search_count(
                [('company_id', '=', company.id), ('max_date', '<=', date)], limit=1):
            signals -= about_payment
        return signals

    @api.model
    def _ensure_defaults(self, companies):
        """Give companies the signals to begin with, each once: what somebody has deleted does not come back.

        A metric may come later, with another addon: its signal follows then.
        """
        metrics = {metric.code: metric for metric in self.env['crm.metric'].sudo().search(
            [('code', 'in', [code for _key, code, *_rest in SIGNALS])])}
        names, vals_list, keys = self._default_names(), [], []
        for company in companies.sudo():   # the set-up of a company, by whoever runs it
            # what went with the metric of an app comes back with it
            given = set((company.crm_churn_signals_given or '').split()) & metrics.keys()
            new = [signal for signal in SIGNALS if signal[1] in metrics and signal[1] not in given]
            vals_list += [{
                'name': names[key], 'sequence': 10 * (1 + SIGNALS.index(signal)), 'company_id': company.id,
                'metric_id': metrics[code].id, 'operator': operator, 'value': value, 'weight': weight,
            } for signal in new for key, code, operator, value, weight in [signal]]
            keys += [signal[0] for signal in new]
            given = ' '.join(sorted(given | {signal[1] for signal in new}))
            if company.crm_churn_signals_given != given:
                company.crm_churn_signals_given = given
        signals = self.sudo().create(vals_list)   # as above
        for lang, _name in self.env['res.lang'].get_installed() if signals else ():
            names = self.with_context(lang=lang)._default_names()
            for key, signal in zip(keys, signals, strict=True):
                signal.with_context(lang=lang).name = names[key]
        return signals

    def _default_names(self):
        return {
            'silent': self.env._("Silent for twice the own rhythm"),
            'long_silent': self.env._("Silent for four times the own rhythm"),
            'less': self.env._("Buys much less than a quarter ago"),
            'late': self.env._("Pays late"),
            'no_contact': self.env._("Nobody was in touch for two months"),
            'competitor': self.env._("A competitor was seen"),
            'contact_left': self.env._("A contact person left"),
            'complaint': self.env._("Open complaint"),
            'promise': self.env._("We broke a promise of service"),
            'rating': self.env._("Bad rating"),
            'no_visit': self.env._("Not visited for three months"),
        }


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    @api.model
    def _recorded(self, company):
        """What signals listen to is recorded. As superuser: a run records for everybody."""
        signals = self.env['crm.churn.signal'].sudo().search([('company_id', '=', company.id)])
        return super()._recorded(company) | signals.metric_id.with_env(self.env)

    def _used_by(self):
        signals = self.env['crm.churn.signal'].sudo().with_context(active_test=False).search([('metric_id', '=', self.id)])
        return super()._used_by() + signals.mapped('name')

    def _metric_churn_risk(self, scope):
        """The churn risk last recorded in the window, 0 to 100."""
        fact = Fact('churn_risk', SQL(
            """SELECT customer.partner_id AS subject_id, risk.date, risk.risk, risk.id
                 FROM crm_churn_risk AS risk JOIN crm_customer AS customer ON customer.id = risk.customer_id
                WHERE risk.company_id = %s AND %s""", scope.company.id, scope.among(SQL("customer.partner_id"))))
        return Measure(fact, SQL("(%s)[1]", fact.aggregate(
            SQL("ARRAY_AGG(fact.risk ORDER BY fact.date DESC, fact.id DESC)"), self._window(scope.date))))
