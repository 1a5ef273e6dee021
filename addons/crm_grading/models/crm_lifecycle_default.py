from odoo import api, models
from odoo.fields import Domain

from ..tools.lifecycle import DEFAULT_STATES


class CrmLifecycleState(models.Model):
    """The states that a company starts with."""
    _inherit = 'crm.lifecycle.state'

    @api.model
    def _create_defaults(self, companies=None):
        """Give every company without any life-cycle state the usual ones; companies that have states are left alone."""
        companies = companies or self.env['res.company'].search(Domain.TRUE)
        having = self.with_context(active_test=False).search([('company_id', 'in', companies.ids)]).company_id
        states = self.create([
            self._default_vals(default, company, sequence)
            for company in companies - having
            for sequence, default in enumerate(DEFAULT_STATES, start=1)
        ])
        self._translate_defaults(states)
        return states

    def _default_vals(self, default, company, sequence):
        metrics = {
            metric.code: metric
            for metric in self.env['crm.metric'].search([('code', 'in', [code for code, *_rest in default.rules])])
        }
        return {
            'name': self._default_names()[default.key],
            'sequence': 10 * sequence,
            'company_id': company.id,
            'color': default.color,
            'is_won': default.won,
            'is_lost': default.lost,
            'rule_ids': [
                (0, 0, {'metric_id': metrics[code].id, 'operator': operator, 'value': value})
                for code, operator, value in default.rules if code in metrics
            ],
        }

    def _default_names(self):
        return {
            'identify': self.env._("To identify"),
            'potential': self.env._("Potential"),
            'opportunity': self.env._("Opportunity"),
            'customer': self.env._("Customer"),
            'user': self.env._("Satisfied user"),
            'lapsed': self.env._("Lapsed"),
        }

    def _translate_defaults(self, states):
        """Give the names in every installed language: they were created in one only."""
        keys = [default.key for default in DEFAULT_STATES]
        for code, _name in self.env['res.lang'].get_installed():
            names = self.with_context(lang=code)._default_names()
            for number, state in enumerate(states):
                state.with_context(lang=code).name = names[keys[number % len(keys)]]


class ResCompany(models.Model):
    _inherit = 'res.company'

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env['crm.lifecycle.state'].sudo()._create_defaults(companies)  # whoever may found companies need not manage sales
        return companies
