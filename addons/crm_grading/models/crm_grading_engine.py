import ast

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# what the rules about "too new" and "too little data" read, besides the dimensions
PURCHASE_METRICS = ('invoice_count_ever', 'order_count_ever')
TENURE_METRIC = 'tenure'


class CrmGradingScheme(models.Model):
    """From measured values to computed grades, as one query per scheme.

    values (one row per subject, a column per metric) → members (population, status) → scored (points, level and percentile
    per dimension) → graded (score and grade by the method).
    """
    _inherit = 'crm.grading.scheme'

    def _metrics(self):
        """Return the metrics that the schemes need to be evaluated."""
        metrics = self.dimension_ids.metric_id | self.share_metric_id
        if any(scheme.population != 'lead' for scheme in self):
            metrics |= self.env['crm.metric']._from_codes([*PURCHASE_METRICS, TENURE_METRIC])
        return metrics

    def _subject_field(self):
        """Return the name of the field of verdicts that holds the subjects of the scheme."""
        return 'lead_id' if self.population == 'lead' else 'customer_id'

    # ------------------------------------------------------------------
    # Members
    # ------------------------------------------------------------------

    def _domain_condition(self):
        """Return the SQL condition on ``subject_id`` that says the scheme's own domain holds."""
        model = self.env[self.domain_model].with_context(active_test=False).sudo()  # a scheme counts all, whoever runs it
        domain = Domain(ast.literal_eval(self.domain or '[]'))
        if self.population == 'dealer':
            domain &= Domain('category_id', 'in', self.dealer_category_ids.ids)
        if domain.is_true():
            return SQL("TRUE")
        return SQL("subject_id IN %s", model._search(domain).subselect())

    def _column(self, code):
        return SQL.identifier(self.env['crm.metric']._from_codes([code])._column())

    def _members_sql(self, values: SQL) -> SQL:
        """Return the rows of ``values`` that belong to the population, with their ``status`` and the amount they weigh."""
        conditions = [self._domain_condition()]
        status = SQL("'graded'")
        needed = [dimension for dimension in self.dimension_ids if dimension.if_missing == 'verdict' or self.method == 'pareto']
        too_little = [SQL("%s IS NULL", dimension._value_column()) for dimension in needed]
        too_new = SQL("FALSE")
        if self.population != 'lead':
            purchases = SQL("(COALESCE(%s, 0) + COALESCE(%s, 0))", *(self._column(code) for code in PURCHASE_METRICS))
            if self.population == 'customer':
                conditions.append(SQL("%s > 0", purchases))
            elif self.population == 'prospect':
                conditions.append(SQL("%s = 0", purchases))
            if self.min_purchases:
                most = SQL("GREATEST(%s, %s)", *(self._column(code) for code in PURCHASE_METRICS))
                too_little.append(SQL("COALESCE(%s, 0) < %s", most, self.min_purchases))
            if self.min_tenure_days:
                too_new = SQL("COALESCE(%s, 0) < %s", self._column(TENURE_METRIC), self.min_tenure_days)
        status = SQL(
            "CASE WHEN %s THEN 'too_new' WHEN %s THEN 'too_little' ELSE 'graded' END",
            too_new, SQL(" OR ").join(too_little or [SQL("FALSE")]))
        amount = SQL.identifier(self.share_metric_id._column()) if self.share_metric_id else SQL("NULL::float8")
        columns = SQL("").join(
            SQL(", %s AS %s", dimension._value_column(), dimension._sql('v')) for dimension in self.dimension_ids)
        return SQL(
            "SELECT subject_id, %s AS status, %s AS amount%s FROM %s WHERE %s",
            status, amount, columns, values, SQL(" AND ").join(conditions))

    # ------------------------------------------------------------------
    # Computed grades
    # ------------------------------------------------------------------

    def _graded_sql(self, values: SQL) -> SQL:
        """Return the query of what the scheme computes from ``values`` (a table of subject_id and metric columns).

        Columns: subject_id, status, amount, score, computed_grade_id, segment_id, dimension_values, and per dimension its
        value ``v<id>`` and level ``l<id>``.
        """
        self.ensure_one()
        dimensions = self.dimension_ids
        cuts = [cut for dimension in dimensions if (cut := dimension._cuts_sql())]
        score, grade, segment = getattr(self, f'_{self.method}_sql')()
        return SQL(
            """
            WITH member AS MATERIALIZED (%(members)s),
                 cut AS MATERIALIZED (SELECT COUNT(*)%(cuts)s FROM member WHERE status = 'graded'),
                 scored AS (SELECT member.*%(scores)s FROM member, cut WHERE status = 'graded')
            SELECT subject_id, status, amount, %(score)s AS score, %(grade)s AS computed_grade_id,
                   %(segment)s AS segment_id, %(explained)s AS dimension_values%(columns)s
              FROM scored
            UNION ALL
            SELECT subject_id, status, amount, NULL, NULL, NULL, NULL%(nothing)s
              FROM member
             WHERE status <> 'graded'
            """,
            members=self._members_sql(values),
            cuts=SQL("").join(SQL(", %s", cut) for cut in cuts),
            scores=SQL("").join(dimension._scored_sql() for dimension in dimensions),
            score=score, grade=grade, segment=segment,
            explained=SQL("jsonb_build_object(%s)", SQL(", ").join(dimension._explained_sql() for dimension in dimensions)),
            columns=SQL("").join(SQL(", %s, %s", d._sql('v'), d._sql('l')) for d in dimensions),
            nothing=SQL("").join(SQL(", %s, NULL", d._sql('v')) for d in dimensions),
        )

    def _weighted_sql(self):
        """Score = weighted mean of the points (0-100); a grade from its boundary on, the boundary included."""
        weighted = [(dimension.weight, dimension._sql('p')) for dimension in self.dimension_ids]
        total = SQL(" + ").join(SQL("COALESCE(%s * %s, 0)", weight, points) for weight, points in weighted)
        weights = SQL(" + ").join(SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", points, weight) for weight, points in weighted)
        # rounded: a sum of binary fractions must not fall below a boundary that it meets
        score = SQL("ROUND(((%s) / NULLIF(%s, 0))::numeric, 6)::float8", total, weights)
        bands = self.band_ids.sorted('threshold', reverse=True)
        grade = SQL("CASE %s END", SQL(" ").join(
            SQL("WHEN %s >= %s THEN %s", score, band.threshold, band.grade_id.id) for band in bands))
        return score, grade, SQL("NULL::int")

    def _pareto_sql(self):
        """A customer is in the first grade whose share the better customers have not yet made up.

        Equal values share the better side: what counts is the sum of strictly better customers. Score = 100 minus their
        share. A total of nothing or less cannot be shared out: nobody is graded.
        """
        value = SQL("%s::numeric", self.dimension_ids._sql('v'))
        share = SQL(
            "100 * COALESCE(SUM(%(value)s) OVER (ORDER BY %(value)s DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)"
            " / NULLIF(GREATEST(SUM(%(value)s) OVER (), 0), 0)", value=value)
        bands = self.band_ids.sorted('threshold')
        grade = SQL("CASE WHEN %s IS NULL THEN NULL %s ELSE %s END", share, SQL(" ").join(
            SQL("WHEN %s < %s THEN %s", share, band.threshold, band.grade_id.id) for band in bands), bands[-1:].grade_id.id)
        return SQL("ROUND(100 - %s, 6)::float8", share), grade, SQL("NULL::int")

    def _matrix_sql(self):
        """The grade is that of the cell; the score is the mean of the two dimensions' points."""
        row, column = (self._axis(axis) for axis in ('row', 'column'))
        grade = SQL("CASE %s END", SQL(" ").join(
            SQL("WHEN %s = %s AND %s = %s THEN %s",
                row._sql('l'), cell.row_level, column._sql('l'), cell.column_level, cell.grade_id.id)
            for cell in self.cell_ids))
        score = SQL("(COALESCE(%s, 0) + COALESCE(%s, 0)) / 2", row._sql('p'), column._sql('p'))
        return score, grade, SQL("NULL::int")

    def _rfm_sql(self):
        """The first segment in order whose ranges hold the three scores, and its grade; the score is their sum (3-15)."""
        r, f, m = (self._axis(axis)._sql('l') for axis in 'rfm')
        conditions = [(segment, SQL(
            "%s BETWEEN %s AND %s AND %s BETWEEN %s AND %s AND %s BETWEEN %s AND %s",
            r, segment.r_min, segment.r_max, f, segment.f_min, segment.f_max, m, segment.m_min, segment.m_max,
        )) for segment in self.segment_ids.sorted('sequence')]

        def choose(target):
            cases = SQL(" ").join(SQL("WHEN %s THEN %s", condition, target(segment) or None) for segment, condition in conditions)
            return SQL("(CASE %s END)::int", cases or SQL("WHEN TRUE THEN NULL"))

        return (SQL("(%s + %s + %s)::float8", r, f, m),
                choose(lambda segment: segment.grade_id.id), choose(lambda segment: segment.id))

    def _axis(self, axis):
        return self.dimension_ids.filtered(lambda dimension: dimension.axis == axis)[:1]
