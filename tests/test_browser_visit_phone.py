"""A rep's day on the phone: two check-ins, one of them without a connection; the brief; an off-plan visit in a few taps."""
from datetime import timedelta

from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged

# "offline" cuts the line, "loseAnswers" lets through what is sent but not what is answered
HELPERS = """
    const send = XMLHttpRequest.prototype.send;
    const line = { cut: false, loseAnswers: false };
    XMLHttpRequest.prototype.send = function (body) {
        if (line.cut && String(body).includes('"crm.visit')) {  // what else the web client asks for is not the point
            setTimeout(() => this.dispatchEvent(new ProgressEvent("error")));
        } else if (line.loseAnswers && String(body).includes('"sync"')) {
            const url = "/web/dataset/call_kw/crm.visit.sync/sync";
            fetch(url, { method: "POST", body, headers: { "Content-Type": "application/json" } })
                .then((answer) => answer.json())
                .then(() => { line.cut = true; this.dispatchEvent(new ProgressEvent("error")); });
        } else {
            send.call(this, body);
        }
    };
    const geolocation = { getCurrentPosition: (found) => found({
        coords: { latitude: 50.85, longitude: 4.35, accuracy: 12 }, timestamp: Date.now() - 3000 }) };
    Object.defineProperty(navigator, "geolocation", { value: geolocation, configurable: true });
    Object.assign(steps, {
        photo: async (target) => {
            const input = await one(target);
            const canvas = Object.assign(document.createElement("canvas"), { width: 3000, height: 2000 });
            const blob = await new Promise((resolve) => canvas.toBlob(resolve));
            const files = new DataTransfer();
            files.items.add(new File([blob], "shelf.png", { type: "image/png" }));
            input.files = files.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        },
        offline: () => { line.cut = true; window.dispatchEvent(new Event("offline")); },
        online: () => { line.cut = line.loseAnswers = false; window.dispatchEvent(new Event("online")); },
        loseAnswers: () => { line.cut = false; line.loseAnswers = true; },
        reopen: async () => {  // what the next page does with what the device has kept
            const { Outbox } = odoo.loader.modules.get("@crm_visit_quota/my_day/outbox_service");
            const { env } = odoo.__WOWL_DEBUG__.root;
            line.cut = false;
            const { OutboxStore } = odoo.loader.modules.get("@crm_visit_quota/my_day/outbox_store");
            await new Outbox(env.services.orm, new OutboxStore(env.services.crm_visit_outbox.store.name)).send();
        },
        kept: (count) => until(`${count} entries kept on the device`, async () => {
            const name = (await indexedDB.databases()).find((one) => one.name.startsWith("crm_visit_")).name;
            const db = await new Promise((resolve) => { indexedDB.open(name).onsuccess = (ev) => resolve(ev.target.result); });
            const found = await new Promise((resolve) => {
                db.transaction("events").objectStore("events").count().onsuccess = (ev) => resolve(ev.target.result); });
            db.close();
            return found === Number(count);
        }),
        fits: () => {
            const width = document.documentElement.scrollWidth;
            const wide = [...document.querySelectorAll(".o_crm_my_day *, .o_crm_brief *, .modal-content")].find(
                (one) => one.getBoundingClientRect().right > window.innerWidth + 1 && getComputedStyle(one).position !== "fixed");
            if (width > window.innerWidth || wide) {
                throw new Error(`wider than ${window.innerWidth} px: ${wide ? wide.outerHTML.slice(0, 200) : width}`);
            }
        },
    });
"""


class PhoneCase(JourneyCase):
    journey_login = 'phone_rep'
    journey_helpers = HELPERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref('base.main_company')
        cls.company.crm_visit_positions = True
        cls.rep = cls._person('phone_rep', 'sales_team.group_sale_salesman', cls.company)
        cls.first, cls.second, cls.third = cls.env['res.partner'].create([{
            'name': name, 'is_company': True, 'customer_rank': 1, 'user_id': cls.rep.id, 'company_id': cls.company.id,
            'street': "A Very Long Street Name in a Very Long Industrial Estate 123", 'city': "Brussels", 'phone': "+32 2 555 01 02",
        } for name in ("Hammond Hardware Wholesale and Retail Gesellschaft & Co. KG", "Nordwind", "Blumen Peters")])
        cls.first.write({'partner_latitude': 50.85, 'partner_longitude': 4.35})
        cls.onsite = cls.env.ref('crm_visit_quota.crm_visit_kind_onsite')
        now = fields.Datetime.now().replace(second=0)
        cls.visits = cls.env['crm.visit'].create([{
            'partner_id': partner.id, 'user_id': cls.rep.id, 'company_id': cls.company.id, 'kind_id': cls.onsite.id,
            'date_start': now + timedelta(minutes=minutes), 'date_end': now + timedelta(minutes=minutes + 1),
            'check_ids': [Command.create({'name': "Show the catalogue", 'is_required': True})] if minutes else [],
        } for partner, minutes in ((cls.first, 0), (cls.second, 1))])
        cls.cards = [f'.o_crm_visit[data-visit="{visit.id}"]' for visit in cls.visits]

    def _walk_a_day(self, end):
        """Two visits, the line is cut in the second; then ``end``, by which everything has come through."""
        first, second = self.cards
        before = fields.Datetime.now().replace(microsecond=0)
        self._journey('/odoo/my-day', [
            ('see', second), ('fits',), ('click', f'{first} .o_crm_check_in'), ('see', f'{first} .o_crm_check_out'), ('fits',),
            ('type', f'{first} .o_crm_note', "They want a pump"), ('click', f'{first} [data-outcome=progress]'),
            ('click', f'{first} .o_crm_check_out'), ('see', f'{first}.o_crm_visit_done'), ('text', '.o_crm_status', "All sent"),
            ('kept', 0), ('offline',), ('text', '.o_crm_status', "Offline"),
            ('click', f'{second} .o_crm_check_in'), ('see', f'{second} .o_crm_check_out'), ('see', f'{second} .o_crm_pending'),
            ('click', f'{second} .o_crm_check_out'), ('text', f'{second} [role=alert]', "Before you check out"),
            ('click', f'{second} .o_crm_checks input'), ('type', f'{second} .o_crm_note', "Met the buyer"),
            ('type', f'{second} .o_crm_next_step', "Send the offer"), ('photo', f'{second} .o_crm_photo input'),
            ('text', f'{second} .o_crm_photo', "(1)"), ('click', f'{second} .o_crm_check_out'), ('see', f'{second}.o_crm_visit_done'),
            ('text', '.o_crm_status', "to send"), ('fits',), ('pause', 2500), *end, ('kept', 0), ('fits',)])
        one, two = self.visits
        self.assertEqual((one.state, one.note, one.outcome, one.location_state), ('done', "They want a pump", 'progress', 'located'))
        self.assertEqual((two.state, two.note, two.next_step), ('done', "Met the buyer", "Send the offer"))
        self.assertEqual((len(two.photo_ids), two.check_ids.is_done, len(two.fix_ids)), (1, True, 2))
        self.assertLess(len(two.photo_ids.raw), 100_000, "made smaller before it is sent")
        entries = self.env['crm.visit.sync'].search([('visit_id', '=', two.id)])
        self.assertEqual(sorted(entries.mapped('type')).count('check_in'), 1)
        for entry in entries:
            self.assertGreaterEqual((entry.received_at - entry.at).total_seconds(), 1, "done at its time, not when it was sent")
        self.assertEqual(two.actual_start, entries.filtered(lambda entry: entry.type == 'check_in').at)
        self.assertGreaterEqual(two.actual_start, before)
        self.assertEqual(len(self.env['crm.visit'].search([('user_id', '=', self.rep.id)])), 2)

    def _walk_off_plan(self):
        """In four taps: the plus, the customer, the check-in; the check-out. It costs no more without a connection."""
        customer = f'[data-customer="{self.third.id}"]'
        self._journey('/odoo/my-day', [
            ('see', self.cards[0]), ('see', '[data-customers]:not([data-customers="0"])'), ('offline',),
            ('click', '.o_crm_add_visit'), ('fits',), ('click', customer), ('fits',),
            ('click', '.o_crm_begin'), ('click', '.o_crm_visit_underway .o_crm_check_out'), ('see', '.o_crm_visit_done'),
            ('online',), ('text', '.o_crm_status', "All sent"), ('kept', 0),
            ('click', '.o_crm_add_visit'), ('type', '.o_crm_customer_search', "Nordw"), ('click', f'[data-customer="{self.second.id}"]'),
            ('click', f'[data-kind="{self.env.ref("crm_visit_quota.crm_visit_kind_phone").id}"]'), ('click', '.o_crm_log'),
            ('text', '.o_crm_visit_done ~ .o_crm_visit_done', "Nordwind"), ('text', '.o_crm_status', "All sent"), ('kept', 0), ('fits',)])
        made = self.env['crm.visit'].search([('user_id', '=', self.rep.id), ('is_off_plan', '=', True)], order='id')
        self.assertEqual(made.mapped('partner_id'), self.third + self.second)
        self.assertEqual(made.mapped('state'), ['done', 'done'])

    def _walk_brief(self):
        self.env['crm.visit'].create({
            'partner_id': self.first.id, 'user_id': self.rep.id, 'company_id': self.company.id, 'kind_id': self.onsite.id, 'state': 'done',
            'date_start': '2026-01-05 10:00:00', 'actual_start': '2026-01-05 10:00:00', 'actual_end': '2026-01-05 11:00:00',
            'note': "Wants a trial", 'next_step': "Send samples"})
        self.first.activity_schedule('mail.mail_activity_data_todo', summary="Bring the catalogue", user_id=self.rep.id)
        self._journey('/odoo/my-day', [
            ('click', f'{self.cards[0]} .o_crm_open_brief'), ('text', '.o_crm_brief_visits', "Wants a trial"),
            ('text', '.o_crm_brief_points', "Bring the catalogue"), ('see', '.o_crm_brief_print'), ('fits',)])
        self._journey(f'/odoo/customer-brief/{self.first.id}', [('text', '.o_crm_brief_visits', "Wants a trial"), ('fits',)])
        self._journey(f'/odoo/customer-contacts/{self.first.id}', [
            ('click', '.o_crm_page .o_crm_open_brief'), ('text', '.modal .o_crm_brief', "Wants a trial"), ('fits',)])


@tagged('post_install', '-at_install')
class TestVisitPhone(PhoneJourney, PhoneCase):

    def test_day(self):
        """Nothing that was done without a connection is lost, and it keeps its time."""
        self._walk_a_day([('online',), ('text', '.o_crm_status', "All sent"), ('without', '.o_crm_pending')])

    def test_lost_answers(self):
        """What has come through, but whose answer got lost, is sent again and not done again."""
        self._walk_a_day([
            ('loseAnswers',), ('click', '.o_crm_status'), ('pause', 1500), ('text', '.o_crm_status', "to send"),
            ('online',), ('text', '.o_crm_status', "All sent")])

    def test_next_page(self):
        """The page was closed without a connection: the next one sends what was kept."""
        self._walk_a_day([('reopen',)])

    def test_off_plan(self):
        self._walk_off_plan()

    def test_brief(self):
        self._walk_brief()


@tagged('post_install', '-at_install')
class TestVisitDesktop(PhoneCase):

    def test_day(self):
        self._walk_a_day([('online',), ('text', '.o_crm_status', "All sent")])

    def test_off_plan(self):
        self._walk_off_plan()

    def test_brief(self):
        self._walk_brief()
        self._journey(f'/odoo/visits/{self.visits[0].id}', [
            ('click', 'button[name=action_open_brief]'), ('text', '.o_crm_brief_page .o_crm_brief', "Wants a trial")])
