from .common import VisitCommon


class QuotaCommon(VisitCommon):
    """A quota for the whole company from January 2026: 3 visits per working day, 65 % distinct, 10 % new, 10 % stretch.

    June 2026 begins on a Monday and has 22 working days; on the 15th, where the clock stands, 11 of them have begun.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.rule = cls.env['crm.visit.quota'].create({
            'company_id': cls.company.id, 'date_from': '2026-01-01', 'daily_target': 3, 'distinct_target': 65, 'new_target': 10,
            'stretch': 10})
        cls.months = cls.env['crm.visit.quota.month']

    def _open_months(self, company=None):
        return self.months._ensure(company or self.company)

    def _count(self, company=None):
        """Count the open months of a company as the nightly job does."""
        for month in self._open_months(company):
            month._refresh()

    def _run_night(self):
        """Run the nightly job, in which nothing may go wrong."""
        with self.assertNoLogs('odoo.addons.crm_visit_quota.models.crm_visit_quota_month', 'ERROR'):
            self.months._cron_refresh()

    def _month(self, day='2026-06-01', company=None):
        return self.months.search([('company_id', '=', (company or self.company).id), ('date', '=', day)])

    def _result(self, user=None, day='2026-06-01', period='month', kind='regular', company=None):
        return self.env['crm.visit.quota.result'].search([
            ('company_id', '=', (company or self.company).id), ('user_id', '=', (user or self.rep).id), ('date_from', '=', day),
            ('period', '=', period), ('kind', '=', kind)])

    def _opened(self, result, method):
        """Return the records that a button of a result opens."""
        action = getattr(result, method)()
        return self.env[action['res_model']].with_context(active_test=False).search(action['domain'])
