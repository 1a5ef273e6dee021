from odoo import api, fields, models

from ..tools import levels, rfm

STEP_FIELDS = ('dimension_ids.step_ids.value', 'dimension_ids.step_ids.points')
SEGMENT_FIELDS = tuple(f'segment_ids.{name}' for name in (
    'sequence', 'name', 'color', 'grade_id', 'r_min', 'r_max', 'f_min', 'f_max', 'm_min', 'm_max'))


class CrmGradingScheme(models.Model):
    """What the pictures on the scheme show: the axes of a matrix, and which RFM segment owns which scores."""
    _inherit = 'crm.grading.scheme'

    matrix_axes = fields.Json(compute='_compute_matrix_axes')
    rfm_coverage = fields.Json(compute='_compute_rfm_coverage')

    @api.depends('method', 'dimension_ids.metric_id', 'dimension_ids.axis', 'dimension_ids.scoring', 'dimension_ids.groups', *STEP_FIELDS)
    def _compute_matrix_axes(self):
        for scheme in self:
            scheme.matrix_axes = {
                f'{axis}s': scheme._axis_dimension(axis)._axis_picture() for axis in ('row', 'column')
            } if scheme.method == 'matrix' else False

    @api.depends('method', *SEGMENT_FIELDS)
    def _compute_rfm_coverage(self):
        for scheme in self:
            scheme.rfm_coverage = scheme._coverage_picture() if scheme.method == 'rfm' else False

    def _coverage_picture(self):
        segments = self.segment_ids.sorted('sequence')
        boxes = segments.mapped(lambda segment: segment._box())
        unreachable = rfm.unreachable(boxes)
        left = rfm.uncovered(boxes)
        return {
            'segments': [
                {'name': segment.name or "", 'color': segment.color, 'grade': segment.grade_id.name or "",
                 'unreachable': place in unreachable} for place, segment in enumerate(segments)],
            'cells': [{'r': r, 'f': f, 'owners': owners} for (r, f), owners in rfm.grid(boxes).items()],
            'uncovered': len(left), 'codes': ["{}{}{}".format(*code) for code in left[:12]],
        }


class CrmGradingDimension(models.Model):
    """The levels of a dimension in words."""
    _inherit = 'crm.grading.dimension'

    scoring_text = fields.Char("In Detail", compute='_compute_scoring_text')

    @api.depends('metric_id', 'scoring', 'groups', 'low_value', 'high_value', 'step_ids.value', 'step_ids.points', 'scheme_id.method')
    def _compute_scoring_text(self):
        for dimension in self:
            dimension.scoring_text = dimension._scoring_detail() if dimension.metric_id else ""

    def _scoring_detail(self):
        if self.scoring == 'linear':
            return self.env._(
                "0 points at %(low)s, 100 points at %(high)s", low=self._figure(self.low_value), high=self._figure(self.high_value))
        if self.scoring == 'threshold':
            return " · ".join(
                self._figure(step.value) if self.method in ('matrix', 'rfm')
                else self.env._("%(value)s: %(points)g points", value=self._figure(step.value), points=step.points)
                for step in self._steps_worst_first()) or self.env._("No thresholds yet")
        return self.env._("%(count)s groups", count=self.groups)

    def _figure(self, value):
        return self.metric_id._format(value, self.scheme_id.company_id.currency_id)

    def _axis_picture(self):
        """Return the name and the levels of an axis, the worst level first; no levels: why there are none."""
        if not self or not self._level_count():
            return {'name': self.metric_id.name or "", 'levels': []}
        return {
            'name': self.metric_id.name,
            'levels': [{'level': number, 'label': label} for number, label in enumerate(self._level_labels(), start=1)],
        }

    def _level_labels(self):
        """Return what each level means, the worst first: the values between thresholds, or those met in the latest run."""
        if self.scoring == 'threshold':
            return [self._range_label(*ends) for ends in levels.threshold_ranges(self.step_ids.mapped('value'), self.direction)]
        cuts = self.scheme_id.last_run_id.sudo().cut_points or {}   # where the groups lie is part of the scheme's picture
        met = (cuts.get(str(self._origin.id)) or {}).get('levels') or {}
        may_see = self.metric_id in self.metric_id._visible()
        return [self._group_label(number, met.get(str(number)) if may_see else None) for number in range(1, self.groups + 1)]

    def _group_label(self, number, span):
        if span:
            return self.env._("%(low)s to %(high)s", low=self._figure(span[0]), high=self._figure(span[1]))
        return self.env._("Group %(number)s of %(count)s", number=number, count=self.groups)

    def _range_label(self, low, high):
        higher = self.direction == 'higher'
        if low is None:
            return (self.env._("below %(value)s", value=self._figure(high)) if higher
                    else self.env._("up to %(value)s", value=self._figure(high)))
        if high is None:
            return (self.env._("from %(value)s", value=self._figure(low)) if higher
                    else self.env._("over %(value)s", value=self._figure(low)))
        return (self.env._("from %(low)s to below %(high)s", low=self._figure(low), high=self._figure(high)) if higher
                else self.env._("over %(low)s up to %(high)s", low=self._figure(low), high=self._figure(high)))
