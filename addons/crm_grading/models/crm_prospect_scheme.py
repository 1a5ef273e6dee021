from odoo import api, models

from ..tools.prospect import LEAD_DIMENSIONS, PROSPECT_DIMENSIONS, TIERS


class CrmGradingScheme(models.Model):
    """Schemes to start with for those who have not bought yet."""
    _inherit = 'crm.grading.scheme'

    @api.model
    def _create_prospect_scheme(self, company):
        """Create a draft that grades contacts without a purchase by profile and behaviour.

        :return: the scheme; the one that is there already, if the company has one
        """
        return self._create_tier_scheme(company, 'prospect', self.env._("Prospects"), PROSPECT_DIMENSIONS)

    @api.model
    def _create_lead_scheme(self, company):
        """Create a draft that grades leads without a contact; like :meth:`_create_prospect_scheme`."""
        return self._create_tier_scheme(company, 'lead', self.env._("Leads"), LEAD_DIMENSIONS)

    def _create_tier_scheme(self, company, population, name, dimensions):
        existing = self.with_context(active_test=False).search(
            [('company_id', '=', company.id), ('population', '=', population), ('origin_id', '=', False)], limit=1)
        if existing:
            return existing
        tiers = self._tiers(company)
        metrics = {metric.code: metric for metric in self.env['crm.metric']._from_codes([code for code, *_rest in dimensions])}
        return self.create({
            'name': name,
            'company_id': company.id,
            'population': population,
            'method': 'weighted',
            'sequence': 50,
            'dimension_ids': [
                (0, 0, {'metric_id': metrics[code].id, 'weight': weight, 'scoring': 'linear',
                        'low_value': low, 'high_value': high, 'if_missing': 'worst'})
                for code, weight, low, high in dimensions
            ],
            'band_ids': [(0, 0, {'grade_id': tiers[key].id, 'threshold': threshold}) for key, threshold in TIERS],
        })

    def _tiers(self, company):
        """Return the grades that serve as tiers of prospects, created where the company has none of that name."""
        names = {'hot': self.env._("Hot"), 'warm': self.env._("Warm"), 'cold': self.env._("Cold")}
        colors = {'hot': 1, 'warm': 2, 'cold': 4}
        Grade = self.env['crm.grade']
        found = Grade.with_context(active_test=False).search([('company_id', '=', company.id), ('name', 'in', list(names.values()))])
        by_name = {grade.name: grade for grade in found}
        return {
            key: by_name.get(name) or Grade.create({
                'name': name, 'company_id': company.id, 'sequence': 100 + number, 'color': colors[key]})
            for number, (key, name) in enumerate(names.items())
        }

    @api.model
    def action_propose_prospect_schemes(self):
        """Create the drafts for prospects and leads in the current company, and show them."""
        self.check_access('create')
        company = self.env.company
        schemes = self._create_prospect_scheme(company) + self._create_lead_scheme(company)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Prospect Schemes"),
            'res_model': 'crm.grading.scheme',
            'view_mode': 'list,form',
            'domain': [('id', 'in', schemes.ids)],
        }
