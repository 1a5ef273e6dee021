from odoo import models

from ..tools import lift, rfm


class CrmGradeVerdict(models.Model):
    """What would lift a customer to the next grade, by the boundaries of the scheme and of its latest run."""
    _inherit = 'crm.grade.verdict'

    def _lifts(self):
        """Return the lifts to the next better grade: dicts of the dimension and the value it would have to reach.

        Each of them is enough by itself, everything else being equal; other customers may move in the meantime.
        """
        self.ensure_one()
        if self.status != 'graded':
            return []
        cuts = self.scheme_id.last_run_id.cut_points or {}
        found = getattr(self, f'_{self.scheme_id.method}_lifts')(cuts)
        return [{self.env['crm.grading.dimension'].browse(key): value for key, value in one.items()} for one in found]

    def _lift_dimension(self, dimension, cuts):
        """Return the dimension as :mod:`..tools.lift` knows it."""
        value, _percentile, points, level = (self.dimension_values or {}).get(str(dimension.id)) or (None,) * 4
        ranges = (cuts.get(str(dimension.id)) or {}).get('levels') or {}
        return lift.Dimension(
            key=dimension.id, value=value, points=points, level=level, weight=dimension.weight, scoring=dimension.scoring,
            direction=dimension.direction, steps=tuple((step.value, step.points) for step in dimension.step_ids),
            low=dimension.low_value, high=dimension.high_value, groups=dimension.groups,
            ranges={int(number): span for number, span in ranges.items()},
            quantum=dimension.metric_id._quantum(self.company_id.currency_id))

    def _is_better(self, grade):
        """Say whether a grade is better than the computed one; any grade is better than none."""
        now = self.computed_grade_id
        return bool(grade) and (not now or grade.sequence < now.sequence)

    def _weighted_lifts(self, cuts):
        better = self.scheme_id.band_ids.filtered(lambda band: self._is_better(band.grade_id))
        if not better:
            return []
        dimensions = [self._lift_dimension(dimension, cuts) for dimension in self.scheme_id.dimension_ids]
        return lift.weighted_lifts(dimensions, min(better.mapped('threshold')))

    def _pareto_lifts(self, cuts):
        dimension = self.scheme_id.dimension_ids[:1]
        spans = (cuts.get(str(dimension.id)) or {}).get('grades') or {}
        better = self.scheme_id.band_ids.grade_id.filtered(self._is_better).sorted('sequence', reverse=True)
        boundaries = [(spans.get(str(grade.id)) or (None,))[0] for grade in better]
        return lift.pareto_lifts(self._lift_dimension(dimension, cuts), boundaries)

    def _matrix_lifts(self, cuts):
        dimensions = [self._lift_dimension(self.scheme_id._axis_dimension(axis), cuts) for axis in ('row', 'column')]
        cells = self.scheme_id.cell_ids.filtered(lambda cell: self._is_better(cell.grade_id))
        return lift.level_lifts(dimensions, {(cell.row_level, cell.column_level) for cell in cells})

    def _rfm_lifts(self, cuts):
        dimensions = [self._lift_dimension(self.scheme_id._axis_dimension(axis), cuts) for axis in 'rfm']
        segments = self.scheme_id.segment_ids.sorted('sequence')
        owners = rfm.owners(segments.mapped(lambda segment: segment._box()))
        better = lift.better_codes(owners, lambda number: self._is_better(segments[number].grade_id))
        return lift.level_lifts(dimensions, better)
