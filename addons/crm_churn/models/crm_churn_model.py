from odoo import api, fields, models

from ..tools.warning import HORIZON

KINDS = [
    ('purchases', "Purchase Model"),   # BG/NBD: from the days of purchases alone
    ('figures', "Figures Model"),      # logistic regression over metrics
]
VERDICTS = [
    ('new', "Not Fitted Yet"),
    ('thin', "Too Little Data"),
    ('no_gain', "No Better than Recency"),
    ('season', "Ranks Well, Percentages Off"),
    ('no_dropout', "Dropout Not Identified"),
    ('good', "Good"),
    ('failed', "Failed"),
]
FIGURES = ('recency', 'tenure', 'purchase_days', 'purchase_months', 'invoiced_ever', 'purchase_last')
SPEAKING = ('good', 'season', 'no_dropout')


class CrmChurnModel(models.Model):
    """A statistical model of who will not buy again, fitted on a company's own past and tried out on it.

    There is one of each kind per company. It speaks only where it has ranked customers better than the mere number of days since
    their last purchase; of several that do, the one that did best.
    """
    _name = 'crm.churn.model'
    _description = "Churn Model"
    _inherit = ['mail.thread']
    _order = 'company_id, is_speaking desc, kind desc, id'

    name = fields.Char(compute='_compute_name')
    active = fields.Boolean(default=True, tracking=True, help="An archived model is neither fitted nor asked.")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    kind = fields.Selection(KINDS, required=True, default='purchases')
    horizon_days = fields.Integer(
        "Horizon (Days)", required=True, default=90, aggregator=None, tracking=True,
        help="Risk is the likelihood that the customer buys nothing in so many days to come.")
    verdict = fields.Selection(VERDICTS, required=True, default='new', readonly=True, tracking=True)
    is_speaking = fields.Boolean(
        "Speaks", readonly=True, index=True, tracking=True, help="The model that judges the customers of the company at present.")
    metric_ids = fields.Many2many(
        'crm.metric', string="Figures", domain=[('subject', '=', 'customer'), ('is_replayable', '=', True)],
        default=lambda self: self._default_metric_ids(),
        help="What the figures model judges by. Only metrics that are exact for the past can be learned from it.")
    min_gain = fields.Float(
        "Least Gain over Recency", default=0.01, digits=(6, 4), aggregator=None, tracking=True,
        help="A model speaks only if its AUC was better by at least so much than that of the mere days since the last purchase.")
    refit_days = fields.Integer("Refit Every (Days)", default=30, aggregator=None)
    next_fit_date = fields.Date("Next Fit", default=fields.Date.context_today)

    # what a fit leaves behind
    fit_date = fields.Date("Fitted As Of", readonly=True, copy=False)
    parameters = fields.Json(readonly=True, copy=False)
    log_likelihood = fields.Float(readonly=True, copy=False, digits=(16, 3), aggregator=None, tracking=True)
    has_dropout = fields.Boolean("Dropout Identified", readonly=True, copy=False)
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    repeat_count = fields.Integer("Bought More than Once", readonly=True, copy=False)
    sample_count = fields.Integer("Fitted On", readonly=True, copy=False, help="Large companies are fitted on a sample of customers.")
    history_days = fields.Integer("Days of History", readonly=True, copy=False)
    error = fields.Text(readonly=True, copy=False)

    # how good it was, mean over the dates of the back-test
    backtest_ids = fields.One2many('crm.churn.backtest', 'model_id', "Back-Test", readonly=True)
    auc = fields.Float("AUC", readonly=True, copy=False, digits=(6, 4), aggregator=None)
    auc_active = fields.Float("AUC among Active", readonly=True, copy=False, digits=(6, 4), aggregator=None)
    recency_auc = fields.Float("AUC of Recency", readonly=True, copy=False, digits=(6, 4), aggregator=None)
    gain = fields.Float("Gain over Recency", readonly=True, copy=False, digits=(6, 4), aggregator=None)
    gain_low = fields.Float(
        "Gain at Least", readonly=True, copy=False, digits=(6, 4), aggregator=None, help="Lower end of the 95 % interval of the gain.")

    _company_kind_uniq = models.UniqueIndex('(company_id, kind)', "The company has a model of this kind already.")
    _check_refit = models.Constraint('CHECK(refit_days >= 1)', "A model is refitted every day at most. Give at least 1 day.")
    _check_horizon = models.Constraint(
        'CHECK(horizon_days BETWEEN 7 AND 730)', "Give a horizon from 7 to 730 days: about the time in which most customers buy again.")

    @api.depends('kind', 'company_id')
    @api.depends_context('lang')
    def _compute_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for model in self:
            model.name = f"{kinds.get(model.kind)}, {model.company_id.name}"

    @api.model
    def _default_metric_ids(self):
        return self.env['crm.metric'].search([('code', 'in', FIGURES)])

    @api.model
    def _speaking(self, company):
        """Return the model that judges the customers of a company: fitted, tried out, better than the recency rule.

        As superuser: whoever asks for a risk need not see how it is made.

        :return: one model, or none: then signals judge
        """
        return self.sudo().search(
            [('company_id', '=', company.id), ('is_speaking', '=', True), ('verdict', 'in', SPEAKING)], limit=1)

    @api.model
    def _asked(self, company):
        """Return the model whose horizon counts in a company, whether it speaks or not: else its purchase model, or none."""
        return self._speaking(company) or self.sudo().search(   # as there
            [('company_id', '=', company.id)], order='kind desc', limit=1)

    @api.model
    def _horizon(self, company):
        """Return the days within which a customer of a company is expected to buy."""
        return self._asked(company).horizon_days or HORIZON
