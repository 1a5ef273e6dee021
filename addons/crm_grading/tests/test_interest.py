from psycopg2 import IntegrityError
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import GradingCommon
from .contract_points import InterestContractCase


@tagged('post_install', '-at_install')
class TestInterest(InterestContractCase, GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers(user_id=cls.rep.id)
        cls.person = cls.env['res.partner'].create({'name': "Anna", 'parent_id': cls.customer.id})
        cls.topic = cls.env['crm.interest.topic'].create({'name': "Pumps"})

    def _note_interest(self, partner):
        lead = self.env['crm.lead'].create({'name': "Asks for pumps", 'partner_id': partner.id})
        self.env['crm.interest'].create({
            'partner_id': partner.id, 'topic_id': self.topic.id, 'res_model': lead._name, 'res_id': lead.id})
        return lead

    def _create(self, user=None, **vals):
        return self._as(user or self.rep)['crm.interest'].create({'partner_id': self.customer.id, 'topic_id': self.topic.id, **vals})

    def test_quick_note(self):
        """A few words are enough: who, when and where are filled in."""
        interest = self._create(partner_id=self.person.id, topic_id=False, note="Wants a pump\nsoon")
        self.assertEqual((interest.partner_id, interest.contact_id, interest.user_id, interest.company_id, interest.date),
                         (self.customer, self.person, self.rep, self.company, self.TODAY))
        self.assertEqual(interest.display_name, "Wants a pump")

    def test_heard_in_a_lead(self):
        """Noted on the lead's form, it is the customer's, said by the person of the lead."""
        lead = self.env['crm.lead'].create({
            'name': "Trial run", 'type': 'opportunity', 'partner_id': self.person.id, 'user_id': self.rep.id,
            'company_id': self.company.id})
        with Form(lead.with_env(self._as(self.rep))) as form, form.interest_ids.new() as line:
            line.note = "A quiet pump"
        interest = lead.interest_ids
        self.assertEqual(
            (interest.res_model, interest.res_id, interest.partner_id, interest.contact_id, interest.user_id, interest.note),
            ('crm.lead', lead.id, self.customer, self.person, self.rep, "A quiet pump"))
        other = lead.copy()
        self.assertFalse(other.interest_ids)
        self.env['crm.interest'].create({
            'partner_id': self.customer.id, 'note': "Of another document", 'res_model': 'res.partner', 'res_id': lead.id})
        lead.invalidate_recordset(['interest_ids'])
        self.assertEqual(lead.interest_ids, interest)

    def test_name(self):
        self.assertEqual(self._create(product_id=self.product.id).display_name, "Pumps, Thing")

    def test_about_something(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(CheckViolation):
            self._create(topic_id=False, note="")
            self.env.flush_all()

    def test_contact_of_another_customer(self):
        other = self._customers(name="Other")
        with self.assertRaisesRegex(ValidationError, "Anna"):
            self.env['crm.interest'].create({'partner_id': other.id, 'contact_id': self.person.id, 'topic_id': self.topic.id})

    def test_who_asked_about_it_lately(self):
        """The filter of three months includes the same day three months ago, and not the day before."""
        for day in ('2026-03-14', '2026-03-15', '2026-06-15'):
            self._create(date=day)
        found = self.env['crm.interest'].search([('topic_id', 'ilike', "pump"), ('date', '>=', 'today -3m')])
        self.assertEqual(sorted(map(str, found.mapped('date'))), ['2026-03-15', '2026-06-15'])

    def test_rights(self):
        """One sees the own notes and those about the own customers; a team leader those of the team; a manager all."""
        about_mine = self._create(self.manager)
        theirs = self._create(self.rep2, partner_id=self._customers(user_id=self.rep2.id).id)
        self.assertEqual(self._as(self.rep)['crm.interest'].search([]), about_mine)
        self.assertEqual(self._as(self.lead)['crm.interest'].search([]), about_mine)
        self.assertEqual(self._as(self.rep2)['crm.interest'].search([]), theirs)
        self.assertEqual(self._as(self.manager)['crm.interest'].search_count([]), 2)
        with self.assertRaises(AccessError):
            about_mine.with_user(self.rep2).note = "Changed"
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.interest'].search([])

    def test_company(self):
        self._create(self.manager)
        self.assertFalse(self._as(self.manager_usd)['crm.interest'].search([]))
        self.assertFalse(self._as(self.manager, self.company_usd)['crm.interest'].search([]))

    def test_topic_in_use(self):
        self._create()
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self.topic.unlink()
