"""What people of the demo company have talked about with customers: messages, calls, meetings, interests, opportunities."""
from datetime import datetime, time, timedelta

from odoo import Command
from odoo.tools import SQL

from .shop import MAILINGS

MESSAGES = (
    ("Question about delivery", "<p>Can you deliver the bearings before the shutdown in two weeks?</p>", 'in'),
    ("Offer for the yearly overhaul", "<p>As discussed, here is what you need for the overhaul. Call me for the details.</p>", 'out'),
    ("Wrong gasket in the parcel", "<p>We received the 80 mm set instead of 60 mm. Please send the right one.</p>", 'in'),
    ("Thank you for the visit", "<p>It was good to see the new line running. I will send the drawing tomorrow.</p>", 'out'),
    ("Price for ten gear pumps", "<p>What is your best price for ten pumps, delivered in spring?</p>", 'in'),
)
CALLS = ("Asked how the last delivery went", "Agreed on the next order", "Reminded of the open quotation",
         "Talked about spare parts for the old press")
MEETINGS = ("Visit to the plant", "Yearly talk", "Demonstration of frequency converters")
# topic (or none), code of the product (or none), in their words
WISHES = (
    ("Energy saving", 'KV-1401', "Wants to replace the old motors by spring"),
    ("Energy saving", 'KV-1502', "How much power would a converter save on the fans?"),
    ("Maintenance contract", 'KV-1801', "Would take a maintenance contract for the whole line"),
    ("Maintenance contract", '', "Wants one price for all yearly inspections"),
    ("Faster delivery", 'KV-1302', "Needs hoses within 24 hours when a press stands still"),
    ("Faster delivery", 'KV-1601', "Blades on stock with us, called off week by week"),
    ('', 'KV-1001', "Looks for a second source of bearings"),
    ('', 'KV-1304', "Plans a second hall next year"))
# customer, what it is about, expected revenue, probability, stage, days old
OPPORTUNITIES = (
    ('batterie', "Spare parts for the pilot line", 42000, 60, 2, 35), ('vertical', "Pumps for vertical farms", 18000, 40, 1, 28),
    ('ferry', "Hydraulics of two ferries", 9500, 20, 0, 12), ('chengdu', "成都维修车间备件", 30000, 50, 2, 44),
    ('vandijk', "Yearly agreement on bearings", 85000, 70, 2, 50), ('suzhou', "变频器改造", 36000, 55, 1, 20),
    ('stahlbau', "Gearboxes for hall 3", 27000, 45, 1, 33), ('agrar', "Harvest season stock", 31000, 65, 2, 18),
    ('papierwerk', "Win back: overhaul of PM 2", 24000, 15, 0, 40), ('polska', "Dealer stock Poznań", 38000, 60, 2, 25),
    ('zuivel', "New filling line", 12500, 30, 1, 61), ('tianjin', "自动化备件年度协议", 22000, 50, 1, 15),
)
# lead without a contact: company, person, email, country, what about, expected revenue, probability, user
LEADS = (
    ("Gerberei Lüneburg", "Antje Wolff", 'antje@gerberei.example.com', 'de', "Pumps for tanning drums", 14000, 35, 'rep'),
    ("Molinos del Ebro", "Pilar Sanz", 'pilar@molinos.example.com', 'es', "Drive belts", 3200, 20, 'lead'),
    ("西安航天紧固件厂", "罗军", 'luo@xian-fasteners.example.com', 'cn', "液压缸询价", 27000, 45, 'rep2'),
    ("Trondheim Sagbruk", "", 'post@sagbruk.example.com', 'no', "Saw mill parts", 5200, 10, 'rep'),
    ("", "", 'workshop@example.com', '', "Catalogue please", 0, 5, ''),
    ("Kristallglas Zwiesel", "Georg Aigner", 'aigner@kristallglas.example.com', 'de', "Sensors for the furnace", 8800, 30, 'lead'),
)


class Log:
    """Contacts of one demo company with its customers."""

    def __init__(self, env, company, partners, today):
        self.env, self.company, self.partners, self.today = env, company, partners, today
        self.by_key = {customer.key: partner for customer, partner in partners.items()}

    def write_down(self):
        self._messages()
        self._calls()
        self._meetings()
        self._interests()
        self._opportunities()
        self._leads()

    def _moments(self, customer, often):
        """Days on which somebody was in touch: the more often the better the customer, nobody for the forgotten ones."""
        rng = customer.random
        rng.seed(f'{customer.key} contact {often}')
        chance = {'big': 0.9, 'riser': 0.7, 'late': 0.6, 'dealer': 0.6, 'prospect': 0.4, 'steady': 0.35, 'faded': 0.15}
        share = chance.get(customer.character, 0.2) if customer.rep else 0.0
        return [
            (self.today - timedelta(days=int((month + rng.random()) * 30)), rng)
            for month in range(12) if rng.random() < share * often]

    def _messages(self):
        comment = self.env.ref('mail.mt_comment')
        messages = [{
            'model': 'res.partner', 'res_id': partner.id, 'record_name': partner.name,
            'message_type': 'email' if way == 'in' else 'comment',
            'subtype_id': comment.id, 'subject': subject, 'body': body, 'date': datetime.combine(day, time(8, rng.randint(0, 59))),
            'author_id': (partner.child_ids[:1] or partner).id if way == 'in' else partner.user_id.partner_id.id,
            'partner_ids': [] if way == 'in' else [Command.link((partner.child_ids[:1] or partner).id)],
        } for customer, partner in self.partners.items() for day, rng in self._moments(customer, 1.0)
            for subject, body, way in [rng.choice(MESSAGES)]]
        self.env['mail.message'].create(sorted(messages, key=lambda message: message['date']))  # the chatter goes by their numbers

    def write_to_shop(self, partners):
        """Write mailings to those who had bought in the parts shop by then.

        :param partners: ``{ShopCustomer: res.partner}``
        """
        comment, body = self.env.ref('mail.mt_comment'), "<p>Order by noon, and it leaves on the same day.</p>"
        self.env['mail.message'].create([{
            'model': 'res.partner', 'res_id': partner.id, 'record_name': partner.name, 'message_type': 'comment',
            'subtype_id': comment.id, 'subject': subject, 'body': body,
            'date': datetime.combine(self.today - timedelta(days=age), time(6)), 'author_id': partner.user_id.partner_id.id,
            'partner_ids': [Command.link(partner.id)],
        } for age, subject in sorted(MAILINGS, reverse=True) for customer, partner in partners.items() if customer.since > age])

    def _calls(self):
        call = self.env.ref('mail.mail_activity_data_call')
        model = self.env['ir.model']._get_id('res.partner')
        done, planned = [], []
        for customer, partner in self.partners.items():
            base = {'activity_type_id': call.id, 'res_model_id': model, 'res_id': partner.id, 'user_id': partner.user_id.id}
            done += [
                {**base, 'summary': rng.choice(CALLS), 'date_deadline': day, 'date_done': day, 'active': False}
                for day, rng in self._moments(customer, 0.7)]
            planned += [
                {**base, 'summary': rng.choice(CALLS), 'date_deadline': self.today + timedelta(days=rng.randint(-4, 20))}
                for _day, rng in self._moments(customer, 0.3)[:1]]
        self.env['mail.activity'].create(done + planned)

    def _meetings(self):
        events = [(partner, day, rng) for customer, partner in self.partners.items() for day, rng in self._moments(customer, 0.25)]
        self.env['calendar.event'].with_context(dont_notify=True, no_mail_to_attendees=True).create([{
            'name': f'{rng.choice(MEETINGS)}: {partner.name}', 'start': datetime.combine(day, time(9)),
            'stop': datetime.combine(day, time(11)),
            'user_id': partner.user_id.id, 'partner_ids': [Command.set([partner.id, partner.user_id.partner_id.id])],
        } for partner, day, rng in events])

    def _interests(self):
        names = sorted({topic for topic, _code, _words in WISHES if topic})
        topics = self.env['crm.interest.topic'].search([('name', 'in', names)])
        topics += self.env['crm.interest.topic'].create([{'name': name} for name in names if name not in topics.mapped('name')])
        topic_ids = {topic.name: topic.id for topic in topics}
        products = self.env['product.product'].search([('company_id', '=', self.company.id)])
        product_ids = {product.default_code: product.id for product in products}
        self.env['crm.interest'].create([{
            'partner_id': partner.id, 'contact_id': partner.child_ids[:1].id, 'company_id': self.company.id, 'date': day,
            'topic_id': topic_ids.get(topic), 'product_id': product_ids.get(code), 'note': words, 'user_id': partner.user_id.id,
        } for customer, partner in self.partners.items() for day, rng in self._moments(customer, 0.22)
            for topic, code, words in [rng.choice(WISHES)]])

    def _opportunities(self):
        stages = self.env['crm.stage'].search([('team_ids', '=', False)])
        leads = self.env['crm.lead'].create([{
            'name': name, 'type': 'opportunity', 'partner_id': self.by_key[key].id, 'company_id': self.company.id,
            'user_id': self.by_key[key].user_id.id, 'expected_revenue': revenue, 'probability': probability,
            'stage_id': stages[min(stage, len(stages) - 2)].id, 'date_deadline': self.today + timedelta(days=revenue // 700),
        } for key, name, revenue, probability, stage, _age in OPPORTUNITIES if key in self.by_key])
        self._backdate(leads, [age for key, *_rest, age in OPPORTUNITIES if key in self.by_key])

    def _leads(self):
        leads = self.env['crm.lead'].create([{
            'name': name, 'type': 'lead', 'partner_name': company, 'contact_name': person, 'email_from': email,
            'country_id': self.env.ref(f'base.{country}').id if country else False, 'company_id': self.company.id,
            'expected_revenue': revenue, 'probability': probability,
            'user_id': self.env.ref(f'crm_grading.demo_user_{user}').id if user else False,
        } for company, person, email, country, name, revenue, probability, user in LEADS])
        self._backdate(leads, [3 + 6 * number for number in range(len(leads))])

    def _backdate(self, leads, ages):
        self.env.flush_all()
        for lead, age in zip(leads, ages):
            self.env.cr.execute(SQL(
                "UPDATE crm_lead SET create_date = create_date - %s * INTERVAL '1 day' WHERE id = %s", age, lead.id))
        leads.invalidate_recordset(['create_date'])
