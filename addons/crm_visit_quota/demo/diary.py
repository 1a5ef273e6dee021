"""The visits of the demo company: half a year of them behind us, two weeks ahead, and a full day today."""
import random
from datetime import datetime, time, timedelta

import pytz

from odoo import Command

from .texts import CANCELLED, PRIVATE, PURPOSES, PURPOSES_CN, REPORTS, REPORTS_CN, WISHES, WISHES_CN

DAYS_BACK = 200
ZONE = pytz.timezone('Europe/Amsterdam')   # where the people of the demo company work
# visits on a working day, by sign-in
PACE = {'rep': 1.25, 'rep2': 0.95, 'lead': 0.7}
# how often a customer is chosen; who is not named: 1
ATTENTION = {'big': 4, 'riser': 3, 'late': 2, 'dealer': 2, 'growing': 2, 'faded': 0.6, 'sleeper': 0.3, 'once': 0.2}
SLOTS = ((8, 30), (10, 30), (13, 0), (15, 0))
REST = 9   # visits to others before somebody sees the same customer again


def utc(day, hour, minute=0):
    """Return the naive UTC moment of a local time.

    >>> from datetime import date
    >>> utc(date(2026, 6, 15), 9).isoformat(), utc(date(2026, 1, 15), 9).isoformat()
    ('2026-06-15T07:00:00', '2026-01-15T08:00:00')
    """
    return ZONE.localize(datetime.combine(day, time(hour, minute))).astimezone(pytz.utc).replace(tzinfo=None)


def working_day_before(day, number):
    """Return the last but ``number`` working day before a day.

    >>> from datetime import date
    >>> working_day_before(date(2026, 6, 15), 1).isoformat(), working_day_before(date(2026, 6, 15), 3).isoformat()
    ('2026-06-12', '2026-06-10')
    """
    while number:
        day -= timedelta(days=1)
        number -= day.weekday() < 5
    return day


class Diary:
    """Visits of the people of one demo company."""

    def __init__(self, env, company, partners, today):
        self.env, self.company, self.today = env, company, today
        self.users = {login: env.ref(f'crm_grading.demo_user_{login}') for login in PACE}
        self.kinds = {mode: env.ref(f'crm_visit_quota.crm_visit_kind_{mode}') for mode in ('onsite', 'phone', 'online', 'hosted')}
        self.partners = partners   # {Customer: res.partner}
        self.leads = {}
        for lead in env['crm.lead'].search([('company_id', '=', company.id), ('partner_id', '!=', False)]):
            self.leads.setdefault(lead.partner_id.commercial_partner_id.id, lead.id)
        self.competitors = {
            'cn': env.ref('crm_visit_quota.demo_competitor_huaxin'), '': env.ref('crm_visit_quota.demo_competitor_lagermax')}

    def keep(self):
        """Write all of it down. :return: the visits that were made"""
        done = self._past()
        self.env['crm.visit'].search([('check_ids', '!=', False), ('state', '=', 'done')]).check_ids.is_done = True
        self._ahead()
        self._today()
        return done

    def _mine(self, login):
        return [customer for customer in self.partners if customer.rep == login]

    # ------------------------------------------------------------------
    # Behind us
    # ------------------------------------------------------------------

    def _past(self):
        vals_list = []
        for login, pace in PACE.items():
            rng, customers, debt = random.Random(f'visits {login}'), self._mine(login), 0.5
            recent = []
            for age in range(DAYS_BACK, 0, -1):
                day = self.today - timedelta(days=age)
                if day.weekday() > 4:
                    continue
                debt += pace * rng.uniform(0.4, 1.6)
                for slot in SLOTS[:int(debt)]:
                    free = [customer for customer in customers if customer not in recent[-REST:]] or customers
                    recent.append(rng.choices(free, [ATTENTION.get(customer.character, 1) for customer in free])[0])
                    vals_list.append(self._made(rng, login, recent[-1], day, slot))
                debt %= 1
        return self.env['crm.visit'].create(vals_list)

    def _made(self, rng, login, customer, day, slot):
        reports = REPORTS_CN if customer.country == 'cn' else REPORTS
        note, outcome, next_step = rng.choice(reports)
        mode = rng.choices(('onsite', 'online', 'hosted', 'phone'), (70, 14, 4, 12))[0]
        partner, kind = self.partners[customer], self.kinds[mode]
        start = utc(day, *slot) + timedelta(minutes=rng.randint(-15, 20))
        end = start + timedelta(minutes=max(8, int(60 * kind.default_duration * rng.uniform(0.5, 1.7))))
        vals = {
            **self._base(login, customer, kind, start, end), 'state': 'done', 'actual_start': start, 'actual_end': end,
            'is_off_plan': rng.random() < 0.2, 'note': note, 'outcome': outcome, 'next_step': next_step,
            'contact_ids': [Command.set(partner.child_ids[:1].ids)] if outcome != 'absent' else [],
        }
        if rng.random() < 0.06:
            vals['private_note_text'] = rng.choice(PRIVATE)
        if rng.random() < 0.1 or 'Lagermax' in note or '华鑫' in note:
            vals['competitor_ids'] = [Command.link(self.competitors.get(customer.country, self.competitors['']).id)]
        if rng.random() < 0.08:
            wish = rng.choice(WISHES_CN if customer.country == 'cn' else WISHES)
            vals['interest_ids'] = [Command.create({'note': wish, 'partner_id': partner.id, 'date': day})]
        if mode == 'onsite' and rng.random() < 0.2:
            vals['expense_ids'] = [Command.create({
                'category': rng.choice(('travel', 'parking', 'meal')), 'amount': rng.randint(4, 60)})]
        return vals

    def _base(self, login, customer, kind, start, end):
        partner = self.partners[customer]
        return {
            'partner_id': partner.id, 'company_id': self.company.id, 'user_id': self.users[login].id, 'kind_id': kind.id,
            'date_start': start, 'date_end': end, 'lead_id': self.leads.get(partner.id),
        }

    # ------------------------------------------------------------------
    # Ahead of us
    # ------------------------------------------------------------------

    def _ahead(self):
        """Two weeks of plans; of the days before, what was missed, cancelled and put off."""
        planned = []
        for login in PACE:
            rng, customers = random.Random(f'plans {login}'), self._mine(login)
            rng.shuffle(customers)
            days = [self.today + timedelta(days=age) for age in range(1, 15)]
            slots = [(day, slot) for day in days if day.weekday() < 5 for slot in rng.sample(SLOTS, 2)]
            planned += [self._planned(rng, login, customer, *slot) for customer, slot in zip(customers, slots)]
        visits = self.env['crm.visit'].create(planned)
        for number, visit in enumerate(visits[:9:3]):
            if number == 0:
                visit.action_cancel(CANCELLED[0])
            else:
                visit.action_reschedule(visit.date_start + timedelta(days=7))
        late = [self._planned(random.Random(login), login, self._mine(login)[-1], self._last_working_day(), (16, 0)) for login in PACE]
        self.env['crm.visit'].create(late).action_miss()

    def _last_working_day(self):
        return working_day_before(self.today, 1)

    def _planned(self, rng, login, customer, day, slot):
        kind = self.kinds[rng.choices(('onsite', 'online', 'phone'), (75, 15, 10))[0]]
        start = utc(day, *slot)
        return {
            **self._base(login, customer, kind, start, start + timedelta(hours=kind.default_duration)),
            'purpose': rng.choice(PURPOSES_CN if customer.country == 'cn' else PURPOSES),
            'contact_ids': [Command.set(self.partners[customer].child_ids[:1].ids)],
        }

    def _today(self):
        """A full day for everybody, whatever day of the week it is: what should be over by now is done."""
        now = self.env.cr.now().replace(tzinfo=None)
        for login in PACE:
            rng = random.Random(f'today {login}')
            customers = rng.sample(self._mine(login), len(SLOTS))
            visits = self.env['crm.visit'].create([
                self._planned(rng, login, customer, self.today, slot) for customer, slot in zip(customers, SLOTS)])
            for visit in visits.filtered(lambda visit: visit.date_end <= now):
                visit.write({'note': REPORTS[1][0], 'outcome': REPORTS[1][1]})
                visit.action_finish()
