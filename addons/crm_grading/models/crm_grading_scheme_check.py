import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import levels, rfm

RFM_AXES = {'r': "R", 'f': "F", 'm': "M"}


class CrmGradingScheme(models.Model):
    """Is a scheme complete? Asked when it is put in force or run, never while somebody is still drafting it."""
    _inherit = 'crm.grading.scheme'

    allow_uncovered = fields.Boolean(
        "Customers outside of all segments are allowed",
        help="They get neither a segment nor a grade. Off: every combination of scores must belong to a segment.")
    problem_text = fields.Text("To Be Completed", compute='_compute_problem_text')

    @api.depends(
        'name', 'population', 'domain', 'dealer_category_ids', 'method', 'demotion', 'demotion_count', 'company_id', 'allow_uncovered',
        'share_metric_id', 'dimension_ids.metric_id', 'dimension_ids.weight', 'dimension_ids.axis', 'dimension_ids.scoring',
        'dimension_ids.groups', 'dimension_ids.low_value', 'dimension_ids.high_value', 'dimension_ids.if_missing',
        'dimension_ids.step_ids.value', 'dimension_ids.step_ids.points', 'band_ids.grade_id', 'band_ids.threshold',
        'cell_ids.grade_id', 'cell_ids.row_level', 'cell_ids.column_level', 'segment_ids.sequence', 'segment_ids.name',
        'segment_ids.grade_id',
        'segment_ids.r_min', 'segment_ids.r_max', 'segment_ids.f_min', 'segment_ids.f_max', 'segment_ids.m_min',
        'segment_ids.m_max')
    def _compute_problem_text(self):
        for scheme in self:
            scheme.problem_text = "\n".join(scheme._problems())

    @api.constrains('state', 'active', 'method', 'population', 'domain', 'dealer_category_ids', 'dimension_ids', 'band_ids',
                    'cell_ids', 'segment_ids')
    def _check_in_force(self):
        for scheme in self:
            if scheme.state == 'active' and scheme.active:
                scheme._check_complete()

    def _check_complete(self):
        """:raise ValidationError: saying everything that must be completed before the scheme can be run"""
        result = super()._check_complete()
        for scheme in self:
            problems = scheme._problems()
            if problems:
                raise ValidationError(self.env._(
                    "The grading scheme “%(scheme)s” is not complete:\n%(problems)s", scheme=scheme.name,
                    problems="\n".join(f"• {problem}" for problem in problems)))
        return result

    def _problems(self):
        """Return what is wrong or missing, as sentences in the user's language; nothing: the scheme can be run."""
        self.ensure_one()
        found = [*self._population_problems(), *self._dimension_problems(), *self._company_problems()]
        found += getattr(self, f'_{self.method}_problems')() if self.method else []
        if self.demotion in ('runs', 'days') and not self.demotion_count:
            found.append(self.env._("Say how long a customer is spared before a demotion, or choose “At once”."))
        return found

    # ------------------------------------------------------------------
    # What holds for every method
    # ------------------------------------------------------------------

    def _population_problems(self):
        if self.population == 'dealer' and not self.dealer_category_ids:
            yield self.env._("Choose the tags by which dealers are known.")
        try:
            domain = Domain(ast.literal_eval(self.domain or '[]'))
            self.env[self.domain_model].sudo()._search(domain)   # only whether the condition can be read, nothing is shown
        except (ValueError, SyntaxError, TypeError, KeyError, AttributeError, UserError):
            yield self.env._("The condition “Only where” cannot be read. Correct it or clear it.")

    def _dimension_problems(self):
        subject = 'lead' if self.population == 'lead' else 'customer'
        for metric in self.dimension_ids.metric_id | self.share_metric_id:
            if metric.subject != subject:
                yield (self.env._("“%(metric)s” is a figure of leads, but the scheme grades contacts.", metric=metric.name)
                       if metric.subject == 'lead' else
                       self.env._("“%(metric)s” is a figure of contacts, but the scheme grades leads.", metric=metric.name))
            if not metric.active:
                yield self.env._("The metric “%(metric)s” is archived. Choose another one or restore it.", metric=metric.name)
        if self.method != 'pareto':   # Pareto reads the bare value
            for dimension in self.dimension_ids:
                yield from dimension._problems()

    def _company_problems(self):
        grades = self.band_ids.grade_id | self.cell_ids.grade_id | self.segment_ids.grade_id
        for grade in grades:
            if grade.company_id != self.company_id:
                yield self.env._("The grade “%(grade)s” belongs to another company.", grade=grade.sudo().name)
            elif not grade.active:
                yield self.env._("The grade “%(grade)s” is archived. Choose another one or restore it.", grade=grade.name)

    # ------------------------------------------------------------------
    # Weighted score
    # ------------------------------------------------------------------

    def _weighted_problems(self):
        if not any(dimension.weight > 0 for dimension in self.dimension_ids):
            yield self.env._("Add at least one dimension with a weight above 0.")
        yield from self._band_problems()
        bands = self._bands_worst_first()
        place = levels.first_disorder(bands.mapped('threshold'))
        if place is not None:
            yield self.env._(
                "A better grade needs a higher score: “%(better)s” starts at %(high)g, “%(worse)s” at %(low)g.",
                better=bands[place].grade_id.name, high=bands[place].threshold,
                worse=bands[place - 1].grade_id.name, low=bands[place - 1].threshold)

    def _bands_worst_first(self):
        return self.band_ids.sorted(lambda band: (band.grade_id.sequence, band.grade_id._origin.id or 0), reverse=True)

    def _band_problems(self):
        if not self.band_ids:
            yield self.env._("Set the boundary of each grade.")
        elif any(not band.grade_id for band in self.band_ids):
            yield self.env._("Every boundary needs a grade.")

    # ------------------------------------------------------------------
    # Pareto
    # ------------------------------------------------------------------

    def _pareto_problems(self):
        if len(self.dimension_ids) != 1:
            yield self.env._("Pareto shares out exactly one metric. Choose it under “Dimensions”.")
        elif self.dimension_ids.direction == 'lower':
            yield self.env._(
                "“%(metric)s” is better when lower, so it cannot be shared out. Choose a metric such as revenue.",
                metric=self.dimension_ids.metric_id.name)
        yield from self._band_problems()
        bands = self._bands_worst_first()[::-1]
        place = levels.first_disorder(bands.mapped('threshold'))
        if place is not None:
            yield self.env._(
                "Shares add up from the best grade on: “%(worse)s” must reach further than “%(better)s” (%(share)g %%).",
                worse=bands[place].grade_id.name, better=bands[place - 1].grade_id.name, share=bands[place - 1].threshold)
        if bands and bands[-1].threshold != 100:
            yield self.env._("The last grade, “%(grade)s”, must reach 100 %%.", grade=bands[-1].grade_id.name)

    # ------------------------------------------------------------------
    # Matrix
    # ------------------------------------------------------------------

    def _axis_dimension(self, axis):
        """Return the dimension that plays a part (row, column, r, f, m); the first one if the part was given twice."""
        return self.dimension_ids.filtered(lambda dimension: dimension.axis == axis)[:1]

    def _axis_problems(self, axes):
        if sorted(self.dimension_ids.mapped(lambda dimension: dimension.axis or '')) != sorted(axes):
            names = dict(self.env['crm.grading.dimension']._fields['axis']._description_selection(self.env))
            yield self.env._(
                "Give exactly one dimension each of these parts: %(parts)s.", parts=", ".join(names[axis] for axis in axes))
        for dimension in self.dimension_ids.filtered(lambda dimension: dimension.if_missing == 'skip'):
            yield self.env._(
                "“%(metric)s”: a customer without a value must have a place. Let it count as the worst, or as too little data.",
                metric=dimension.metric_id.name)

    def _matrix_problems(self):
        yield from self._axis_problems(('row', 'column'))
        rows, columns = (self._axis_dimension(axis)._level_count() for axis in ('row', 'column'))
        if not rows or not columns:
            return
        given = {(cell.row_level, cell.column_level) for cell in self.cell_ids if cell.grade_id}
        missing = rows * columns - len({(row, column) for row, column in given if row <= rows and column <= columns})
        if missing:
            yield self.env._("%(count)s of the %(all)s cells of the matrix have no grade yet.", count=missing, all=rows * columns)

    # ------------------------------------------------------------------
    # RFM
    # ------------------------------------------------------------------

    def _rfm_problems(self):
        yield from self._axis_problems(('r', 'f', 'm'))
        for dimension in self.dimension_ids.filtered('axis'):
            if dimension._level_count() not in (5, None):
                yield self.env._(
                    "“%(metric)s” has %(count)s levels. RFM scores go from 1 to 5: form 5 groups, or set 4 thresholds.",
                    metric=dimension.metric_id.name, count=dimension._level_count())
        segments = self.segment_ids.sorted('sequence')
        if not segments:
            yield self.env._("Add at least one segment.")
            return
        boxes = segments.mapped(lambda segment: segment._box())
        for place in rfm.unreachable(boxes):
            yield self.env._(
                "Nobody can ever be in “%(segment)s”: the segments above own all of its scores. Move it up or change its ranges.",
                segment=segments[place].name)
        left = rfm.uncovered(boxes)
        if left and not self.allow_uncovered:
            shown = ", ".join("{}{}{}".format(*code) for code in left[:5])
            yield self.env._(
                "%(count)s combinations of scores belong to no segment (%(codes)s%(more)s). Add a last segment with all ranges"
                " from 1 to 5, or allow customers outside of all segments.",
                count=len(left), codes=shown, more=" …" if len(left) > 5 else "")


class CrmGrade(models.Model):
    _inherit = 'crm.grade'

    @api.constrains('active')
    def _check_archived(self):
        """A run would stop at a scheme whose grade has gone: say so now, to the person who archives it."""
        archived = self.filtered(lambda grade: not grade.active)
        if not archived:
            return
        grade_in = [('grade_id', 'in', archived.ids)]
        lines = [*self.env['crm.grading.band'].search(grade_in), *self.env['crm.grading.cell'].search(grade_in),
                 *self.env['crm.rfm.segment'].search(grade_in)]
        for line in lines:
            if line.scheme_id.state == 'active' and line.scheme_id.active:
                raise ValidationError(self.env._(
                    "The grade “%(grade)s” cannot be archived: the scheme “%(scheme)s” gives it. Take it out there first.",
                    grade=line.grade_id.name, scheme=line.scheme_id.name))


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    @api.constrains('active')
    def _check_archived(self):
        """As with grades: a metric that a scheme in force reads cannot go."""
        archived = self.filtered(lambda metric: not metric.active)
        used = self.env['crm.grading.dimension'].sudo().search([  # schemes of other companies read the catalogue, too
            ('metric_id', 'in', archived.ids), ('scheme_id.state', '=', 'active'), ('scheme_id.active', '=', True)], limit=1)
        if used:
            raise ValidationError(self.env._(
                "“%(metric)s” cannot be archived: the scheme “%(scheme)s” grades by it. Take it out there first.",
                metric=used.metric_id.name, scheme=used.scheme_id.name))


class CrmRfmSegment(models.Model):
    _inherit = 'crm.rfm.segment'

    def _box(self):
        """Return the ranges of the segment as :mod:`..tools.rfm` knows them."""
        self.ensure_one()
        return (self.r_min, self.r_max, self.f_min, self.f_max, self.m_min, self.m_max)
