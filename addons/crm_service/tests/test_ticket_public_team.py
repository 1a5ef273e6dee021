from psycopg2.errors import UniqueViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import ServicePortalCommon


@tagged('post_install', '-at_install')
class TestTicketPublicOfTeam(ServicePortalCommon):
    """Public forms of teams, in the companies of these: who has not signed in is at work in ``company`` whatever the link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hotline_usd.form_code = 'hotline-usd'
        cls.workshop.form_code = 'workshop'
        cls.abroad = cls.env['crm.faq.article'].create({
            'name': "Opening hours abroad", 'body': "<p>At ten.</p>", 'lang': 'en_US', 'audience': 'public', 'state': 'published',
            'company_id': cls.company_usd.id})

    def _send(self, code, title, **form):
        return self._post(f'/service/new/{code}', user=False, **{
            'type': self.question.id, 'title': title, 'description': "When?", 'name': "Nora New", 'email': 'nora@example.org', **form})

    def _sent(self, title):
        return self.env['crm.ticket'].search([('title', '=', title)])

    def test_goes_to_the_team_and_its_company(self):
        self.question.with_company(self.company).team_id = self.hotline
        for code, team, company in (('hotline-usd', self.hotline_usd, self.company_usd), ('workshop', self.workshop, self.company)):
            with self.subTest(code=code):
                response = self._send(code, f"For {code}")
                ticket = self._sent(f"For {code}")
                self.assertEqual((ticket.team_id, ticket.company_id, ticket.channel), (team, company, 'web'))
                self.assertIn(ticket.name, response.text)
        self.assertEqual(self._sent("For hotline-usd").name, 'T2026-00001')     # numbers of that company
        self.assertIn("Received", self._post(
            '/service/status', user=False, number='T2026-00001', email='nora@example.org').text)

    def test_plain_form_stays_with_the_company_of_visitors(self):
        self._post('/service/new', user=False, type=self.question.id, title="Plain", description="?", name="Nora", email='n@example.org')
        self.assertEqual(self._sent("Plain").company_id, self.company)

    def test_types_and_contacts_of_that_company(self):
        here, there = self.env['crm.ticket.type'].create([
            {'name': f"Only {company.name}", 'company_id': company.id} for company in (self.company, self.company_usd)])
        page = self._get('/service/new/hotline-usd', user=False).text
        self.assertIn(f'/service/new/hotline-usd?type={there.id}"', page)
        self.assertNotIn(f'type={here.id}"', page)
        self._send('hotline-usd', "Wrong type", type=here.id)
        self.assertFalse(self._sent("Wrong type"))
        self.person2.commercial_partner_id.company_id = self.person2.company_id = self.company
        self._send('hotline-usd', "Contact of others", email='person2@example.com')
        self._send('hotline-usd', "Shared contact", email='person@example.com')
        self.assertFalse(self._sent("Contact of others").partner_id)
        self.assertEqual(self._sent("Shared contact").partner_id, self.person)

    def test_answers_of_that_company(self):
        """They are suggested, found and read by who came by the link, and by nobody else."""
        def suggested():
            found = self.make_jsonrpc_request('/service/suggest', {'text': "opening hours"})
            return self.abroad.id in [article['id'] for article in found]
        read = f'/service/faq/{self.abroad.id}'
        self._sign_in(False)
        self.assertEqual((suggested(), self.url_open(read).status_code), (False, 404))
        self.url_open('/service/new/hotline-usd')
        self.assertEqual((suggested(), self.url_open(read).status_code), (True, 200))
        page = self.url_open('/service/faq?search=opening+hours').text
        self.assertIn("Opening hours abroad", page)
        self.assertIn('href="/service/new/hotline-usd"', page)
        self.url_open('/service/new')       # back with the plain one
        self.assertEqual((suggested(), self.url_open(read).status_code), (False, 404))

    def test_links_that_lead_nowhere(self):
        """A form that is gone does not send people to another company."""
        for code in ('hotline', 'hotline-usd2', '..', '%25'):
            with self.subTest(code=code):
                self.assertEqual(self._get(f'/service/new/{code}', user=False).status_code, 404)
        self.hotline_usd.active = False
        self.assertEqual(self._send('hotline-usd', "Too late").status_code, 404)
        self.assertFalse(self._sent("Too late"))

    def test_customers_sign_in(self):
        self.assertTrue(self._get('/service/new/hotline-usd').url.endswith('/my/tickets/new'))

    def test_names_in_links(self):
        self.assertTrue(self.hotline_usd.form_url.endswith('/service/new/hotline-usd'))
        self.assertFalse(self.hotline.form_url)
        for code in ("Hotline", "hot line", "-hotline", "hotline-", "热线", "a/b", "a" * 65):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.hotline.form_code = code
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'):
            self.hotline.form_code = 'workshop'
            self.hotline.flush_recordset()
