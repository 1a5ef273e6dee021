from odoo import models
from odoo.tools import SQL

from ..tools import bg_nbd

NODES_UP_TO = 255   # purchases for which the dropout probability has nodes of its own; beyond, it hardly changes any more
WEEK = 7.0
YEAR = 365.25


def _floats(**values):
    """Return the values as SQL double precision numbers; as they come they would be exact, and slow."""
    return {name: SQL("%s::float8", value) for name, value in values.items()}


class CrmChurnModel(models.Model):
    """Scoring: one SQL statement for all customers of a company."""
    _inherit = 'crm.churn.model'

    def _score_relation(self, scope):
        """Return the judgement over customers as of a day.

        :param scope: from ``company._crm_metric_scope(date)``; only customers with a purchase up to its date are judged
        :return: SQL query of one row per customer: ``subject_id``; ``risk``, the likelihood (0 to 1) of no purchase within
            ``horizon_days`` after the date; ``expected`` purchase days within the horizon; ``value``, the yearly money (company
            currency, net of credit notes) as long as the customer goes on buying; ``is_single``, bought on one day only
        """
        self.ensure_one()
        return self._relation(scope, self.parameters)

    def _relation(self, scope, parameters):
        """Return the judgement with the given parameters: the model's own, or those that a back-test fitted long ago."""
        return getattr(self, f'_score_{self.kind}')(scope, parameters)

    # ------------------------------------------------------------------
    # Purchases
    # ------------------------------------------------------------------

    def _buyers_sql(self, scope, more=None):
        """Return the query of buyers: ``subject_id``, ``x`` purchase days after the first, ``t_x`` and ``t`` in weeks from the first
        to the last purchase and to the date, ``money`` net of credit notes; ``more`` columns over the alias ``day``."""
        return SQL(
            """SELECT subject_id, (COUNT(*) FILTER (WHERE bought) - 1)::int AS x,
                      (MAX(date) FILTER (WHERE bought) - MIN(date) FILTER (WHERE bought)) / %(week)s::float8 AS t_x,
                      (%(date)s::date - MIN(date) FILTER (WHERE bought)) / %(week)s::float8 AS t,
                      SUM(amount)::float8 AS money%(more)s
                 FROM (SELECT subject_id, date, BOOL_OR(move_type <> 'out_refund') AS bought, SUM(amount) AS amount
                         FROM (%(invoices)s) AS invoice WHERE %(among)s GROUP BY subject_id, date) AS day
                GROUP BY subject_id HAVING BOOL_OR(bought)""",
            date=scope.date, week=WEEK, more=more or SQL(), among=scope.among(SQL("subject_id")),
            invoices=self.env['crm.metric']._fact_invoice(scope).relation)

    def _score_purchases(self, scope, parameters):
        """Score by purchase days alone: see :mod:`..tools.bg_nbd`, :mod:`..tools.gamma_gamma`."""
        return SQL(
            """SELECT subject_id, 1 - alive * (1 - quiet) AS risk, alive * expected AS expected, value, x = 0 AS is_single
                 FROM (%s) AS judged""", self._judged_purchases_sql(scope, parameters))

    def _judged_purchases_sql(self, scope, parameters):
        """Return the query of buyers with ``alive``, and, given that: ``quiet`` over the horizon, ``expected``, yearly ``value``."""
        params = bg_nbd.Params(**parameters['purchases']).settled()
        horizon = self.horizon_days / WEEK
        expected, nodes = self._expected_sql(params, horizon)
        return SQL(
            """SELECT buyer.subject_id, buyer.x, %(alive)s AS alive,
                      EXP(GREATEST((%(r)s + buyer.x) * LN((%(alpha)s + t) / (%(alpha)s + t + %(horizon)s)), -700)) AS quiet,
                      %(expected)s AS expected, (%(r)s + buyer.x) / (%(alpha)s + t) * %(year)s * %(spend)s AS value
                 FROM (%(buyers)s) AS buyer %(nodes)s""",
            alive=self._alive_sql(params), expected=expected, nodes=nodes,
            spend=self._spend_sql(parameters), buyers=self._buyers_sql(scope),
            **_floats(r=params.r, alpha=params.alpha, horizon=horizon, year=YEAR / WEEK))

    def _alive_sql(self, params):
        if not params.a:
            return SQL("1.0::float8")
        return SQL(
            """CASE WHEN buyer.x = 0 THEN 1.0::float8
                    ELSE 1 / (1 + EXP(LEAST(GREATEST(LN(%(a)s / (%(b)s + buyer.x - 1))
                         + (%(r)s + buyer.x) * LN((%(alpha)s + t) / (%(alpha)s + t_x)), -700), 700))) END""",
            **_floats(**params._asdict()))

    def _expected_sql(self, params, horizon):
        """Return the expected purchases of a living customer, and the join with the nodes that it needs."""
        numbers = _floats(r=params.r, alpha=params.alpha, horizon=horizon)
        if not params.a:
            return SQL("(%(r)s + buyer.x) / (%(alpha)s + t) * %(horizon)s", **numbers), SQL()
        points, factors = bg_nbd.dropout_nodes(params, range(NODES_UP_TO + 1))
        columns = [*points.T.tolist(), *factors.T.tolist()]
        names = [SQL.identifier(f'{letter}{number}') for letter in 'pf' for number in range(bg_nbd.NODES)]
        terms = [SQL(
            "%(factor)s * (1 - EXP(GREATEST(-(%(r)s + buyer.x) * LN(1 + %(point)s * %(horizon)s / (%(alpha)s + t)), -700)))",
            factor=factor, point=point, **numbers)
            for point, factor in zip(names[:bg_nbd.NODES], names[bg_nbd.NODES:], strict=True)]
        join = SQL(
            "JOIN UNNEST(%s::int[], %s) AS node(nodes_of, %s) ON node.nodes_of = LEAST(buyer.x, %s)",
            list(range(NODES_UP_TO + 1)), SQL(", ").join(SQL("%s::float8[]", column) for column in columns),
            SQL(", ").join(names), NODES_UP_TO)
        return SQL("(%s)", SQL(" + ").join(terms)), join

    def _spend_sql(self, parameters):
        """Return the expected money per purchase day, drawn towards that of all customers the fewer purchases there are."""
        spend = parameters.get('spend')
        if not spend:
            return SQL("GREATEST(money, 0) / (buyer.x + 1)")
        return SQL(
            "%(p)s * (%(gamma)s + GREATEST(money, 0)) / (%(p)s * (buyer.x + 1) + %(q)s - 1)",
            **_floats(p=spend['p'], q=spend['q'], gamma=spend['gamma']))

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _score_figures(self, scope, parameters):
        """Score by logistic regression over metrics; what is expected and worth is left to the purchase model."""
        metrics = self._metrics_of(parameters)
        return SQL(
            """SELECT judged.subject_id, 1 / (1 + EXP(-LEAST(GREATEST(%(odds)s, -700), 700))) AS risk,
                      alive * expected AS expected, judged.value, judged.x = 0 AS is_single
                 FROM (%(judged)s) AS judged JOIN (%(values)s) AS figure ON figure.subject_id = judged.subject_id""",
            odds=self._odds_sql(parameters['figures']), judged=self._judged_purchases_sql(scope, parameters),
            values=metrics._values_relation(scope, self._everybody_sql(scope)))

    def _metrics_of(self, parameters):
        ids = [figure['metric'] for figure in parameters['figures']['columns']]
        return self.env['crm.metric'].sudo().browse(ids)  # risks are made for everybody, also of figures that not everybody sees

    def _everybody_sql(self, scope):
        """Return the population to measure. It is joined with the buyers anyway: any condition more would only make the planner believe
        that there are few, and loop over them (measured on 4,338 buyers: minutes instead of 0.1 s)."""
        return SQL("SELECT id FROM res_partner WHERE %s", scope.among(SQL("id")))

    def _odds_sql(self, figures):
        """Return the logarithm of the odds of no purchase, over the alias ``figure``."""
        terms = [SQL("%s::float8", figures['intercept'])]
        for column in figures['columns']:
            value = SQL.identifier('figure', f"m{column['metric']}")
            terms.append(SQL(
                "CASE WHEN %(value)s IS NULL THEN %(empty)s ELSE %(weight)s * SIGN(%(value)s) * LN(1 + ABS(%(value)s)) END",
                value=value, **_floats(empty=column['empty'], weight=column['weight'])))
        return SQL("(%s)", SQL(" + ").join(terms))
