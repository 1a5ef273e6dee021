from odoo import api, fields, models

SHORTFALL = 'crm_visit_quota.mail_activity_visit_shortfall'
PORTFOLIO = 'crm_visit_quota.mail_activity_portfolio'


class CrmVisitQuotaWarning(models.Model):
    """That somebody was told about a result: once per month and level, so that nobody is told the same thing every night."""
    _name = 'crm.visit.quota.warning'
    _description = "Quota Warning"
    _order = 'date desc, id desc'

    result_id = fields.Many2one('crm.visit.quota.result', required=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one(related='result_id.company_id', store=True, index=True)
    level = fields.Selection(
        [('rep', "Person"), ('leader', "Team leader"), ('portfolio', "Portfolio")], required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one('res.users', "Told", required=True, ondelete='cascade', index=True, readonly=True)
    days_left = fields.Float("Working Days Left", digits=(16, 2), readonly=True)

    _warning_uniq = models.UniqueIndex('(result_id, level)')

    @api.model
    def _warn(self, company):
        """Tell people in time that they will miss this month's quota, and those responsible when nothing changes.

        The person first, after the company's share of the month's working days; N of the person's working days later the team
        leader. Who has caught up is left in peace.
        """
        today = company._crm_today()
        results = self.env['crm.visit.quota.result'].sudo().search([  # everybody is warned, whoever sets the job going
            ('company_id', '=', company.id), ('period', '=', 'month'), ('kind', '=', 'regular'), ('state', '=', 'open'),
            ('date_from', '<=', today), ('date_to', '>=', today)])
        told = {(warning.result_id, warning.level): warning for warning in self.sudo().search([('result_id', 'in', results.ids)])}
        behind = results.filtered('behind')
        caught_up = (results - behind).filtered(lambda result: (result, 'rep') in told)
        caught_up.activity_unlink([SHORTFALL])
        tell = [(result, 'rep', result.user_id) for result in behind
                if (result, 'rep') not in told and self._is_time(company, result)]
        for result in behind:
            first = told.get((result, 'rep'))
            leader = self._responsible(company, result)
            if first and leader and (result, 'leader') not in told and (
                    result.working_days_left <= first.days_left - company.crm_quota_escalate_days):
                tell.append((result, 'leader', leader))
        tell += [(result, 'portfolio', result.user_id) for result in results if result.portfolio_over and (result, 'portfolio') not in told]
        self._tell(tell, today)

    def _is_time(self, company, result):
        over = result.working_days - result.working_days_left
        return result.working_days and 100 * over >= company.crm_quota_warn_percent * result.working_days

    def _responsible(self, company, result):
        """Return whom to tell after the person: the leader of the team, or the company's manager; empty without another."""
        for user in (result.team_id.user_id, company.crm_quota_manager_id):
            if user and user != result.user_id:
                return user
        return self.env['res.users']

    def _tell(self, tell, today):
        """Note the warnings and give everybody an activity in their own language."""
        tell = [(result, level, user) for result, level, user in tell if user.active]
        types = {level: self.env.ref(PORTFOLIO if level == 'portfolio' else SHORTFALL).id for _result, level, _user in tell}
        model = self.env['ir.model']._get_id('crm.visit.quota.result')
        self.sudo().create([{
            'result_id': result.id, 'level': level, 'date': today, 'user_id': user.id, 'days_left': result.working_days_left,
        } for result, level, user in tell])
        self.env['mail.activity'].sudo().create([{
            'res_model_id': model, 'res_id': result.id, 'activity_type_id': types[level], 'user_id': user.id,
            'date_deadline': today, 'automated': True, 'summary': self.with_context(lang=user.lang)._text(result, level),
        } for result, level, user in tell])

    def _text(self, result, level):
        if level == 'portfolio':
            return self.env._(
                "You look after %(count)s customers, %(over)s more than a portfolio holds",
                count=result.portfolio_count, over=result.portfolio_over)
        days = f"{result.working_days_left:g}"
        if level == 'rep':
            return self.env._("%(count)s visits behind, %(days)s working days left", count=result.behind, days=days)
        return self.env._(
            "%(name)s: %(count)s visits behind, %(days)s working days left", name=result.user_id.name, count=result.behind, days=days)
