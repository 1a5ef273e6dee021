from odoo import Command
from odoo.tests import tagged

from .test_churn_alert_result import AlertResultCommon


@tagged('post_install', '-at_install')
class TestPartnerFamily(AlertResultCommon):
    """What is open about a customer that becomes a contact of another one, or is merged into it, is about that one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.pool'].search([]).active = False
        cls.alert = cls._alert("Joining", '2026-06-01')
        cls.joining = cls.alert.partner_id
        cls.target = cls._customers(1, name="Target", user_id=cls.rep.id)

    def _case(self, partner, **vals):
        return self.env['crm.churn.case'].create({'partner_id': partner.id, 'company_id': self.company.id, **vals})

    def _join(self):
        self.joining.write({'is_company': False, 'parent_id': self.target.id})
        self.assertEqual(self.joining.commercial_partner_id, self.target)

    def _merge(self):
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.joining + self.target).ids, self.target)
        self.env.invalidate_all()

    def test_case(self):
        """Open and closed ones, with their losses; the customer page counts them."""
        event = self._loss(partner=self.joining)
        closed = self._case(self.joining)
        closed._close('won_back')
        case = self._case(self.joining, event_ids=[Command.set(event.ids)])
        self._join()
        self.assertEqual((case + closed).partner_id, self.target)
        self.assertEqual((case.state, case.event_ids, case.name), ('open', event, "Win back Target 1"))
        self.assertEqual(self._profile(self.target).churn_case_count, 2)
        self.assertEqual(self.env['crm.churn.case']._open_for(self.joining, self.company), case)

    def test_case_of_both(self):
        """One goes on, that of the customer that is left, with what was in both."""
        for way in (self._join, self._merge):
            with self.subTest(way=way.__name__), self.env.cr.savepoint() as savepoint:
                loss, other = self._loss(partner=self.joining), self._loss(partner=self.target)
                double = self._case(self.joining, event_ids=[Command.set(loss.ids)], date_open='2026-06-02')
                kept = self._case(self.target, event_ids=[Command.set(other.ids)])
                way()
                self.assertEqual((kept.state, double.state, double.outcome), ('open', 'dropped', "Merged into “Win back Target 1”."))
                self.assertEqual((kept.event_ids, kept.alert_ids), (loss + other, self.alert))
                self.assertEqual((kept + double).partner_id, self.target)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_alert(self):
        """It goes on about the customer that is left, who may have no profile yet."""
        for way in (self._join, self._merge):
            with self.subTest(way=way.__name__), self.env.cr.savepoint() as savepoint:
                way()
                profile = self._profile(self.target)
                self.assertRecordValues(self.alert, [{'partner_id': self.target.id, 'customer_id': profile.id, 'state': 'open'}])
                self._invoices([(self.target, '2026-06-10', 100)])
                self.alerts._note_results(self.company)
                self.assertEqual(self.alert.result, 'alone')
                savepoint.rollback()
                self.env.invalidate_all()

    def test_alert_of_both(self):
        profile = self._profiles(self.target)
        kept = self.alerts.create({
            'customer_id': profile.id, 'partner_id': self.target.id, 'company_id': self.company.id, 'date': '2026-06-05'})
        self._join()
        self.assertRecordValues(self.alert + kept, [
            {'state': 'done', 'outcome': False, 'partner_id': self.target.id, 'customer_id': profile.id},
            {'state': 'open', 'outcome': False, 'partner_id': self.target.id, 'customer_id': profile.id}])

    def _pooled(self):
        pool = self.env['crm.pool'].create({'name': "North", 'company_id': self.company.id})
        self.joining.user_id = False
        self.assertEqual(self.joining.crm_pool_id, pool)
        return pool

    def test_pool(self):
        """A contact of a customer that somebody looks after waits in no pool."""
        self._pooled()
        self._join()
        entries = self.env['crm.pool.entry'].search([('partner_id', 'in', (self.joining + self.target).ids)])
        self.assertFalse(entries)
        self.assertFalse((self.joining + self.target).crm_pool_id)
        move = self.env['crm.pool.move'].search([('partner_id', '=', self.joining.id)], limit=1)
        self.assertEqual((move.kind, move.reason), ('withdrawn', "Became a contact of Target 1"))

    def test_pool_of_nobody(self):
        """The customer itself waits there then; one that is in a pool already stays where it is."""
        pool = self._pooled()
        self.joining.write({'is_company': False, 'parent_id': self.customer2.id})
        entry = self.env['crm.pool.entry'].search([('partner_id', 'in', (self.joining + self.customer2).ids)])
        self.assertEqual((entry.partner_id, entry.pool_id), (self.customer2, pool))
        self.assertEqual((self.joining + self.customer2).crm_pool_id, pool)
        third = self._customers(1, name="Third")
        self.env['crm.pool.move']._carry_out('imported', third, pool=self.env['crm.pool'].create({
            'name': "South", 'company_id': self.company.id}))
        third.write({'is_company': False, 'parent_id': self.customer2.id})
        self.assertEqual(self.env['crm.pool.entry'].search([('partner_id', 'in', (third + self.customer2).ids)]), entry)
        self.assertEqual(third.crm_pool_id, pool)

    def test_nothing_open(self):
        """Contacts that were no customers, and customers without anything open, just join."""
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        person.parent_id = self.target
        self.customer2.write({'is_company': False, 'parent_id': self.target.id})
        self.assertFalse(self.env['crm.churn.alert'].search([('partner_id', '=', self.target.id)]))
        self.assertFalse(self._profile(self.target))
