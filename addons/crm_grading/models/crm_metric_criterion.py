from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..tools.criterion import OPERATORS, WITHOUT_VALUE, holds, holds_sql


class CrmMetricCriterion(models.AbstractModel):
    """A condition on a recorded metric: "days since the last purchase are more than 365".

    Whatever is decided by metrics (life-cycle rules, segments, signals …) inherits this. The metrics read must be recorded
    by runs: extend ``crm.metric._criterion_models`` with the name of the inheriting model.
    """
    _name = 'crm.metric.criterion'
    _description = "Condition on a Metric"

    metric_id = fields.Many2one(
        'crm.metric', required=True, ondelete='restrict', index=True, domain=[('subject', '=', 'customer')])
    unit = fields.Selection(related='metric_id.unit')
    operator = fields.Selection(OPERATORS, required=True, default='>=')
    value = fields.Float(digits=(16, 4))
    value2 = fields.Float("And", digits=(16, 4), help="Upper end of “between”, itself included.")

    @api.constrains('operator', 'value', 'value2')
    def _check_between(self):
        for criterion in self:
            if criterion.operator == 'between' and criterion.value > criterion.value2:
                raise ValidationError(self.env._(
                    "%(condition)s: give the lower number first.", condition=criterion.display_name))

    @api.depends('metric_id', 'operator', 'value', 'value2')
    @api.depends_context('lang')
    def _compute_display_name(self):
        words = dict(self._fields['operator']._description_selection(self.env))
        for criterion in self:
            parts = [criterion.metric_id.name or "", words.get(criterion.operator, "")]
            if criterion.operator not in WITHOUT_VALUE:
                parts.append(criterion._format(criterion.value))
            if criterion.operator == 'between':
                parts.append(self.env._("and %(number)s", number=criterion._format(criterion.value2)))
            criterion.display_name = " ".join(filter(None, parts))

    def _format(self, number):
        digits = 0 if number == int(number) else 2
        text = formatLang(self.env, number, digits=digits)
        return f"{text} %" if self.unit == 'percent' else text

    def _condition_sql(self, alias, date):
        """Return the SQL condition that all criteria of ``self`` hold on a profile.

        :param str alias: alias of a ``crm_customer`` row
        :param date: as-of day in the company's time zone
        :return: a condition that is never NULL; TRUE for no criteria
        """
        conditions = [
            holds_sql(criterion.operator, criterion.metric_id.sudo()._profile_sql(alias, date), criterion.value, criterion.value2)
            for criterion in self
        ]
        return SQL("(%s)", SQL(" AND ").join(conditions)) if conditions else SQL("TRUE")

    def _holds(self, values):
        """Return whether all criteria hold for ``values``, ``{metric code: number or None}``."""
        return all(
            holds(criterion.operator, values.get(criterion.metric_id.code), criterion.value, criterion.value2)
            for criterion in self)


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    @api.model
    def _criterion_models(self):
        """Return the names of the models of criteria, ``{model: field that leads to what the criterion belongs to}``."""
        return {}

    @api.model
    def _recorded(self, company):
        read = self.browse()
        for model, owner in self._criterion_models().items():
            criteria = self.env[model].sudo().search([(f'{owner}.company_id', '=', company.id)])  # a run records for everybody
            read |= criteria.metric_id
        return super()._recorded(company) | read.with_env(self.env)

    def _used_by(self):
        names = super()._used_by()
        for model, owner in self._criterion_models().items():
            criteria = self.env[model].sudo().search([('metric_id', '=', self.id)])  # also those the user may not see hold it
            names += criteria[owner].mapped('name')
        return names
