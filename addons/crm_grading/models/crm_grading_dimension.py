from odoo import fields, models


class CrmGradingDimension(models.Model):
    """A metric as a scheme sees it: its weight and how its value becomes points (0-100) and a level (1 = worst)."""
    _name = 'crm.grading.dimension'
    _description = "Grading Dimension"
    _order = 'scheme_id, sequence, id'

    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', index=True)
    sequence = fields.Integer(default=10)
    metric_id = fields.Many2one('crm.metric', required=True, ondelete='restrict', index=True)
    name = fields.Char(related='metric_id.name')
    unit = fields.Selection(related='metric_id.unit')
    direction = fields.Selection(related='metric_id.direction')
    weight = fields.Float(default=1.0, required=True, digits=(16, 2))
    axis = fields.Selection(
        [('row', "Row"), ('column', "Column"), ('r', "Recency"), ('f', "Frequency"), ('m', "Money")],
        help="Part that the dimension plays in a matrix or in RFM.")
    scoring = fields.Selection([
        ('threshold', "Thresholds"), ('quantile', "Equal-sized groups"), ('percentile', "Percentile cut points"),
        ('linear', "Linear between two points"),
    ], required=True, default='threshold')
    step_ids = fields.One2many('crm.grading.step', 'dimension_id', "Thresholds", copy=True)
    groups = fields.Integer(default=5, help="Number of groups of customers, from 2 to 100.")
    low_value = fields.Float("Value for 0 points", digits=(16, 4))
    high_value = fields.Float("Value for 100 points", digits=(16, 4))
    if_missing = fields.Selection([
        ('worst', "Counts as the worst"), ('skip', "Is left out"), ('verdict', "Too little data to grade"),
    ], "Without a value", required=True, default='worst')

    _weight_check = models.Constraint('CHECK(weight >= 0)', "A weight cannot be negative.")
    _groups_check = models.Constraint('CHECK(groups BETWEEN 2 AND 100)', "Form 2 to 100 groups.")


class CrmGradingStep(models.Model):
    """A threshold: points from this value on (the value included), in the direction of the metric."""
    _name = 'crm.grading.step'
    _description = "Scoring Threshold"
    _order = 'dimension_id, points, id'

    dimension_id = fields.Many2one('crm.grading.dimension', required=True, ondelete='cascade', index=True)
    value = fields.Float(required=True, digits=(16, 4))
    points = fields.Float(required=True, digits=(16, 2))

    _value_uniq = models.Constraint('UNIQUE(dimension_id, value)', "Each threshold appears once.")
    _points_check = models.Constraint('CHECK(points BETWEEN 0 AND 100)', "Points go from 0 to 100.")
