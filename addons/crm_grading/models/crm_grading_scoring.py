from odoo import models
from odoo.tools import SQL


class CrmGradingDimension(models.Model):
    """How a dimension scores a value in SQL: level from 1 (worst) up, points from 0 to 100, percentile from 0 to 100.

    Columns are named by a letter and the dimension's id: ``v`` value, ``l`` level, ``p`` points, ``q`` percentile, ``c``
    cut points.
    """
    _inherit = 'crm.grading.dimension'

    def _sql(self, letter):
        self.ensure_one()
        return SQL.identifier(f'{letter}{self.id}')

    def _value_column(self):
        """Return the column of the metric in the table of values."""
        return SQL.identifier(self.metric_id._column())

    def _better_first(self):
        return SQL("DESC") if self.direction == 'higher' else SQL("ASC")

    def _better_last(self):
        return SQL("ASC") if self.direction == 'higher' else SQL("DESC")

    def _cuts_sql(self):
        """Return the aggregate of the percentile cut points (linear interpolation, as PostgreSQL's percentile_cont)."""
        if self.scoring != 'percentile':
            return None
        fractions = [number / self.groups for number in range(1, self.groups)]
        return SQL("percentile_cont(%s::float8[]) WITHIN GROUP (ORDER BY %s) AS %s", fractions, self._sql('v'), self._sql('c'))

    def _scored_sql(self):
        """Return the columns level, points and percentile of the dimension."""
        level, points = getattr(self, f'_{self.scoring}_sql')()
        value = self._sql('v')
        if self.if_missing != 'skip':
            level = SQL("COALESCE(%s, 1)", level) if self.scoring != 'linear' else level
            points = SQL("COALESCE(%s, 0)", points)
        percentile = SQL(
            "CASE WHEN %(value)s IS NOT NULL THEN ROUND((100 * PERCENT_RANK() OVER (PARTITION BY %(value)s IS NULL"
            " ORDER BY %(value)s %(order)s))::numeric, 2)::float8 END", value=value, order=self._better_last())
        return SQL(
            ", %s AS %s, %s AS %s, %s AS %s",
            level, self._sql('l'), points, self._sql('p'), percentile, self._sql('q'))

    def _explained_sql(self):
        return SQL(
            "%s, jsonb_build_array(%s, %s, ROUND(%s::numeric, 2), %s)",
            str(self.id), self._sql('v'), self._sql('q'), self._sql('p'), self._sql('l'))

    def _threshold_sql(self):
        """Points of the best threshold that the value reaches, the threshold itself included; below all: 0 points."""
        higher = self.direction == 'higher'
        steps = self.step_ids.sorted('value', reverse=higher)   # the best first
        value = self._sql('v')
        reached = SQL(">=") if higher else SQL("<=")
        count = len(steps)

        def choose(results, none):
            cases = SQL(" ").join(
                SQL("WHEN %s %s %s THEN %s", value, reached, step.value, result) for step, result in zip(steps, results))
            return SQL("CASE WHEN %s IS NULL THEN NULL %s ELSE %s END", value, cases, none)

        return choose(range(count + 1, 1, -1), 1), choose(steps.mapped('points'), 0.0)

    def _level_points(self, level):
        return SQL("100.0 * (%s - 1) / %s", level, self.groups - 1)

    def _quantile_sql(self):
        """Groups of equal size; customers of equal value are told apart by their number, always in the same way."""
        level = SQL(
            "CASE WHEN %(value)s IS NOT NULL THEN NTILE(%(groups)s) OVER (PARTITION BY %(value)s IS NULL"
            " ORDER BY %(value)s %(order)s, subject_id) END",
            value=self._sql('v'), groups=self.groups, order=self._better_last())
        return level, self._level_points(level)

    def _percentile_sql(self):
        """1 + number of cut points strictly below the value, counted from the other end where lower is better."""
        below = SQL(" + ").join(
            SQL("(%s > (%s)[%s])::int", self._sql('v'), self._sql('c'), number) for number in range(1, self.groups))
        level = SQL("1 + %s", below) if self.direction == 'higher' else SQL("%s - (%s)", self.groups, below)
        return level, self._level_points(SQL("(%s)", level))

    def _linear_sql(self):
        """Points on the straight line from the value for 0 to the value for 100 points, cut off at both ends."""
        points = SQL(
            "CASE WHEN %(value)s IS NOT NULL THEN 100.0 * LEAST(1, GREATEST(0, (%(value)s - %(low)s) / %(span)s)) END",
            value=self._sql('v'), low=self.low_value, span=self.high_value - self.low_value)
        return SQL("NULL::int"), points
