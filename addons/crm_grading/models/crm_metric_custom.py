import ast
import logging
import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.metric import Fact, Measure

_logger = logging.getLogger(__name__)

NUMERIC = ('integer', 'float', 'monetary')
COUNTABLE = (*NUMERIC, 'char', 'selection', 'many2one', 'date', 'datetime', 'boolean', 'many2one_reference')
AGGREGATED_TYPES = {'sum': NUMERIC, 'avg': NUMERIC, 'min': NUMERIC, 'max': NUMERIC, 'distinct': COUNTABLE}
DOCUMENT_RATES = ('currency_rate', 'invoice_currency_rate')


class CrmMetric(models.Model):
    """Metrics of any document, put together by a business user.

    The definition is data: the condition is a literal domain (read by ``ast.literal_eval``, checked by the ORM), never code.
    Whoever saves it must be allowed to read the document and the fields it names. Runs then measure it for the whole
    company; as in Odoo's lists, archived documents count only where the condition speaks of ``active``.
    """
    _inherit = 'crm.metric'

    # set null: uninstalling an addon must neither fail nor take away metrics that schemes use; they get no value then
    model_id = fields.Many2one(ondelete='set null')
    date_field_id = fields.Many2one(ondelete='set null')
    value_field_id = fields.Many2one(ondelete='set null')
    is_replayable = fields.Boolean(compute='_compute_is_replayable', store=True, readonly=False, precompute=True, default=None)
    problem = fields.Char(compute='_compute_problem', help="Why the metric has no values.")

    @api.depends('kind', 'model_id', 'domain', 'date_field_id')
    def _compute_is_replayable(self):
        for metric in self:
            if metric.kind != 'custom':
                metric.is_replayable = metric.is_replayable if metric._origin else True
            else:
                metric.is_replayable = bool(metric.date_field_id) and not metric._has_date_words()

    @api.depends('kind', 'model_id', 'customer_path', 'domain', 'date_field_id', 'aggregate', 'value_field_id', 'window_count', 'subject')
    def _compute_problem(self):
        for metric in self:
            try:
                metric.sudo()._check_definition()  # whether it works, not whether the reader could have defined it
                metric.problem = False
            except UserError as error:
                metric.problem = str(error)

    @api.model_create_multi
    def create(self, vals_list):
        metrics = super().create(vals_list)
        amounts = self.env.ref('crm_grading.group_customer_amounts')
        for metric, vals in zip(metrics, vals_list, strict=True):
            if metric.kind == 'ratio' and 'group_ids' not in vals:
                metric.group_ids = metric.numerator_id.group_ids | metric.denominator_id.group_ids
            elif metric.kind == 'custom' and metric.unit == 'monetary' and 'group_ids' not in vals:
                metric.group_ids = amounts
        return metrics

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains('kind', 'model_id', 'customer_path', 'domain', 'date_field_id', 'aggregate', 'value_field_id',
                    'window_count', 'subject', 'numerator_id', 'denominator_id')
    def _check_custom(self):
        for metric in self.sudo(False):  # the ORM checks as superuser; here the rights of who saves are part of the check
            metric._check_definition()
            if metric.kind == 'custom':
                metric._check_runs()

    def _check_definition(self):
        """:raise ValidationError: with what to do, if the definition cannot be measured"""
        self.ensure_one()
        if self.kind == 'ratio':
            self._check_ratio()
        elif self.kind == 'custom':
            self._check_model()
            self._check_path()
            self._parsed_domain()
            self._check_value()
            self._check_date()

    def _check_ratio(self):
        if not self.numerator_id or not self.denominator_id:
            raise ValidationError(self.env._("“%(metric)s”: a ratio needs a numerator and a denominator.", metric=self.name))
        parts = self.numerator_id | self.denominator_id
        if 'ratio' in parts.mapped('kind') or self in parts:
            raise ValidationError(self.env._("“%(metric)s”: a ratio cannot be made of other ratios.", metric=self.name))
        if set(parts.mapped('subject')) != {self.subject}:
            raise ValidationError(self.env._(
                "“%(metric)s”: both parts of a ratio must be about what the ratio is about.", metric=self.name))

    def _check_model(self):
        model = self.env.get(self.model_id.sudo().model)
        if model is None or model._abstract or model._transient:
            raise ValidationError(self.env._("“%(metric)s”: choose a document to measure.", metric=self.name or ""))
        model.check_access('read')

    def _check_path(self):
        target = 'crm.lead' if self.subject == 'lead' else 'res.partner'
        model = self.env[self.model_id.sudo().model]
        for name in self._path():
            field = model._fields.get(name)
            if field is None:
                raise ValidationError(self.env._(
                    "“%(path)s”: %(document)s has no field “%(field)s”.",
                    path=self.customer_path, document=model._description, field=name))
            if field.type != 'many2one' or not field.store:
                raise ValidationError(self.env._(
                    "“%(path)s”: “%(field)s” is not a stored link to one record. Choose a path such as partner_id or order_id.partner_id.",
                    path=self.customer_path, field=name))
            model._check_field_access(field, 'read')
            model = self.env[field.comodel_name]
        if model._name != target:
            raise ValidationError(self.env._(
                "“%(path)s” leads to %(document)s, not to %(target)s.", path=self.customer_path or "",
                document=model._description, target=self.env[target]._description))

    def _check_value(self):
        types = AGGREGATED_TYPES.get(self.aggregate)
        if types is None:
            return
        field = self._field(self.value_field_id)
        label = dict(self._fields['aggregate']._description_selection(self.env))[self.aggregate]
        if field is None:
            raise ValidationError(self.env._(
                "“%(metric)s”: choose the value for “%(aggregate)s”.", metric=self.name or "", aggregate=label))
        if not field.store or not field.column_type or field.type not in types:
            raise ValidationError(self.env._(
                "“%(aggregate)s” cannot be taken of “%(field)s”. Choose a stored field with a number, or count different values.",
                aggregate=label, field=field.string))
        self.env[field.model_name]._check_field_access(field, 'read')

    def _check_date(self):
        field = self._field(self.date_field_id)
        if field is None:
            if self.window_count or self.aggregate == 'days_since':
                raise ValidationError(self.env._(
                    "“%(metric)s”: choose the date that decides what lies in the window.", metric=self.name or ""))
            return
        if field.type not in ('date', 'datetime') or not field.store:
            raise ValidationError(self.env._("“%(field)s” is not a stored date.", field=field.string))
        self.env[field.model_name]._check_field_access(field, 'read')

    def _check_runs(self):
        """Measure one row, so that what only the database notices is noticed on saving."""
        scope = self.env.company._crm_metric_scope()
        try:
            measure = self._compile(scope)
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL(
                    "SELECT %s FROM (%s LIMIT 1) AS fact", measure.value, measure.fact.relation), log_exceptions=False)
        except (ValueError, TypeError, psycopg2.Error) as error:
            raise ValidationError(self.env._(
                "“%(metric)s” cannot be measured: %(reason)s", metric=self.name or "", reason=error)) from error

    # ------------------------------------------------------------------
    # Definition
    # ------------------------------------------------------------------

    def _path(self):
        return [name for name in (self.customer_path or '').strip().split('.') if name not in ('', 'id')]

    def _field(self, record):
        """Return the field object of an ``ir.model.fields`` record, None if it is not one of the document."""
        record = record.sudo()  # the names of fields are no secret; their access is checked on saving
        if not record or record.model != self.model_id.sudo().model:
            return None
        return self.env[record.model]._fields.get(record.name)

    def _parsed_domain(self):
        """Return the condition as a checked :class:`Domain`."""
        model = self.env[self.model_id.sudo().model]
        try:
            domain = Domain(ast.literal_eval(self.domain or '[]'))
            domain.validate(model)
        except (ValueError, TypeError, SyntaxError, KeyError, AssertionError) as error:
            raise ValidationError(self.env._(
                "“%(domain)s” is not a valid condition on %(document)s: %(reason)s",
                domain=self.domain, document=model._description, reason=error)) from error
        return domain

    def _has_date_words(self):
        """Return whether the condition speaks of days relative to today, which a replay of the past cannot know."""
        try:
            conditions = Domain(ast.literal_eval(self.domain or '[]')).iter_conditions()
        except (ValueError, TypeError, SyntaxError):
            return False
        words = re.compile(r'\s*(today|now)\b|\s*[-+=](\d+[dwmyHMS]\b|[a-z_]+day\b|week_start\b)')
        return any(isinstance(condition.value, str) and words.match(condition.value) for condition in conditions)

    # ------------------------------------------------------------------
    # Measure
    # ------------------------------------------------------------------

    def _metric_custom(self, scope):
        """Return the measure of a metric from any document; of nothing, with a warning in the log, if its document or a
        field of it is gone: one broken metric must not stop a run."""
        try:
            self.sudo()._check_definition()  # the rights were checked on saving
            return self._compile(scope)
        except (UserError, ValueError, KeyError) as error:
            _logger.warning("Metric %s has no values: %s", self.code, error)
            return Measure(Fact('nothing', SQL("SELECT NULL::int AS subject_id, NULL::date AS date WHERE FALSE")), SQL("NULL::float8"))

    def _compile(self, scope):
        """Return the :class:`Measure` of the definition."""
        fact = self._fact_custom(scope)
        window = self._window(scope.date)
        if self.aggregate == 'count':
            return Measure(fact, fact.count(window))
        if self.aggregate == 'days_since':
            return Measure(fact, SQL("%s - %s", scope.date, fact.last(window)))
        if self.aggregate == 'distinct':
            return Measure(fact, SQL("NULLIF(%s, 0)", fact.aggregate(SQL("COUNT(DISTINCT fact.value)"), window)))
        function = {'sum': "SUM(fact.value)", 'avg': "AVG(fact.value)", 'min': "MIN(fact.value)", 'max': "MAX(fact.value)"}
        return Measure(fact, fact.aggregate(SQL(function[self.aggregate]), window))

    def _fact_custom(self, scope):
        """Return the fact of the documents that satisfy the condition; equal definitions share it."""
        # sudo: a run measures everybody's documents; who may see the result is checked where it is read
        model = self.env[self.model_id.sudo().model].sudo().with_company(scope.company).with_context(
            allowed_company_ids=scope.company.ids, tz=scope.tz, active_test=True)
        query = model._search(self.sudo().with_env(model.env)._parsed_domain())
        subject = self._join_subject(model, query, scope)
        day = self._day_sql(model, query, scope)
        query.add_where(SQL("%s <= %s", day, scope.date))
        parts = [SQL("%s AS subject_id", subject), SQL("%s AS date", day)]
        if self.aggregate in AGGREGATED_TYPES:
            parts.append(SQL("%s AS value", self._value_in_company_currency(model, query, scope, day)))
        key = (self.model_id.sudo().model, self.subject, self.customer_path, self.domain, self.date_field_id.id,
               self.value_field_id.id if self.aggregate in AGGREGATED_TYPES else 0)
        return Fact(f"custom:{key}", query.select(*parts))

    def _join_subject(self, model, query, scope):
        """Join along the path and return the SQL of the subject's id; documents of other companies are left out."""
        alias, restricted = query.table, False
        for name in [*self._path(), None]:
            field = model._fields.get('company_id')
            if not restricted and field is not None and field.store and field.comodel_name == 'res.company':
                company = SQL.identifier(alias, 'company_id')
                query.add_where(SQL("(%s = %s OR %s IS NULL)", company, scope.company.id, company))
                restricted = True
            if name:
                model, alias = model._fields[name].join(model, alias, query)
        return SQL.identifier(alias, 'id' if self.subject == 'lead' else 'commercial_partner_id')

    def _day_sql(self, model, query, scope):
        field = self._field(self.date_field_id)
        if field is None:
            return SQL("%s", scope.date)
        moment = model._field_to_sql(query.table, field.name, query)
        return scope.day(moment) if field.type == 'datetime' else moment

    def _value_in_company_currency(self, model, query, scope, day):
        """Return the SQL of the value; an amount in another currency is converted at the document's own rate where it keeps one,
        else at the company's rate of the day of the document. An amount whose currency is not stored is the company's."""
        field = self._field(self.value_field_id)
        value = model._field_to_sql(query.table, field.name, query)
        if field.type != 'monetary':
            return value
        currency_name = field.get_currency_field(model)
        rate = next((name for name in DOCUMENT_RATES if name in model._fields and model._fields[name].store), None)
        if rate and currency_name == 'currency_id':
            return SQL("%s / COALESCE(NULLIF(%s, 0), 1)", value, model._field_to_sql(query.table, rate, query))
        try:
            currency = model._field_to_sql(query.table, currency_name, query)
        except ValueError:
            return value
        own = scope.company.currency_id.id
        return SQL(
            "CASE WHEN %(currency)s IS NULL OR %(currency)s = %(own)s THEN %(value)s ELSE %(value)s * %(to)s / %(from)s END",
            currency=currency, own=own, value=value, **{
                'to': self._rate_sql(scope, SQL("%s", own), day), 'from': self._rate_sql(scope, currency, day)})

    def _rate_sql(self, scope, currency, day):
        """Return the SQL of a currency's rate on a day, by the rule of ``res.currency._get_rates``."""
        return SQL(
            """COALESCE(
                (SELECT rate FROM res_currency_rate
                  WHERE currency_id = %(currency)s AND (company_id = %(company)s OR company_id IS NULL) AND name <= %(day)s
                  ORDER BY company_id, name DESC LIMIT 1),
                (SELECT rate FROM res_currency_rate
                  WHERE currency_id = %(currency)s AND (company_id = %(company)s OR company_id IS NULL)
                  ORDER BY company_id, name LIMIT 1), 1.0)""",
            currency=currency, company=scope.company.sudo().root_id.id, day=day)
