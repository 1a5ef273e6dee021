from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_grading.tests.contract_points import TimelineContractCase
from odoo.addons.crm_grading.tools.extension import Sighted

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

    # ------------------------------------------------------------------
    # Products
    # ------------------------------------------------------------------

    def test_prices(self):
        """Their price beside ours, in their currency at the day's rate: 1 EUR = 4 USD since 2026."""
        self.product.company_id = self.company
        product = self.env['crm.competitor.product'].with_env(self._as(self.rep)).create({
            'competitor_id': self.file.id, 'name': "Their thing", 'product_id': self.product.id, 'price': 80})
        self.assertEqual((product.currency_id, product.our_price, product.gap, product.date), (self.eur, 100, -20, self.TODAY))
        product.write({'currency_id': self.usd.id, 'price': 500})
        self.assertEqual((product.our_price, product.gap), (400, 25))
        with self.assertRaises(CheckViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            product.price = -1

    # ------------------------------------------------------------------
    # Sightings
    # ------------------------------------------------------------------

    def _sighting(self, user=None, **vals):
        return self._as(user or self.rep)['crm.competitor.sighting'].create({'competitor_id': self.file.id, **vals})

    def test_sighting_in_an_opportunity(self):
        """Customer and company are those of the opportunity; seen today by whoever notes it."""
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        lead = self._lead(partner=person, team_id=self.team.id)
        sighting = self._sighting(lead_id=lead.id)
        self.assertRecordValues(sighting, [{
            'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': self.rep.id, 'date': self.TODAY,
            'team_id': self.team.id}])
        self.assertEqual(self.file.seen_count, 1)
        with self.assertRaises(CheckViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self._sighting()

    def test_who_sees_sightings(self):
        mine, theirs = self._sighting(partner_id=self.customer2.id), self._sighting(self.rep2, partner_id=self.customer2.id)
        teams = self._sighting(self.rep2, lead_id=self._lead(user=self.rep2, team_id=self.team.id, partner=self.customer2).id)
        sightings = mine | theirs | teams

        def seen(user):
            return self._as(user)['crm.competitor.sighting'].search([('id', 'in', sightings.ids)])
        for user, expected in ((self.rep, mine), (self.rep2, theirs | teams), (self.lead, teams), (self.analyst, sightings),
                               (self.manager, sightings), (self.manager_usd, mine.browse())):
            with self.subTest(user=user.name):
                self.assertEqual(seen(user).sorted('id'), expected.sorted('id'))
        self.assertEqual(self.file.with_env(self._as(self.lead)).seen_count, 1)
        with self.assertRaises(AccessError):
            seen(self.employee)
        with self.assertRaises(AccessError):
            mine.with_env(self._as(self.analyst)).note = "x"

    def test_merged_opportunities_keep_them(self):
        first, second = self._lead(), self._lead()
        sighting = self._sighting(lead_id=second.id)
        (first + second)._merge_opportunity(auto_unlink=True)
        self.assertEqual(sighting.exists().lead_id, (first + second).exists())

    def test_metric_and_timeline(self):
        """Counted in 12 months, not in another company, nor what is older; a thing that happened to the customer."""
        self._sighting(partner_id=self.customer.id, date='2025-06-15')     # the day before the window
        self._sighting(partner_id=self.customer.id, date='2025-06-16', note="Cheaper, they say")
        self._as(self.manager, self.company_usd)['crm.competitor.sighting'].create({
            'competitor_id': self.file.id, 'partner_id': self.customer.id})
        self.assertEqual(self._value('competitor_seen', self.customer), 1)
        self.assertEqual(self._value('competitor_seen', self.customer2), 0)
        items = self._as(self.rep)['crm.timeline'].get_timeline(self.customer.id, kinds=['competitor'])['items']
        self.assertEqual((items[0]['title'], items[0]['text']), ("Acme", "Cheaper, they say"))

    def test_named_elsewhere(self):
        """Documents of other apps that name competitors count, too; without one there is nothing to open."""
        with self.assertRaisesRegex(UserError, "names Acme"):
            self.file.action_open_met()
        self.customer2.category_id = self.env['res.partner.category'].create({'name': "x"})
        self.customer.parent_id = self.acme
        place = Sighted("Contacts", 'res.partner', Domain('parent_id', '!=', False), 'parent_id', 'id', 'create_date')
        self.patch(type(self.env['crm.timeline']), '_sighted', lambda model: [place])
        self.file.invalidate_recordset()
        self.assertEqual(self.file.seen_count, 1)
        action = self.file.action_open_met()
        self.assertEqual(self.env[action['res_model']].search(action['domain']), self.customer)

    # ------------------------------------------------------------------
    # Win and loss
    # ------------------------------------------------------------------

    def test_record(self):
        """Won, lost to it, lost to another one, open, taken up again, and a customer who went over to it."""
        other = self.env['crm.competitor'].create({'partner_id': self._customers().id})
        won, lost, elsewhere, still, again = leads = self.env['crm.lead'].union(*(
            self._lead(expected_revenue=100 * number) for number in range(1, 6)))
        for lead in leads:
            self._sighting(lead_id=lead.id, price=80, product_id=self.product.id)
        won.action_set_won()
        (lost + elsewhere + again).action_archive()
        again.action_unarchive()
        events = self.env['crm.churn.event'].search([('lead_id', 'in', leads.ids)])
        for lead in lost + elsewhere + again:
            if lead not in events.lead_id:
                events |= self._loss(lead_id=lead.id)
        events.filtered(lambda event: event.lead_id in lost + again).write({'competitor_id': self.file.id, 'competitor_price': 70})
        events.filtered(lambda event: event.lead_id == elsewhere).competitor_id = other
        gone = self._loss(kind='leave', phase='use', competitor_id=self.file.id, amount=900)
        self.env.flush_all()
        rows = {row.lead_id: row for row in self._as(self.manager)['crm.competitor.report'].search([('competitor_id', '=', self.file.id)])}
        self.assertEqual(
            {lead: row.outcome for lead, row in rows.items()},
            {won: 'won', lost: 'lost', elsewhere: 'elsewhere', still: 'open', again: 'open', won.browse(): 'lost'})
        self.assertEqual((rows[lost].price, rows[won].price, rows[lost].amount), (70, 80, 200))
        self.assertEqual((rows[won].product_id, rows[won.browse()].event_id, rows[won.browse()].amount), (self.product, gone, 900))
        self.assertEqual((self.file.won_count, self.file.lost_count, self.file.win_rate), (1, 2, 25))
        self.assertEqual((other.won_count, other.lost_count, other.win_rate), (0, 1, 0))
        self.assertEqual(rows[won].action_open_document()['res_id'], won.id)

    def test_record_by_product_and_region(self):
        """Where we win against it and where we lose: by our product and its category, by country and region of the customer."""
        belgium, here, there = self.env.ref('base.be'), self.env.ref('base.state_us_5'), self.env.ref('base.state_us_6')
        self.customer.write({'country_id': here.country_id.id, 'state_id': here.id})
        self.customer2.write({'country_id': there.country_id.id, 'state_id': there.id})
        thing, others = self.env['product.category'].create([{'name': "Thing"}, {'name': "Others"}])
        self.product.categ_id = thing
        other = self.env['product.product'].create({'name': "Other thing", 'categ_id': others.id})
        abroad = self._customers()
        abroad.country_id = belgium
        for partner, product, won in (
                (self.customer, self.product, True), (self.customer, other, True), (self.customer2, self.product, False),
                (abroad, self.product, False)):
            lead = self._lead(partner=partner)
            self._sighting(self.manager, lead_id=lead.id, product_id=product.id)
            if won:
                lead.action_set_won()
            else:
                lead.action_set_lost()
                lead.crm_churn_event_ids.sudo().competitor_id = self.file
        self.env.flush_all()

        def rates(by):
            found = self._as(self.manager)['crm.competitor.report']._read_group(
                [('competitor_id', '=', self.file.id)], [by], ['won:sum', 'lost:sum', 'win_rate:avg'])
            return {group: (won, lost, round(rate, 1)) for group, won, lost, rate in found}
        self.assertEqual(rates('product_id'), {self.product: (1, 2, 33.3), other: (1, 0, 100)})
        self.assertEqual(rates('categ_id'), {thing: (1, 2, 33.3), others: (1, 0, 100)})
        self.assertEqual(rates('state_id'), {here: (2, 0, 100), there: (0, 1, 0), here.browse(): (0, 1, 0)})
        self.assertEqual(rates('country_id'), {here.country_id: (2, 1, 66.7), belgium: (0, 1, 0)})

    def test_record_by_role(self):
        self._sighting(lead_id=self._lead(team_id=self.team.id).id)
        self._sighting(self.rep2, lead_id=self._lead(user=self.rep2, partner=self.customer2, team_id=False).id)
        for user, count in ((self.rep, 1), (self.rep2, 1), (self.lead, 1), (self.analyst, 2), (self.manager_usd, 0)):
            with self.subTest(user=user.name):
                self.assertEqual(self._as(user)['crm.competitor.report'].search_count([('competitor_id', '=', self.file.id)]), count)
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.competitor.report'].search([])

    def test_merged_contacts_leave_one_file(self):
        """The destination's file gets what was in the other one; a file without a counterpart moves along."""
        double, target = self._customers(2, "Double")
        source = self.env['crm.competitor'].create({'partner_id': double.id, 'strengths': "<p>Cheap</p>", 'weaknesses': "<p>Slow</p>"})
        own = self.env['crm.competitor'].create({'partner_id': double.id, 'company_id': self.company.id})
        kept = self.env['crm.competitor'].create({'partner_id': target.id, 'strengths': "<p>Near</p>"})
        sighting = self._sighting(partner_id=self.customer.id)
        sighting.sudo().competitor_id = source
        event = self._loss(competitor_id=source.id)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((double + target).ids, target)
        self.assertFalse(source.exists())
        self.assertEqual((sighting.competitor_id, event.competitor_id, own.partner_id), (kept, kept, target))
        self.assertEqual((kept.strengths, kept.weaknesses), ("<p>Near</p>", "<p>Slow</p>"))

    def test_pages_of_the_analyst(self):
        """Whoever only analyses reads every column, though not the opportunities behind."""
        self._sighting(lead_id=self._lead().id, product_id=self.product.id)
        self._loss(competitor_id=self.file.id, team_id=self.team.id, source_id=self.env['utm.source'].create({'name': "Fair"}).id)
        self.env.flush_all()
        for model in ('crm.competitor', 'crm.competitor.sighting', 'crm.competitor.report', 'crm.churn.report', 'crm.customer'):
            with self.subTest(model=model):
                views = self._as(self.analyst)[model].get_views([(False, 'list'), (False, 'search')])
                names = views['models'][model]['fields']
                spec = {name: {'fields': {'display_name': {}}} if field['type'] == 'many2one' else {} for name, field in names.items()
                        if name in views['views']['list']['arch']}
                self.assertTrue(spec)
                self._as(self.analyst)[model].web_search_read([], spec, limit=5)


@tagged('post_install', '-at_install')
class TestCompetitorTimeline(TimelineContractCase, ChurnCommon):
    timeline_kinds = ('competitor',)

    def _happen(self, kind, partner, company):
        file = self.env['crm.competitor'].create({'partner_id': self._customers(name="Rival").id})
        return self.env['crm.competitor.sighting'].create(
            {'competitor_id': file.id, 'partner_id': partner.id, 'company_id': company.id, 'date': self.TODAY})
