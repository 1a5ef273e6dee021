"""The losses of the demo company, in the order in which they happened."""
import random
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.crm_grading.demo.shop import SHOP
from odoo.addons.crm_grading.demo.stage import customers

from .rescue_story import WON
from .story import AFTER_ALL, AGAIN, ANSWERED, COMPETITORS, FORGOTTEN, LEFT, LOST, SEEN, SHOP_SILENT, SILENT

MONTHS = 18       # in which silences are looked for
MARGIN = 0.28     # of what was lost


class DemoChurn:
    """What was lost, to whom and why."""

    def __init__(self, env, company):
        self.env, self.company, self.today = env, company, company._crm_today()
        self.partners = customers(env)
        self.stages = env['crm.stage'].search([('team_ids', '=', False), ('is_won', '=', False)])
        self.events = env['crm.churn.event'].sudo()   # facts of the past, which nobody writes by hand

    def live(self):
        self._write_competitors_files()
        self._lose()
        self._lose_again()
        self._win()
        self._leave()
        self._fall_silent()
        self._see_competitors()
        self._forget()
        self.events._record_endings(self.company)
        self.events._note_returns(self.company)
        self.events._ask_reasons(self.company)
        self._fit()
        self._judge_before()

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _day(self, ago):
        return self.today - relativedelta(days=ago)

    def _moment(self, ago):
        return datetime.combine(self._day(ago), time(10))

    def _product(self, name):
        return self.env.ref(f'crm_grading.demo_product_{name}')

    def _reasons(self, reasons):
        """Return reasons as :meth:`crm.churn.event._explain` takes them, the first one the main one."""
        return [(self.env.ref(f'crm_churn.crm_churn_reason_{name}'), percent, place == 0) for place, (name, percent) in enumerate(reasons)]

    def _explanation(self, partner, competitor, price, note):
        """Return who said what."""
        person = partner.child_ids[:1]
        vals = {'note': note, 'said_by_id': person.id} if note else {}
        if competitor:
            vals.update(competitor_id=self.competitors[competitor].id, competitor_price=price)
        return vals

    # ------------------------------------------------------------------
    # Competitors
    # ------------------------------------------------------------------

    def _write_competitors_files(self):
        self.competitors = {}
        for key, rival in COMPETITORS.items():
            partner = self.env['res.partner'].create({
                'name': rival.name, 'is_company': True, 'company_id': self.company.id, 'city': rival.city,
                'country_id': self.env.ref(f'base.{rival.country}').id})
            self.competitors[key] = self.env['crm.competitor'].create({
                'partner_id': partner.id, 'company_id': self.company.id, 'threat': rival.threat, 'strengths': rival.strengths,
                'weaknesses': rival.weaknesses, 'approach': rival.approach, 'user_id': self.env.ref('crm_grading.demo_user_manager').id,
                'country_ids': [Command.set([self.env.ref(f'base.{code}').id for code in rival.countries])]})
            self.env['crm.competitor.product'].create([{
                'competitor_id': self.competitors[key].id, 'name': name, 'product_id': self._product(ours).id, 'price': price,
                'currency_id': self.company.currency_id.id, 'date': self._day(ago)}
                for name, ours, before, now in rival.products for price, ago in ((before, 370), (now, 25))])

    def _see_competitors(self):
        """Competitors met in opportunities: in those that they took from us, and in some that are open."""
        lost = self.events.search([('company_id', '=', self.company.id), ('competitor_id', '!=', False), ('lead_id', '!=', False)])
        sightings = [{
            'competitor_id': event.competitor_id.id, 'lead_id': event.lead_id.id, 'company_id': self.company.id,
            'date': event.date_first + (event.date - event.date_first) / 2, 'user_id': event.user_id.id, 'product_id': event.product_id.id,
            'price': event.competitor_price, 'position': 'ahead'} for event in lost if event.user_id and event.date_first]
        leads = {lead.name: lead for lead in self.env['crm.lead'].search([('company_id', '=', self.company.id)])}
        sightings += [{
            'competitor_id': self.competitors[rival].id, 'lead_id': leads[title].id, 'company_id': self.company.id, 'date': self._day(ago),
            'user_id': leads[title].user_id.id or self.env.uid, 'product_id': self._product(product).id, 'price': price,
            'position': position, 'note': note} for title, rival, ago, product, price, position, note in SEEN if title in leads]
        sightings += [{
            'competitor_id': self.competitors[story.competitor].id, 'lead_id': leads[story.title].id, 'company_id': self.company.id,
            'date': self._day((story.engaged + story.won) // 2), 'user_id': leads[story.title].user_id.id or self.env.uid,
            'product_id': self._product(story.product).id, 'price': story.price, 'position': 'behind', 'note': story.note}
            for story in WON if story.title in leads]
        self.env['crm.competitor.sighting'].create(sightings)

    # ------------------------------------------------------------------
    # Opportunities
    # ------------------------------------------------------------------

    def _lose(self):
        stories = [story for story in LOST if story.customer in self.partners]
        leads = self.env['crm.lead'].create([{
            'name': story.title, 'type': 'opportunity', 'partner_id': self.partners[story.customer].id, 'company_id': self.company.id,
            'user_id': self.partners[story.customer].user_id.id, 'expected_revenue': story.amount,
            'stage_id': self._stage(story.stage).id, 'active': False, 'probability': 0, 'date_closed': self._moment(story.lost)}
            for story in stories])
        self._backdate(leads, stories)
        self.env['crm.churn.stage.log'].sudo().create([   # as for the losses
            {'lead_id': lead.id, 'stage_id': self._stage(story.furthest).id, 'date': self._moment((story.engaged + story.lost) // 2),
             'user_id': lead.user_id.id} for lead, story in zip(leads, stories, strict=True) if story.furthest > story.stage])
        self.by_title = {lead.name: lead for lead in leads}
        for lead, story in zip(leads, stories, strict=True):
            partner, event = self.partners[story.customer], self.events.search([('lead_id', '=', lead.id)])
            event.write({
                'date_first': self._day(story.engaged), 'product_id': self._product(story.product).id, 'margin': MARGIN * story.amount,
                'stage_reached_id': self._stage(max(story.stage, story.furthest)).id})
            event._explain(self._reasons(story.reasons), **self._explanation(partner, story.competitor, story.price, story.note))

    def _stage(self, place):
        return self.stages[min(place, len(self.stages) - 1)]

    def _backdate(self, leads, stories):
        """By SQL: Odoo keeps the day of creation for itself."""
        self.env.flush_all()
        for lead, story in zip(leads, stories, strict=True):
            self.env.cr.execute(SQL(
                "UPDATE crm_lead SET create_date = %s, date_open = %s WHERE id = %s",
                self._moment(story.engaged), self._moment(story.engaged), lead.id))
            self.env.cr.execute(SQL(
                "UPDATE crm_churn_stage_log SET date = %s WHERE lead_id = %s", self._moment(story.engaged), lead.id))
        self.env.invalidate_all()
        for name in ('day_open', 'day_close'):
            self.env.add_to_compute(leads._fields[name], leads)

    def _lose_again(self):
        """Some were taken up again: lost a second time, or won after all."""
        for customer, title, ago, reasons, note in AGAIN:
            if customer in self.partners:
                lead = self.by_title[title]
                lead.action_unarchive()
                lead.action_set_lost()
                event = self.events.search([('lead_id', '=', lead.id)], order='id desc', limit=1)
                event.write({'date': self._day(ago), 'date_first': self._day(ago + 60)})
                event._explain(self._reasons(reasons), **self._explanation(self.partners[customer], '', 0, note))
        for customer, title, ago in AFTER_ALL:
            if customer in self.partners:
                lead = self.by_title[title]
                lead.action_unarchive()
                lead.action_set_won()
                lead.date_closed = self._moment(ago)

    def _win(self):
        """Some were won against those competitors."""
        stories = [story for story in WON if story.customer in self.partners]
        won = self.env['crm.stage'].search([('team_ids', '=', False), ('is_won', '=', True)], limit=1)
        leads = self.env['crm.lead'].create([{
            'name': story.title, 'type': 'opportunity', 'partner_id': self.partners[story.customer].id, 'company_id': self.company.id,
            'user_id': self.partners[story.customer].user_id.id, 'expected_revenue': story.amount, 'stage_id': won.id, 'probability': 100,
            'date_closed': self._moment(story.won)} for story in stories])
        self._backdate(leads, stories)

    def _forget(self):
        """Owners have called about what is open, but for some; what nobody answered was found when its time had run out."""
        leads = self.env['crm.lead'].search([('company_id', '=', self.company.id), ('won_status', '=', 'pending')])
        call, model = self.env.ref('mail.mail_activity_data_call').id, self.env['ir.model']._get_id('crm.lead')
        self.env['mail.activity'].create([{
            'activity_type_id': call, 'res_model_id': model, 'res_id': lead.id, 'user_id': lead.user_id.id, 'active': False,
            'summary': self.env._("Asked what they need"), 'date_deadline': day, 'date_done': day}
            for lead in leads if lead.user_id and lead.name not in FORGOTTEN
            for day in [min(self.today, lead.create_date.date() + relativedelta(days=1 + lead.id % 4))]])
        self.events._record_unanswered(self.company)
        for event in self.events.search([('company_id', '=', self.company.id), ('kind', '=', 'unanswered')]):
            event.date = event.lead_id.create_date.date() + relativedelta(days=self.company.crm_churn_unanswered_days)

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    def _leave(self):
        """Who said so. The yearly value is that of the time before."""
        for key, ago, phase, reasons, competitor, note in LEFT:
            partner = self.partners.get(key)
            if partner:
                vals = self.events._customer_vals(self.company, partner)[partner.id]
                event = self.events._record([{
                    **vals, 'name': partner.name, 'kind': 'leave', 'phase': phase, 'date': self._day(ago),
                    'amount': vals['yearly_value'], 'margin': MARGIN * vals['yearly_value']}]).sudo()   # as above
                event._explain(self._reasons(reasons), **self._explanation(partner, competitor, 0, note))

    def _fall_silent(self):
        """Look month by month, as the nightly run would have, and say why where somebody found out."""
        for months in range(MONTHS, -1, -1):
            self.events._record_silent(self.company, self.today - relativedelta(months=months))
        keys = {partner: key for key, partner in self.partners.items()}
        for event in self.events.search([('company_id', '=', self.company.id), ('kind', '=', 'silent')]):
            event.margin = MARGIN * event.amount
            reasons, competitor, note = SILENT.get(keys.get(event.partner_id), ((), '', ''))
            if reasons:
                event._explain(self._reasons(reasons), **self._explanation(event.partner_id, competitor, 0, note))
        self._ask_the_shop()

    def _ask_the_shop(self):
        """The customers of the parts shop who fell silent were asked by mail, and have answered by now."""
        keys = {partner: key for key, partner in customers(self.env, SHOP).items()}
        silent = self.events.search([
            ('company_id', '=', self.company.id), ('kind', '=', 'silent'), ('partner_id', 'in', [partner.id for partner in keys]),
            ('date', '<=', self._day(ANSWERED))])
        shares = [share for share, *_rest in SHOP_SILENT]
        for answer, events in silent.grouped(
                lambda event: random.Random(keys[event.partner_id]).choices(SHOP_SILENT, shares)[0]).items():
            _share, reasons, competitor = answer
            events._explain(self._reasons(reasons), **self._explanation(events.partner_id, competitor, 0, ''))

    # ------------------------------------------------------------------
    # What is to come
    # ------------------------------------------------------------------

    def _fit(self):
        """Fit the models on the company's past, as the weekly run does."""
        models_of = self.env['crm.churn.model'].sudo()   # as the scheduled action
        models_of._ensure_models()
        for model in models_of.search([('company_id', '=', self.company.id)]):
            model._refit()

    def _judge_before(self):
        """Judge everybody as of some weeks ago, so that today's risk has a trend. Nobody is alerted yet."""
        self.env['crm.churn.signal']._ensure_defaults(self.company)
        self.env['crm.grading.run']._run(self.company)   # records the figures that signals listen to
        alerts = self.env['crm.churn.alert'].search([('company_id', '=', self.company.id), ('state', '=', 'open')], order='id')
        alerts.action_false()    # the first night of an installation
        alerts.unlink()
        self.env['crm.churn.risk'].search([('company_id', '=', self.company.id)]).unlink()
        self.env['crm.customer']._assess_churn(self.company, fields.Date.subtract(self.today, days=45))
