from odoo import fields, models


class CrmGradeVerdict(models.Model):
    """Every verdict explains itself: what was measured, what it counts for, and what would lift it."""
    _inherit = 'crm.grade.verdict'

    explanation = fields.Json(compute='_compute_explanation')
    grade_color = fields.Integer(related='grade_id.color', string="Color of the Grade")

    def _compute_explanation(self):
        for verdict in self:
            verdict.explanation = verdict._explain()

    def _explain(self):
        """Return why the customer has this grade, ready to be shown, in the language and with the rights of the user.

        :return: dict of ``scheme, method, grade, grade_color, computed_grade, status, status_text, score, since, segment,
            advice, dimensions, lift, override, pending``. Dimensions: ``name, metric, value, value_text, unit, percentile,
            points, level, weight, hidden``; lifts: ``text, dimension, delta`` and ``together`` (needed all at once). Amounts
            that the user may not see have no value and are marked ``hidden``. Dates are ISO strings.
        :raise AccessError: if the user may not see the verdict
        """
        self.ensure_one()
        self.check_access('read')
        visible = self.scheme_id.dimension_ids.metric_id._visible()
        verdict = self.sudo()  # the measured figures are not readable as such: hidden ones are taken out here
        return {
            'scheme': verdict.scheme_id.name, 'method': verdict.scheme_id.method,
            'grade': verdict.grade_id.name or None, 'grade_color': verdict.grade_id.color,
            'computed_grade': verdict.computed_grade_id.name or None,
            'status': verdict.status, 'status_text': verdict._status_text(),
            'score': verdict.score if verdict.status == 'graded' else None,
            'since': fields.Date.to_string(verdict.since) or None,
            'segment': verdict.segment_id.name or None, 'advice': verdict.segment_id.advice or None,
            'dimensions': [verdict._explain_dimension(dimension, visible) for dimension in verdict.scheme_id.dimension_ids],
            'lift': verdict._explain_lifts(visible),
            'override': verdict._explain_override(),
            'pending': verdict._explain_pending(),
        }

    def _status_text(self):
        """Return the verdict as one sentence."""
        scheme = self.scheme_id
        if self.status == 'too_new':
            return self.env._("Too new to be graded: the first purchase was less than %(days)s days ago.", days=scheme.min_tenure_days)
        if self.status == 'too_little':
            return self.env._("Too little data to be graded.")
        if self.status == 'out':
            return self.env._("Not in the scheme any more.")
        if not self.computed_grade_id and not self.grade_id:
            return self.env._("The figures are below every grade.")
        if scheme.method == 'pareto':
            return self.env._(
                "Better customers make up %(share)s %% of the total.", share=self._number(100 - self.score))
        if scheme.method == 'weighted':
            return self.env._("Score %(score)s of 100.", score=self._number(self.score))
        if scheme.method == 'rfm':
            return self.env._("Recency, frequency and money add up to %(score)s of 15.", score=self._number(self.score))
        return self.env._("The grade is that of the cell in which the two figures meet.")

    def _number(self, number):
        return self.env['crm.metric'].new({'unit': 'number'})._format(number)

    def _explain_dimension(self, dimension, visible):
        metric = dimension.metric_id
        value, percentile, points, level = (self.dimension_values or {}).get(str(dimension.id)) or (None,) * 4
        hidden = metric not in visible
        scored = self.scheme_id.method != 'pareto'
        leveled = scored and dimension.scoring != 'linear'
        return {
            'name': metric.name, 'metric': metric.code, 'unit': metric.unit, 'hidden': hidden,
            'value': None if hidden else value,
            'value_text': None if hidden else metric._format(value, self.company_id.currency_id),
            'percentile': percentile, 'points': points if scored else None,
            'level': level if leveled else None, 'level_count': dimension._level_count() if leveled else None,
            'weight': dimension.weight if self.scheme_id.method == 'weighted' else None,
        }

    # ------------------------------------------------------------------
    # What would lift it
    # ------------------------------------------------------------------

    def _explain_lifts(self, visible):
        return [self._explain_lift(one, visible) for one in self._lifts()]

    def _explain_lift(self, one, visible):
        parts = [self._lift_text(dimension, target, dimension.metric_id in visible) for dimension, target in one.items()]
        first = next(iter(one))
        together = len(one) > 1
        return {
            'text': self.env._(" and ").join(parts), 'together': together,
            'dimension': ", ".join(dimension.metric_id.name for dimension in one),
            'delta': None if together or first.metric_id not in visible else self._delta(first, one[first]),
        }

    def _delta(self, dimension, target):
        value = ((self.dimension_values or {}).get(str(dimension.id)) or (None,))[0]
        return target - (value or 0)

    def _lift_text(self, dimension, target, visible):
        metric, currency = dimension.metric_id, self.company_id.currency_id
        higher = dimension.direction == 'higher'
        if not visible:
            return (self.env._("more %(metric)s", metric=metric.name) if higher
                    else self.env._("less %(metric)s", metric=metric.name))
        delta = self._delta(dimension, target)
        if higher and metric.unit in ('monetary', 'count') and delta > 0:
            return self.env._("%(delta)s more %(metric)s", delta=metric._format(delta, currency), metric=metric.name)
        if higher:
            return self.env._("%(metric)s from %(target)s on", metric=metric.name, target=metric._format(target, currency))
        return self.env._("%(metric)s down to %(target)s", metric=metric.name, target=metric._format(target, currency))

    # ------------------------------------------------------------------
    # Why the grade in force is not the computed one
    # ------------------------------------------------------------------

    def _explain_override(self):
        if not self.is_overridden:
            return None
        return {
            'grade': self.override_grade_id.name, 'reason': self.override_reason or "", 'user': self.override_user_id.name or "",
            'until': fields.Date.to_string(self.override_until) or None,
        }

    def _explain_pending(self):
        """Return the grace that the customer is in, with the runs or days that are left of it."""
        scheme = self.scheme_id
        if not self.pending_since or scheme.demotion == 'immediate':
            return None
        if scheme.demotion == 'runs':
            spent = self.pending_runs
        else:
            spent = (self.company_id._crm_today() - self.pending_since).days
        left = max(scheme.demotion_count - spent, 0)
        text = (self.env._("%(count)s more runs below it", count=left) if scheme.demotion == 'runs'
                else self.env._("%(count)s more days below it", count=left))
        return {
            'since': fields.Date.to_string(self.pending_since), 'runs': self.pending_runs, 'left': left,
            'grade': self.computed_grade_id.name or None, 'text': text,
        }

    def action_open_history(self):
        """Show how grade and score developed."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_grade_history_action')
        subject = ('customer_id', '=', self.customer_id.id) if self.customer_id else ('lead_id', '=', self.lead_id.id)
        graph = self.env.ref('crm_grading.crm_grade_history_view_graph_trend').id
        return {**action, 'domain': [subject, ('scheme_id', '=', self.scheme_id.id)], 'context': {},
                'views': [(graph, 'graph'), (False, 'list')]}
