from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..tools.metric import WINDOW_UNITS, Scope, Window
from ..tools.planner import over_everybody, without_compiling

AGGREGATES = [
    ('count', "Count"),
    ('sum', "Sum"),
    ('avg', "Average"),
    ('min', "Minimum"),
    ('max', "Maximum"),
    ('distinct', "Distinct values"),
    ('days_since', "Days since last"),
]


class CrmMetric(models.Model):
    """A named number per customer as of a date.

    A built-in metric is a record of the catalogue plus the method ``_metric_<query>(scope)`` that returns a
    :class:`~..tools.metric.Measure`: one aggregate over one fact. Metrics over the same fact share one scan. An addon adds
    metrics by extending this model with such a method and by shipping the record.
    """
    _name = 'crm.metric'
    _description = "Customer Metric"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Unique name by which programs and exports ask for the metric.")
    sequence = fields.Integer(default=100, aggregator=None)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    kind = fields.Selection(
        [('builtin', "Built-in"), ('custom', "From any document"), ('ratio', "Ratio of two metrics")],
        required=True, default='custom')
    query = fields.Char(readonly=True, help="Name of the built-in query.")
    subject = fields.Selection([('customer', "Customer"), ('lead', "Lead")], required=True, default='customer')
    category = fields.Selection([
        ('sales', "Sales"), ('profit', "Profit"), ('rhythm', "Buying rhythm"), ('payment', "Payment"),
        ('pipeline', "Pipeline"), ('contact', "Communication"), ('profile', "Profile"), ('service', "Service"), ('other', "Other"),
    ], required=True, default='other')
    unit = fields.Selection([
        ('monetary', "Amount"), ('count', "Count"), ('day', "Days"), ('percent', "Percent"), ('number', "Number"),
    ], required=True, default='number')
    direction = fields.Selection(
        [('higher', "Higher is better"), ('lower', "Lower is better")], required=True, default='higher')
    empty_value = fields.Selection(
        [('none', "No value"), ('zero', "Zero")], required=True, default='none',
        help="What a customer without any data has: no value at all (days since the last order of somebody who never"
             " ordered), or a true zero (revenue of somebody who bought nothing).")
    window_count = fields.Integer("Window", aggregator=None, help="How far back from the date the metric looks. 0 looks back for ever.")
    window_unit = fields.Selection(WINDOW_UNITS, required=True, default='month')
    is_replayable = fields.Boolean(
        "Exact for the past", default=True,
        help="Off for metrics that read a present state, such as open quotations: for a past date they use the"
             " documents that existed then, in the state they have now.")
    on_profile = fields.Boolean(
        "Kept on the customer", help="Recorded on each customer by the nightly run, for lists, segments and reports.")
    profile_field = fields.Char(readonly=True, help="Field of the customer that shows the recorded value.")
    group_ids = fields.Many2many(
        'res.groups', string="Visible to", help="Only members see the amounts. Empty: everybody who sees the customer.")

    # custom metrics
    model_id = fields.Many2one('ir.model', "Document", ondelete='cascade', domain=[('transient', '=', False)])
    model_name = fields.Char(related='model_id.model', string="Document Model")
    customer_path = fields.Char("Path to the customer", default='partner_id',
                                help="Field of the document that leads to the customer, such as partner_id or order_id.partner_id.")
    domain = fields.Char("Only where", default='[]')
    date_field_id = fields.Many2one(
        'ir.model.fields', "Date", ondelete='cascade',
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]")
    aggregate = fields.Selection(AGGREGATES, default='count')
    value_field_id = fields.Many2one(
        'ir.model.fields', "Value", ondelete='cascade',
        domain="[('model_id', '=', model_id), ('store', '=', True)]")
    numerator_id = fields.Many2one('crm.metric', ondelete='restrict', domain="[('kind', '!=', 'ratio'), ('subject', '=', subject)]")
    denominator_id = fields.Many2one('crm.metric', ondelete='restrict', domain="[('kind', '!=', 'ratio'), ('subject', '=', subject)]")

    _code_uniq = models.Constraint('UNIQUE(code)', "Another metric has this code already. Choose another code.")
    _check_window = models.Constraint('CHECK(window_count >= 0)', "A window cannot be negative. Use 0 to look back for ever.")

    @api.constrains('kind', 'query')
    def _check_query(self):
        for metric in self:
            if metric.kind == 'builtin' and not hasattr(metric, f'_metric_{metric.query}'):
                raise ValidationError(self.env._(
                    "There is no built-in query “%(query)s”. Use a metric from any document instead.", query=metric.query))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for metric, vals in zip(self, vals_list, strict=True):
            vals.setdefault('code', f"{metric.code}_copy")
            vals['profile_field'] = False
        return vals_list

    # ------------------------------------------------------------------
    # Public API
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def evaluate(self, codes, date=None, company=None, partners=None):
        """Return the value of metrics per customer.

        :param list codes: codes of customer metrics
        :param date: as-of day (included) in the company's time zone; default: today there
        :param company: the company whose documents count and in whose currency amounts are; default: the current one
        :param partners: customers asked for (contacts stand for their commercial partner); default: every customer
            that has any of the values
        :return: ``{partner id: {code: float or None}}``; amounts in the company's currency, durations in days, percents
            from 0 to 100
        :raise UserError: on an unknown code
        :raise AccessError: on a company or a metric that the user may not see
        """
        metrics = self._from_codes(codes)
        company = company or self.env.company
        metrics._check_visible(company)
        subjects = None if partners is None else SQL(", ").join(partners.commercial_partner_id.ids or [0])
        scope = company._crm_metric_scope(date, subjects)
        relation = metrics._values_relation(scope, self._customer_population(company, partners))
        found = {
            row['subject_id']: {metric.code: row[metric._column()] for metric in metrics}
            for row in self._execute(relation)
        }
        if partners is None:
            empty = {metric.code: (None, 0.0) if metric.empty_value == 'zero' else (None,) for metric in metrics}
            return {
                subject: values for subject, values in found.items()
                if any(value not in empty[code] for code, value in values.items())
            }
        return {partner.id: found.get(partner.commercial_partner_id.id, dict.fromkeys(codes)) for partner in partners}

    def _execute(self, query):
        self.env.flush_all()
        without_compiling(self.env)
        return self.env.execute_query_dict(query)

    @api.model
    def _from_codes(self, codes):
        metrics = self.sudo().search([('code', 'in', list(codes))])  # the catalogue itself is no secret; amounts are checked below
        missing = set(codes) - set(metrics.mapped('code'))
        if missing:
            raise UserError(self.env._(
                "There is no metric with the code %(codes)s. See Customers > Configuration > Metrics.",
                codes=", ".join(sorted(missing))))
        return metrics.with_env(self.env)

    def _check_visible(self, company):
        """:raise AccessError: if the user may see neither the company nor one of the metrics"""
        if self.env.su:
            return
        if company not in self.env.companies:
            raise AccessError(self.env._("You are not working in the company %(company)s.", company=company.sudo().name))
        hidden = self - self._visible()
        if hidden:
            raise AccessError(self.env._(
                "You are not allowed to see %(metrics)s. Ask a sales manager.", metrics=", ".join(hidden.sudo().mapped('name'))))

    def _visible(self):
        """Return the metrics whose amounts the user may see."""
        if self.env.su:
            return self
        groups = self.env.user.all_group_ids
        return self.filtered(lambda metric: not metric.sudo().group_ids or metric.sudo().group_ids & groups)

    @api.model
    def _customer_population(self, company, partners=None):
        """Return the sub-select of the ids of the customers that the user may see, optionally among ``partners``."""
        where = [SQL("commercial_partner_id = id")]
        if partners is not None:
            where.append(SQL("id IN %s", tuple(partners.commercial_partner_id.ids) or (0,)))
        if not self.env.su:
            profiles = self.env['crm.customer']._search([('company_id', '=', company.id)])
            where.append(SQL("id IN %s", profiles.subselect(SQL.identifier(profiles.table, 'partner_id'))))
        return SQL("SELECT id FROM res_partner WHERE %s", SQL(" AND ").join(where))

    # ------------------------------------------------------------------
    # Recorded values
    # ------------------------------------------------------------------

    @api.model
    def _recorded(self, company):
        """Return the customer metrics that a run records on the profiles of a company.

        Whoever reads recorded values (segments, life cycle, signals …) extends this with the metrics it reads.
        """
        return self.search([('subject', '=', 'customer'), '|', ('on_profile', '=', True), ('profile_field', '!=', False)])

    def _profile_sql(self, alias, date):
        """Return the SQL expression of the value recorded on the profile ``alias`` (a ``crm_customer`` row), NULL for no data.

        :param date: as-of day; a profile keeps the day of the last order, not the ever-changing number of days since
        """
        self.ensure_one()
        if not self.profile_field:
            return SQL("(%s ->> %s)::float8", SQL.identifier(alias, 'metric_values'), str(self.id))
        column = SQL.identifier(alias, self.profile_field)
        if self.env['crm.customer']._fields[self.profile_field].type == 'date':
            return SQL("(%s::date - %s)", date, column)
        return column

    # ------------------------------------------------------------------
    # Engine
    # ------------------------------------------------------------------

    def _window(self, date):
        """Return the :class:`Window` of the metric that ends on ``date``."""
        self.ensure_one()
        return Window.ending(date, self.window_count, self.window_unit)

    def _column(self):
        self.ensure_one()
        return f"m{self.id}"

    def _measure(self, scope):
        """Return the :class:`Measure` of a metric that is not a ratio."""
        self.ensure_one()
        method = '_metric_custom' if self.kind == 'custom' else f'_metric_{self.query}'
        return getattr(self, method)(scope)

    def _values_relation(self, scope: Scope, population: SQL) -> SQL:
        """Return a query of one row per member of the population: ``subject_id`` and a column per metric.

        The facts are scanned once each, whatever the number of metrics.

        :param population: sub-select of subject ids
        """
        parts = (self | self.numerator_id | self.denominator_id).filtered(lambda metric: metric.kind != 'ratio')
        by_fact = {}
        for metric in parts:
            measure = metric._measure(scope)
            by_fact.setdefault(measure.fact.key, (measure.fact, []))[1].append((metric, measure.value))
        joins, sources = [], {}
        for number, (fact, measures) in enumerate(by_fact.values()):
            alias = f"fact{number}"
            joins.append(SQL(
                "LEFT JOIN (SELECT fact.subject_id, %s FROM (%s) AS fact WHERE %s GROUP BY fact.subject_id) AS %s"
                " ON %s = population.id",
                SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(metric._column())) for metric, value in measures),
                fact.relation, scope.among(SQL("fact.subject_id")), SQL.identifier(alias), SQL.identifier(alias, 'subject_id'),
            ))
            sources.update((metric, SQL.identifier(alias, metric._column())) for metric, _value in measures)
        return SQL(
            "SELECT population.id AS subject_id%s FROM (%s) AS population(id) %s",
            SQL("").join(SQL(", %s AS %s", metric._value_sql(sources), SQL.identifier(metric._column())) for metric in self),
            population, SQL(" ").join(joins),
        )

    def _measure_into(self, subject, company, date, population):
        """Measure a population of customers or leads into a temporary table that lives until the end of the transaction.

        :return: SQL name of the table: ``subject_id`` and a column per metric
        """
        name = f'crm_{subject}_value'
        table = SQL("pg_temp.%s", SQL.identifier(name))
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        with over_everybody(self.env):
            self.env.cr.execute(SQL(
                "CREATE TEMP TABLE %s ON COMMIT DROP AS %s",
                SQL.identifier(name), self._values_relation(company._crm_metric_scope(date), population)))
        self.env.cr.execute(SQL("ANALYZE %s", table))
        return table

    def _value_sql(self, sources):
        """Return the final value of a metric from the columns of its parts, with the rule for "no data" applied."""
        if self.kind == 'ratio':
            factor = 100.0 if self.unit == 'percent' else 1.0
            value = SQL(
                "%s * %s / NULLIF(%s, 0)", factor,
                self.numerator_id._value_sql(sources), self.denominator_id._value_sql(sources))
        else:
            value = sources[self]
        if self.empty_value == 'zero':
            value = SQL("COALESCE(%s, 0)", value)
        return SQL("(%s)::float8", value)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for metric in self:
            users = metric._used_by()
            if users:
                raise UserError(self.env._(
                    "“%(metric)s” cannot be deleted: it is used by %(users)s. Archive it, or take it out there first.",
                    metric=metric.name, users=", ".join(users)))

    def _used_by(self):
        """Return the names of what reads the metric; others that refer to metrics extend it."""
        self.ensure_one()
        ratios = self.sudo().with_context(active_test=False).search(
            ['|', ('numerator_id', '=', self.id), ('denominator_id', '=', self.id)])
        dimensions = self.env['crm.grading.dimension'].sudo().search([('metric_id', '=', self.id)])
        return [*ratios.mapped('name'), *dimensions.scheme_id.mapped('name')]
