from odoo import api, fields, models
from odoo.fields import Command

SHARES = (('A', 1, 80), ('B', 2, 95), ('C', 3, 100))
RFM_AXES = (('r', 'recency'), ('f', 'invoice_count_ever'), ('m', 'invoiced_ever'))


class CrmGradingScheme(models.Model):
    """The schemes by which an imported sales history is looked at."""

    _inherit = 'crm.grading.scheme'

    history_code = fields.Char(readonly=True, copy=False, help="Which scheme of an imported sales history this is.")

    @api.model
    def _create_sales_history_schemes(self, company):
        """Create the missing ones of the schemes for a company whose sales history was imported.

        :returns: dict code -> scheme: 'pareto' (leading if there is none yet), 'rfm_equal', 'rfm_percentile', and the draft
            'pareto_180' on the invoices of 180 days, for grade migration
        """
        found = {scheme.history_code: scheme for scheme in self.search([
            ('company_id', '=', company.id), ('history_code', '!=', False)])}
        leads = self.search_count([('company_id', '=', company.id), ('is_leading', '=', True), ('state', '=', 'active')])
        values = {
            'pareto': lambda: self._pareto_values(company, 'invoiced_ever') | {
                'name': self.env._("Pareto 80/95 on invoiced revenue"), 'state': 'active', 'is_leading': not leads},
            'rfm_equal': lambda: self._rfm_values('quantile') | {
                'name': self.env._("RFM, equal-sized fifths"), 'state': 'active'},
            'rfm_percentile': lambda: self._rfm_values('percentile') | {
                'name': self.env._("RFM, percentile cut points"), 'state': 'active'},
            'pareto_180': lambda: self._pareto_values(company, 'invoiced_180') | {
                'name': self.env._("Pareto 80/95 on the invoices of 180 days")},
        }
        for code, make in values.items():
            if code not in found:
                found[code] = self.create(make() | {'company_id': company.id, 'history_code': code})
        return found

    def _metric_id(self, code):
        return self.env['crm.metric']._from_codes([code]).id

    def _pareto_values(self, company, code):
        grades = self._history_grades(company)
        return {
            'method': 'pareto',
            'share_metric_id': self._metric_id(code),
            'dimension_ids': [Command.create({'metric_id': self._metric_id(code), 'if_missing': 'verdict'})],
            'band_ids': [Command.create({'grade_id': grades[name].id, 'threshold': share}) for name, _order, share in SHARES],
        }

    def _history_grades(self, company):
        Grade = self.env['crm.grade']
        grades = {}
        for name, sequence, _share in SHARES:
            grades[name] = Grade.with_context(active_test=False).search(
                [('company_id', '=', company.id), ('name', '=', name)], limit=1) or Grade.create(
                {'name': name, 'sequence': sequence, 'company_id': company.id})
        return grades

    def _rfm_values(self, scoring):
        return {
            'method': 'rfm',
            'share_metric_id': self._metric_id('invoiced_ever'),
            'dimension_ids': [Command.create({
                'axis': axis, 'metric_id': self._metric_id(code), 'scoring': scoring, 'groups': 5, 'sequence': sequence,
            }) for sequence, (axis, code) in enumerate(RFM_AXES)],
            'segment_ids': [Command.create({'sequence': sequence} | segment)
                            for sequence, segment in enumerate(self._history_segments())],
        }

    def _history_segments(self):
        """Champions, customers at risk, new and lost ones by the usual ranges; everybody else is in between."""
        return [
            {'name': self.env._("Champions"), 'r_min': 4, 'f_min': 4, 'm_min': 4},
            {'name': self.env._("At risk"), 'r_max': 2, 'f_min': 4, 'm_min': 4},
            {'name': self.env._("New"), 'r_min': 5, 'f_max': 1},
            {'name': self.env._("Lost"), 'r_max': 1, 'f_max': 2},
            {'name': self.env._("In between")},
        ]
