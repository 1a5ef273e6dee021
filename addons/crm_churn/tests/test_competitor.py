from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestCompetitor(ChurnCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env['res.partner'].create({'name': "Acme", 'is_company': True})
        cls.file = cls.env['crm.competitor'].create({'partner_id': cls.acme.id})

    def test_whoever_has_a_file_is_a_competitor(self):
        self.assertTrue(self.acme.crm_is_competitor)
        self.assertEqual(self.file.name, "Acme")
        other = self._customers()
        self.file.with_env(self._as(self.rep)).partner_id = other
        self.assertTrue(other.crm_is_competitor)

    def test_one_file(self):
        """One for all companies, and one of a company beside it; the company's own counts there."""
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.env['crm.competitor'].create({'partner_id': self.acme.id})
        own = self.env['crm.competitor'].create({'partner_id': self.acme.id, 'company_id': self.company_usd.id})
        files = self.env['crm.competitor']
        self.assertEqual(files._files_of(self.acme, self.company_usd), own)
        self.assertEqual(files._files_of(self.acme, self.company), self.file)

    def test_who_may(self):
        hidden = self.env['crm.competitor'].create({'partner_id': self._customers().id, 'company_id': self.company_usd.id})
        files = self.file | hidden
        for user in (self.rep, self.leads_all, self.manager, self.analyst):
            with self.subTest(user=user.name):
                self.assertEqual(self._as(user)['crm.competitor'].search([('id', 'in', files.ids)]), self.file)
                self.assertEqual(self.file.with_env(self._as(user)).has_access('write'), user != self.analyst)
                self.assertEqual(self.file.with_env(self._as(user)).has_access('unlink'), user == self.manager)
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.competitor'].search([])

    def test_lost_to(self):
        """The owner says to whom and at which price; who has a loss on record cannot be deleted."""
        event = self._loss()
        event.with_env(self._as(self.rep)).write({'competitor_id': self.file.id, 'competitor_price': 90})
        self.assertEqual((event.competitor_id, event.competitor_price), (self.file, 90))
