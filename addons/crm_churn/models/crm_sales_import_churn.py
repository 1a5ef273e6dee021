from odoo import models

SAVE_FIRST = 10


class CrmSalesImport(models.Model):
    """Whom a company is losing, said from nothing but its sales history."""
    _inherit = 'crm.sales.import'

    def _grade(self):
        """Fit the models before customers are graded: with their grade they get their risk."""
        Models = self.env['crm.churn.model'].sudo()  # whoever may import a company may have it judged
        Models._ensure_models()
        for model in Models.search([('company_id', '=', self.company_id.id), ('fit_date', '=', False)]):
            model._refit_safely()
        return super()._grade()

    def _figures(self, date=None):
        figures = super()._figures(date)
        return {**figures, 'churn': self._churn_figures()} if figures else figures

    def _churn_figures(self):
        """Who judges the customers of the current company, how good that was on its past, and whom to save first.

        :return: JSON-able dict; shares and risks in percent, amounts in the company's currency
        """
        company = self.env.company
        Customers = self.env['crm.customer']
        levels = dict(Customers._read_group(
            [('company_id', '=', company.id), ('churn_level', '!=', False)], ['churn_level'], ['__count']))
        first = Customers.search(
            [('company_id', '=', company.id), ('churn_at_stake', '>', 0)], order='churn_priority desc, id', limit=SAVE_FIRST)
        return {
            'models': [{
                'kind': model.kind, 'speaks': model.is_speaking, 'verdict': model.verdict, 'horizon_days': model.horizon_days,
                'fitted_as_of': str(model.fit_date), 'log_likelihood': round(model.log_likelihood, 3),
                'backtests': [{
                    'date': str(test.date), 'customers': test.customers, 'lost': round(test.lost_share, 2),
                    'predicted': round(test.predicted_share, 2), 'auc': round(test.auc, 4), 'auc_active': round(test.auc_active, 4),
                    'auc_recency': round(test.recency_auc, 4), 'auc_recency_active': round(test.recency_auc_active, 4),
                    'lift': round(test.lift, 2)} for test in model.backtest_ids.sorted('date')],
            } for model in self.env['crm.churn.model'].search([('company_id', '=', company.id)])],
            'levels': {level: levels.get(level, 0) for level, _label in Customers._fields['churn_level'].selection},
            'save_first': [{
                'customer': customer.partner_id.ref or customer.partner_id.name, 'risk': round(customer.churn_risk, 1),
                'yearly_value': round(customer.churn_value, 2), 'at_stake': round(customer.churn_at_stake, 2)} for customer in first],
        }
