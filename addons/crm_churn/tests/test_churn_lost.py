from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.crm_grading.tests.common import NO_MAIL

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnLost(ChurnCommon):
    """A lead that is lost leaves a loss behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env['crm.stage'].create([
            {'name': name, 'sequence': sequence} for name, sequence in (("One", 1), ("Two", 2), ("Three", 3))])
        cls.one, cls.two, cls.three = stages
        cls.industry = cls.env['res.partner.industry'].create({'name': "Mining"})
        cls.customer.write({'industry_id': cls.industry.id, 'country_id': cls.env.ref('base.be').id})

    def _events(self, leads):
        return self.env['crm.churn.event'].search([('lead_id', 'in', leads.ids)], order='id')

    def _lose(self, leads, user=None, reasons=(), **vals):
        wizard = self._as(user or self.rep, leads.company_id)['crm.lead.lost'].create({
            'lead_ids': [Command.set(leads.ids)], **vals,
            'choice_ids': [
                Command.create({'reason_id': reason.id, 'weight': weight, 'is_main': main}) for reason, weight, main in reasons]})
        return wizard.action_lost_reason_apply()

    def test_what_is_recorded(self):
        source = self.env.ref('utm.utm_source_search_engine')
        lead = self._lead(expected_revenue=500, stage_id=self.one.id, team_id=self.team.id, source_id=source.id)
        lead.stage_id = self.three
        lead.stage_id = self.two
        self._lose(lead)
        event = self._events(lead)
        self.assertEqual(len(event), 1)
        self.assertRecordValues(event, [{
            'name': "Deal", 'kind': 'opportunity', 'phase': 'sale', 'partner_id': self.customer.id, 'company_id': self.company.id,
            'date': self.TODAY, 'date_first': False, 'days': 0, 'number': 1, 'stage_id': self.two.id, 'stage_reached_id': self.three.id,
            'user_id': self.rep.id, 'team_id': self.team.id, 'amount': 500, 'yearly_value': 0, 'main_reason_id': False,
            'industry_id': self.industry.id, 'country_id': self.env.ref('base.be').id,
            'source_id': source.id}])

    def test_every_way_to_lose(self):
        """Archiving alone loses nothing; a probability of nothing besides does, in whichever order, and once."""
        archived, both, later, early, created = (self._lead(stage_id=self.one.id, probability=10) for _number in range(5))
        archived.action_archive()
        self.assertFalse(self._events(archived))
        both.write({'active': False, 'probability': 0})
        later.action_archive()
        later.probability = 0
        early.probability = 0
        self.assertFalse(self._events(early))
        early.action_set_lost(lost_reason_id=self.env.ref('crm.lost_reason_1').id)
        for lead in (both, later, early):
            self.assertEqual(len(self._events(lead)), 1)
        self.assertEqual(self._events(early).main_reason_id, self.price, "The reason comes after the loss here.")
        self.assertEqual(self._events(later).date, self.TODAY, "Not the day on which it was archived.")
        created.unlink()
        lead = self._lead(active=False, probability=0, date_closed='2026-03-01 23:30:00')
        self.assertEqual(str(self._events(lead).date), '2026-03-02', "The day it brings along, in Brussels.")

    def test_phase(self):
        known = self._lead(type='lead')
        visitor = self._lead(type='lead', partner_id=False, email_from='who@example.com')
        (known + visitor).action_set_lost()
        self.assertRecordValues(self._events(known + visitor), [
            {'kind': 'lead', 'phase': 'lead', 'stage_id': False, 'partner_id': self.customer.id},
            {'kind': 'lead', 'phase': 'visitor', 'stage_id': False, 'partner_id': False}])

    def test_person_of_a_customer(self):
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        lead = self._lead(partner=person)
        lead.action_set_lost()
        self.assertEqual(self._events(lead).partner_id, self.customer)

    def test_stays_after_restore_and_edit(self):
        """Odoo forgets the reason on restore; the loss does not, and a second one is the second."""
        lead = self._lead(expected_revenue=500, stage_id=self.one.id)
        lead.action_set_lost(lost_reason_id=self.env.ref('crm.lost_reason_1').id)
        lead.action_restore()
        self.assertFalse(lead.lost_reason_id)
        first = self._events(lead)
        self.assertEqual((first.main_reason_id, first.amount), (self.price, 500))
        lead.write({'expected_revenue': 900, 'user_id': self.rep2.id})
        self._lose(lead, user=self.rep2, reasons=[(self.need, 100, True)])
        self.assertRecordValues(self._events(lead), [
            {'number': 1, 'amount': 500, 'user_id': self.rep.id, 'main_reason_id': self.price.id},
            {'number': 2, 'amount': 900, 'user_id': self.rep2.id, 'main_reason_id': self.need.id}])
        self.assertEqual(lead.with_env(self._as(self.manager)).crm_churn_event_count, 2)

    def test_stays_after_merge_and_deletion(self):
        kept, gone = self._lead(stage_id=self.one.id, probability=80), self._lead(stage_id=self.three.id)
        gone.action_set_lost()
        gone.action_restore()
        gone.write({'stage_id': self.one.id, 'probability': 1})
        event = self._events(gone)
        merged = (kept + gone).merge_opportunity()
        self.assertEqual(event.lead_id, merged)
        merged.action_set_lost()
        self.assertRecordValues(self._events(merged), [
            {'number': 1, 'stage_reached_id': self.three.id}, {'number': 2, 'stage_reached_id': self.three.id}])
        events = self._events(merged)
        merged.unlink()
        self.assertTrue(events.exists())
        self.assertFalse(events.lead_id)

    def test_partner_merge(self):
        lead = self._lead(partner=self.customer2)
        lead.action_set_lost()
        event = self._events(lead)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.customer + self.customer2).ids, self.customer)
        self.assertEqual(event.partner_id, self.customer)
        self.assertEqual(event.lead_id, lead)

    def test_first_follow_up(self):
        """What we wrote, did or met counts, from the day of its creation; what they wrote and our notes do not."""
        lead = self._lead(stage_id=self.one.id)
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-06-01 10:00' WHERE id = %s", [lead.id])
        lead.invalidate_recordset(['create_date'])

        def first():
            return str(lead._churn_first_follow_up(self.company).get(lead.id))

        def message(day, author, **vals):
            vals = {'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment', **vals}
            lead.message_post(body="Hello", author_id=author.id, date=f'{day} 22:30:00', **vals)
        lead.date_open = '2026-06-03 10:00:00'
        message('2026-06-02', self.customer, message_type='email')
        message('2026-06-02', self.rep.partner_id, subtype_xmlid='mail.mt_note')
        message('2026-05-30', self.rep.partner_id)
        self.assertEqual(first(), 'None')
        activity = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.rep.id)
        self.assertEqual(first(), 'None', "Planned is not done.")
        activity.action_done()
        self.assertEqual(first(), '2026-06-15')
        self.env['calendar.event'].create({
            'name': "Meeting", 'opportunity_id': lead.id, 'start': '2026-06-10 08:00', 'stop': '2026-06-10 09:00'})
        self.assertEqual(first(), '2026-06-10')
        message('2026-06-05', self.rep.partner_id)
        self.assertEqual(first(), '2026-06-06', "The day in Brussels.")
        lead.action_set_lost()
        self.assertRecordValues(self._events(lead), [{'date_first': date(2026, 6, 6), 'days': 9}])

    def test_amounts_of_the_quotation(self):
        """The margin at the present cost, the product with the largest part, the currency of the company."""
        other = self.env['product.product'].create({'name': "Other", 'type': 'consu', 'list_price': 10})
        lead = self._lead(expected_revenue=300)
        order = self._orders([(self.customer, '2026-06-01', 300)], state='sent', currency=self.usd)
        order.write({'opportunity_id': lead.id, 'order_line': [
            Command.create({'product_id': other.id, 'product_uom_qty': 1, 'price_unit': 20, 'tax_ids': False})]})
        lead.action_set_lost()
        event = self._events(lead)
        self.assertEqual(event.product_id, self.product)
        self.assertAlmostEqual(event.margin, 320 / 4 - 60, msg="1 EUR = 4 USD since January")

    def test_yearly_value(self):
        """The 12 months up to the last purchase, credit notes off, of this company only."""
        self._invoices([(self.customer, '2024-05-31', 1000), (self.customer, '2024-06-01', 200), (self.customer, '2025-05-31', 300)])
        self._refunds([(self.customer, '2025-05-01', 50), (self.customer, '2025-09-01', 70)])
        self._invoices([(self.customer, '2025-05-31', 999)], company=self.company_usd)
        lead = self._lead()
        lead.action_set_lost()
        self.assertEqual(self._events(lead).yearly_value, 450)

    def test_wizard(self):
        """Reasons with shares, the note and who said so; the main reason is Odoo's own, too."""
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        lead = self._lead()
        with Form(self._as(self.rep)['crm.lead.lost'].with_context(default_lead_ids=lead.ids)) as form:
            with form.choice_ids.new() as choice:
                choice.reason_id = self.need
                choice.weight = 30
            self.assertEqual(form.crm_weight_left, 70)
            with form.choice_ids.new() as choice:
                choice.reason_id = self.price
                choice.weight = 70
                choice.is_main = True
            form.said_by_id = person
            form.lost_feedback = "<p>Too dear</p>"
        form.record.action_lost_reason_apply()
        event = self._events(lead)
        self.assertEqual(lead.lost_reason_id, self.env.ref('crm.lost_reason_1'))
        self.assertRecordValues(event.reason_ids.sorted('weight', reverse=True), [
            {'reason_id': self.price.id, 'weight': 70, 'is_main': True}, {'reason_id': self.need.id, 'weight': 30, 'is_main': False}])
        self.assertRecordValues(event, [{'main_reason_id': self.price.id, 'said_by_id': person.id, 'note': "Too dear"}])

    def test_wizard_shares(self):
        """Reasons to which nobody gives a share have it in equal parts."""
        lead = self._lead()
        form = Form(self._as(self.rep)['crm.lead.lost'].with_context(default_lead_ids=lead.ids))
        for reason in (self.need, self.price):
            with form.choice_ids.new() as choice:
                choice.reason_id = reason
        form.save().action_lost_reason_apply()
        self.assertEqual({line.reason_id: line.weight for line in self._events(lead).reason_ids}, {self.need: 50, self.price: 50})

    def test_wizard_competitor(self):
        rival = self.env['res.partner'].create({'name': "Rival", 'is_company': True, 'crm_is_competitor': True})
        competitor = self.env['crm.competitor'].create({'partner_id': rival.id})
        lead = self._lead()
        self._lose(lead, reasons=[(self.price, 100, True)], competitor_id=competitor.id, competitor_price=80)
        self.assertRecordValues(self._events(lead), [{'competitor_id': competitor.id, 'competitor_price': 80}])

    def test_wizard_bad_shares(self):
        lead = self._lead()
        for reasons, message in (
                ([(self.price, 70, True), (self.need, 40, False)], "more than 100"),
                ([(self.price, 50, True), (self.price, 50, False)], "given twice"),
                ([(self.price, 50, True), (self.need, 50, True)], "one main reason")):
            with self.subTest(message=message), self.assertRaisesRegex(ValidationError, message):
                self._lose(lead, reasons=reasons)
            self.assertEqual(lead.won_status, 'pending')
        self.assertFalse(self._events(lead))

    def test_reason_required(self):
        self.company.crm_churn_reason_required = True
        lead, other = self._lead(), self._lead(company=self.company_usd, user=self.manager, team_id=False)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._lose(lead)
        self.assertEqual(lead.won_status, 'pending')
        self._lose(other, user=self.manager)
        self._lose(lead, lost_reason_id=self.env.ref('crm.lost_reason_1').id)
        self.assertEqual(self._events(lead).main_reason_id, self.price)

    def test_lead_of_nobody(self):
        """Whoever may lose a lead may say why, also where the loss is nobody's then."""
        lead = self.env['crm.lead'].with_context(**NO_MAIL).create(
            {'name': "Of nobody", 'user_id': False, 'company_id': self.company.id, 'partner_id': self.customer2.id, 'type': 'opportunity'})
        self._lose(lead, reasons=[(self.need, 100, True)])
        self.assertEqual(self._events(lead).main_reason_id, self.need)

    def test_lost_reason_without_one_of_ours(self):
        """Odoo's lost reason gets a reason of ours on first use, and keeps it."""
        lost_reason = self.env['crm.lost.reason'].create({'name': "Moon phase"})
        leads = self._lead() + self._lead()
        for lead in leads:
            lead.with_env(self._as(self.rep)).action_set_lost(lost_reason_id=lost_reason.id)
        reason = self._events(leads).main_reason_id
        self.assertEqual((len(reason), reason.name, reason.lost_reason_id), (1, "Moon phase", lost_reason))

    def test_queries(self):
        """Losing many leads at once takes no query more for each of them than Odoo and the rows themselves need."""
        def lose(number):
            leads = self.env['crm.lead'].union(*(self._lead(stage_id=self.one.id) for _number in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads._churn_record_lost()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        lose(2)
        few, many = lose(2), lose(12)
        self.assertLessEqual(many, few + 2)

    def test_past(self):
        """What was lost before the addon came is taken over on the day it was closed, once."""
        lead = self._lead(stage_id=self.one.id)
        lead.stage_id = self.two
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET active = false, probability = 0, won_status = 'lost', date_closed = '2026-02-03 10:00'"
            " WHERE id = %s", [lead.id])
        self.env.cr.execute("DELETE FROM crm_churn_stage_log WHERE lead_id = %s", [lead.id])
        self.env.invalidate_all()
        self.env['crm.churn.stage.log']._log_past()
        self.assertEqual(self.env['crm.churn.stage.log'].search([('lead_id', '=', lead.id)]).stage_id, self.two)
        self.assertEqual(self.env['crm.lead']._churn_record_past(), 1)
        self.assertEqual(str(self._events(lead).date), '2026-02-03')
        self.assertEqual(self.env['crm.lead']._churn_record_past(), 0)

    def test_stage_log(self):
        lead = self._lead(stage_id=self.one.id).with_env(self._as(self.rep))
        lead.write({'stage_id': self.one.id, 'name': "Same"})
        lead.write({'stage_id': self.two.id})
        log = self._as(self.rep)['crm.churn.stage.log'].search([('lead_id', '=', lead.id)], order='id')
        self.assertRecordValues(log, [
            {'stage_id': self.one.id, 'user_id': self.env.uid}, {'stage_id': self.two.id, 'user_id': self.rep.id}])
        self.assertFalse(self._as(self.rep2)['crm.churn.stage.log'].search([('lead_id', '=', lead.id)]))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            log.write({'stage_id': self.three.id})
