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
        return getattr(self, f'_score_{self.kind}')(scope)

    # ------------------------------------------------------------------
    # Purchases
    # ------------------------------------------------------------------

    def _buyers_sql(self, scope):
        """Return the query of buyers: ``subject_id``, ``x`` purchase days after the first, ``t_x`` and ``t`` in weeks from the first
        to the last purchase and to the date, ``money`` net of credit notes."""
        return SQL(
            """SELECT subject_id, (COUNT(*) FILTER (WHERE bought) - 1)::int AS x,
                      (MAX(date) FILTER (WHERE bought) - MIN(date) FILTER (WHERE bought)) / %(week)s::float8 AS t_x,
                      (%(date)s::date - MIN(date) FILTER (WHERE bought)) / %(week)s::float8 AS t,
                      SUM(amount)::float8 AS money
                 FROM (SELECT subject_id, date, BOOL_OR(move_type <> 'out_refund') AS bought, SUM(amount) AS amount
                         FROM (%(invoices)s) AS invoice WHERE %(among)s GROUP BY subject_id, date) AS day
                GROUP BY subject_id HAVING BOOL_OR(bought)""",
            date=scope.date, week=WEEK, among=scope.among(SQL("subject_id")),
            invoices=self.env['crm.metric']._fact_invoice(scope).relation)

    def _score_purchases(self, scope):
        """Score by purchase days alone: see :mod:`..tools.bg_nbd`, :mod:`..tools.gamma_gamma`."""
        return SQL(
            """SELECT subject_id, 1 - alive * (1 - quiet) AS risk, alive * expected AS expected, value, x = 0 AS is_single
                 FROM (%s) AS judged""", self._judged_purchases_sql(scope))

    def _judged_purchases_sql(self, scope):
        """Return the query of buyers with ``alive``, and, given that: ``quiet`` over the horizon, ``expected``, yearly ``value``."""
        params = self._purchase_params()
        horizon = self.horizon_days / WEEK
        expected, nodes = self._expected_sql(params, horizon)
        return SQL(
            """SELECT buyer.subject_id, buyer.x, %(alive)s AS alive,
                      EXP(GREATEST((%(r)s + buyer.x) * LN((%(alpha)s + t) / (%(alpha)s + t + %(horizon)s)), -700)) AS quiet,
                      %(expected)s AS expected, (%(r)s + buyer.x) / (%(alpha)s + t) * %(year)s * %(spend)s AS value
                 FROM (%(buyers)s) AS buyer %(nodes)s""",
            alive=self._alive_sql(params), expected=expected, spend=self._spend_sql(), buyers=self._buyers_sql(scope), nodes=nodes,
            **_floats(r=params.r, alpha=params.alpha, horizon=horizon, year=YEAR / WEEK))

    def _purchase_params(self):
        """Return the parameters to score with."""
        found = self.parameters['purchases']
        return bg_nbd.Params(*(found[name] for name in ('r', 'alpha', 'a', 'b'))).settled()

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

    def _spend_sql(self):
        """Return the expected money per purchase day, drawn towards that of all customers the fewer purchases there are."""
        spend = self.parameters.get('spend') or {}
        if not spend.get('q'):
            return SQL("GREATEST(money, 0) / (buyer.x + 1)")
        return SQL(
            "%(p)s * (%(gamma)s + GREATEST(money, 0)) / (%(p)s * (buyer.x + 1) + %(q)s - 1)",
            **_floats(p=spend['p'], q=spend['q'], gamma=spend['gamma']))
