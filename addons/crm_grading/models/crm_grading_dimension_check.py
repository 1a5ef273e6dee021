from odoo import fields, models

from ..tools import levels


class CrmGradingDimension(models.Model):
    """Is a dimension complete, and which levels does it form?"""
    _inherit = 'crm.grading.dimension'

    method = fields.Selection(related='scheme_id.method')
    currency_id = fields.Many2one(related='scheme_id.currency_id')

    def _problems(self):
        """Return what is wrong or missing, as sentences in the user's language."""
        self.ensure_one()
        name = self.metric_id.name
        if self.scoring == 'linear':
            yield from self._linear_problems(name)
        elif self.scoring == 'threshold':
            yield from self._threshold_problems(name)
        if self.scoring == 'linear' and self.method in ('matrix', 'rfm'):
            yield self.env._(
                "“%(metric)s”: a line between two points has no levels. Score it by thresholds or groups.", metric=name)

    def _linear_problems(self, name):
        if self.low_value == self.high_value:
            yield self.env._("“%(metric)s”: the value for 0 points and the value for 100 points must differ.", metric=name)
        elif (self.low_value < self.high_value) != (self.direction == 'higher'):
            yield self.env._(
                "“%(metric)s” is better when higher: the value for 100 points must be above the one for 0 points.", metric=name,
            ) if self.direction == 'higher' else self.env._(
                "“%(metric)s” is better when lower: the value for 100 points must be below the one for 0 points.", metric=name)

    def _threshold_problems(self, name):
        if not self.step_ids:
            yield self.env._("“%(metric)s” has no thresholds yet.", metric=name)
            return
        points = self._steps_worst_first().mapped('points')
        if self.method == 'weighted' and levels.first_disorder([-1.0, *points]) is not None:
            yield self.env._("“%(metric)s”: a better value must bring more points.", metric=name)

    def _steps_worst_first(self):
        return self.step_ids.sorted('value', reverse=self.direction == 'lower')

    def _level_count(self):
        """Return the number of levels that the dimension forms, or None if it forms none."""
        if self.scoring == 'threshold':
            return len(self.step_ids) + 1 if self.step_ids else None
        return self.groups if self.scoring in ('quantile', 'percentile') else None
