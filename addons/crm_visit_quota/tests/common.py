from datetime import datetime, timedelta

from odoo.addons.crm_grading.tests.common import GradingCommon


class VisitCommon(GradingCommon):
    """Customers of ``rep`` and ``rep2`` with a person each, and cheap visits on given days.

    See :class:`GradingCommon` for the companies and people; the clock stands at 2026-06-15 12:00 UTC (a Monday).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.onsite, cls.phone, cls.online, cls.hosted = (
            cls.env.ref(f'crm_visit_quota.crm_visit_kind_{mode}') for mode in ('onsite', 'phone', 'online', 'hosted'))
        cls.customer, cls.customer2 = cls._customers(2, company_id=cls.company.id, user_id=cls.rep.id)
        cls.foreign = cls._customers(1, "Foreign", company_id=cls.company.id, user_id=cls.rep2.id)
        cls.person = cls.env['res.partner'].create({'name': "Person", 'parent_id': cls.customer.id})

    @classmethod
    def _visits(cls, rows, user=None, company=None, kind=None, state='done', hours=1, **vals):
        """Create visits in a state, one call for all.

        :param rows: list of (customer, day 'YYYY-MM-DD' or naive UTC 'YYYY-MM-DD HH:MM'); a day means 08:00 UTC
        """
        company = company or cls.company
        vals_list = []
        for partner, moment in rows:
            start = datetime.fromisoformat(moment if len(moment) > 10 else f'{moment} 08:00')
            end = start + timedelta(hours=hours)
            actual = {'actual_start': start, 'actual_end': end} if state == 'done' else {}
            vals_list.append({
                'partner_id': partner.id, 'company_id': company.id, 'user_id': (user or cls.rep).id, 'kind_id': (kind or cls.onsite).id,
                'date_start': start, 'date_end': end, 'state': state, **actual, **vals})
        return cls.env['crm.visit'].create(vals_list)

    def _by(self, records, user=None):
        """Return records as a user at work in the own company sees them (default: the rep)."""
        return records.with_env(self._as(user or self.rep))
