from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.crm_grading.tests.common import NO_MAIL, GradingCommon


class ChurnCommon(GradingCommon):
    """Customers of ``rep`` and of nobody, an analyst, and cheap losses.

    See :class:`GradingCommon` for the companies and the sales people; the clock stands at 2026-06-15 12:00 UTC (a Monday, 14:00 in
    Brussels). ``analyst`` reads everything in ``company``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.analyst = new_test_user(
            cls.env, login='churn_analyst', name="Analyst", email='analyst@our.example.com', groups='crm_churn.group_churn_analyst',
            tz='Europe/Brussels', company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.customer, cls.customer2 = cls._customers(2)
        cls.customer.user_id = cls.rep
        cls.price = cls.env.ref('crm_churn.crm_churn_reason_price')
        cls.need = cls.env.ref('crm_churn.crm_churn_reason_need')

    @classmethod
    def _lead(cls, partner=None, user=None, company=None, **vals):
        """Create an open opportunity of ``customer``, without any mail."""
        return cls.env['crm.lead'].with_context(**NO_MAIL).create({
            'name': "Deal", 'type': 'opportunity', 'partner_id': (partner or cls.customer).id, 'user_id': (user or cls.rep).id,
            'company_id': (company or cls.company).id, **vals})

    @classmethod
    def _loss(cls, partner=None, company=None, **vals):
        """Record a loss of ``customer`` today."""
        return cls.env['crm.churn.event']._record([{
            'name': "Deal", 'company_id': (company or cls.company).id, 'partner_id': (partner or cls.customer).id, 'kind': 'opportunity',
            'phase': 'sale', 'date': cls.TODAY, 'user_id': cls.rep.id, **vals}])
