from markupsafe import Markup

from odoo import api, fields, models


class CrmGradingScheme(models.Model):
    """A scheme says in plain words what it does: who is graded, by which figures, and who is on a boundary."""
    _inherit = 'crm.grading.scheme'

    statement = fields.Html("What This Scheme Does", compute='_compute_statement', sanitize=False)
    last_run_id = fields.Many2one('crm.grading.run', compute='_compute_last_run_id')

    def _compute_last_run_id(self):
        runs = self.env['crm.grading.run.result'].sudo()._read_group(  # that and when it ran is no secret
            [('scheme_id', 'in', self._origin.ids), ('run_id.kind', 'in', ('nightly', 'manual')), ('run_id.state', '=', 'done')],
            ['scheme_id'], ['run_id:max'])
        last = {scheme.id: run for scheme, run in runs}
        for scheme in self:
            scheme.last_run_id = last.get(scheme._origin.id)

    @api.depends(
        'population', 'method', 'min_tenure_days', 'min_purchases', 'demotion', 'demotion_count', 'dimension_ids.metric_id',
        'band_ids.threshold', 'band_ids.grade_id', 'share_metric_id')
    def _compute_statement(self):
        for scheme in self:
            sentences = [
                scheme._population_sentence(), *scheme._metric_sentences(), scheme._boundary_sentence(),
                scheme._demotion_sentence(), scheme._last_run_sentence()]
            scheme.statement = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % sentence for sentence in sentences if sentence)

    def _population_sentence(self):
        who = {
            'customer': self.env._("All customers of the company with at least one purchase, old and new"),
            'prospect': self.env._("Contacts without any purchase yet"),
            'dealer': self.env._("Contacts with one of the dealer tags, with and without purchases"),
            'lead': self.env._("Leads that no contact stands behind yet"),
        }.get(self.population, "")
        limits = []
        if self.min_tenure_days:
            limits.append(self.env._("too new before day %(days)s", days=self.min_tenure_days))
        if self.min_purchases:
            limits.append(self.env._("too little data below %(count)s purchases", count=self.min_purchases))
        return f"{who} ({', '.join(limits)})." if limits else f"{who}."

    def _metric_sentences(self):
        for metric in self.dimension_ids.metric_id:
            text = f"{metric.name}: {metric.description or ''}".strip(": ")
            yield text if metric.is_replayable else self.env._("%(metric)s (not exact for days in the past)", metric=text)
        if any(metric.unit == 'monetary' for metric in self.dimension_ids.metric_id):
            yield self.env._("Amounts are in %(currency)s.", currency=self.company_id.currency_id.name)

    def _boundary_sentence(self):
        if self.method == 'weighted':
            lowest = min(self.band_ids.mapped('threshold'), default=0)
            text = self.env._("A score or value exactly on a boundary belongs to the better grade.")
            if lowest > 0:
                text += " " + self.env._("Customers with a score below %(score)g get no grade.", score=lowest)
            return text
        if self.method == 'pareto':
            return self.env._(
                "The customer who crosses a boundary still belongs to the better grade; customers of equal value always share one.")
        return self.env._("A value exactly on a threshold belongs to the better level.")

    def _demotion_sentence(self):
        if self.demotion == 'runs':
            return self.env._(
                "Promotion is at once; demotion after %(count)s runs in a row below, counted once a day.", count=self.demotion_count)
        if self.demotion == 'days':
            return self.env._("Promotion is at once; demotion after %(count)s days below.", count=self.demotion_count)
        return self.env._("Promotion and demotion are at once.")

    def _last_run_sentence(self):
        run = self.last_run_id.sudo()  # as in _compute_last_run_id
        if not run:
            return self.env._("Not run yet.")
        return self.env._(
            "Last run as of %(date)s: %(count)s customers.", date=fields.Date.to_string(run.date), count=run.population)
