"""Half a year of tickets of the demo company, and today's queue."""
import random
from datetime import datetime, time, timedelta

import pytz

from odoo import Command

from .requests import COMMENTS, COMMENTS_CN, TODAY, TOPICS

WEEKS = 26
PER_WEEK = 4
ZONE = pytz.timezone('Europe/Amsterdam')
HOURS = ((8, 12), (13, 17))   # of the teams


def working_hours_before(moment, hours):
    """Return the moment so many working hours before one, in local time.

    >>> working_hours_before(datetime(2026, 6, 15, 10), 1).isoformat()
    '2026-06-15T09:00:00'
    >>> working_hours_before(datetime(2026, 6, 15, 10), 3).isoformat()   # Monday: two of today, one of Friday
    '2026-06-12T16:00:00'
    >>> working_hours_before(datetime(2026, 6, 14, 10), 0.5).isoformat()  # Sunday
    '2026-06-12T16:30:00'
    """
    left = timedelta(hours=hours)
    while True:
        if moment.weekday() < 5:
            for start, end in reversed(HOURS):
                begin, stop = (datetime.combine(moment.date(), time(hour)) for hour in (start, end))
                stop = min(stop, moment)
                if stop > begin:
                    if stop - begin > left or not left:
                        return stop - left
                    left -= stop - begin
        moment = datetime.combine(moment.date(), time())
        moment -= timedelta(seconds=1)


def utc(local):
    """Return the naive UTC moment of a naive local one."""
    return ZONE.localize(local).astimezone(pytz.utc).replace(tzinfo=None)


class Desk:
    """The tickets of one demo company."""

    DATES = ('date_first_response', 'date_last_asked', 'date_last_replied', 'date_solved', 'date_closed')

    def __init__(self, env, company, partners, now):
        self.env, self.company, self.partners = env, company, partners
        self.now = pytz.utc.localize(now).astimezone(ZONE).replace(tzinfo=None)   # local
        self.users = {login: env.ref(f'crm_service.demo_user_{login}') for login in ('agent', 'agent2', 'service')}
        self.teams = {name: env.ref(f'crm_service.demo_team_{name}') for name in ('hotline', 'workshop', 'china')}
        self.random = random.Random(5)
        self.tickets = env['crm.ticket']

    def work(self):
        """Make all tickets, the oldest first. :return: crm.ticket"""
        past = [self._past(week, number) for week in range(WEEKS, 0, -1) for number in range(PER_WEEK)]
        for moment, customer, topic in sorted(past, key=lambda row: row[0]):
            self._whole(moment, customer, topic)
        for request in sorted(TODAY, key=lambda request: -request.opened):
            if request.customer in self.partners:
                self._current(request)
        self.tickets._sla_recompute()
        self.tickets.sudo().sla_ids.filtered(lambda sla: not sla.is_breached).cause_id = False
        return self.tickets

    # ------------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------------

    def _past(self, week, number):
        day = (self.now - timedelta(weeks=week)).date()
        day -= timedelta(days=day.weekday() - (number * 7 + week) % 5)
        moment = datetime.combine(day, time(self.random.choice((8, 9, 10, 11, 13, 14, 15, 16)), self.random.randrange(60)))
        customers = [key for key, partner in self.partners.items() if partner.child_ids]
        return moment, self.random.choice(customers), self.random.randrange(len(TOPICS))

    def _open(self, moment, customer, topic, team, channel, title=''):
        """Open a ticket at a local moment."""
        partner, topic = self.partners[customer], TOPICS[topic]
        chinese = partner.country_id.code == 'CN'
        product = self.env.ref(f'crm_grading.demo_product_{topic.product}', raise_if_not_found=False) if topic.product else None
        ticket = self.env['crm.ticket'].create({
            'title': title or (topic.title_cn if chinese else topic.title), 'company_id': self.company.id, 'team_id': self.teams[team].id,
            'description': f"<p>{topic.text_cn if chinese else topic.text}</p>", 'partner_id': (partner.child_ids[:1] or partner).id,
            'type_id': self.env.ref(f'crm_service.crm_ticket_type_{topic.type}').id, 'priority': topic.priority, 'channel': channel,
            'tag_ids': [Command.set(self.env.ref(f'crm_service.demo_tag_{topic.tag}').ids)],
            'product_id': product.id if product else False})
        ticket.sudo().date_opened = utc(moment)
        self._date(ticket, moment, 0, 0)
        self.tickets |= ticket
        return ticket

    def _date(self, ticket, moment, log, message):
        """Give what happened since a line of the log and a message the moment at which it is said to have happened."""
        ticket.sudo().log_ids.filtered(lambda line: line.id > log).write({'date': utc(moment)})
        ticket.sudo().message_ids.filtered(lambda line: line.id > message).write({'date': utc(moment)})

    def _happen(self, ticket, moment, what, user=None, text=''):
        """Let something happen to a ticket at a local moment."""
        ticket = ticket.with_user(user) if user else ticket
        log, message = max(ticket.sudo().log_ids.ids, default=0), max(ticket.sudo().message_ids.ids, default=0)
        before = ticket.sudo().read(self.DATES)[0]
        getattr(self, f'_{what}')(ticket, text)
        self._date(ticket, moment, log, message)
        after = ticket.sudo().read(self.DATES)[0]
        changed = {name: utc(moment) for name in self.DATES if after[name] and after[name] != before[name]}
        if changed:
            ticket.sudo().write(changed)

    def _take(self, ticket, _text):
        ticket.action_take()

    def _reply(self, ticket, text):
        ticket.message_post(body=text, message_type='comment', subtype_xmlid='mail.mt_comment')

    def _ask(self, ticket, text):
        ticket.sudo().message_post(
            body=text, message_type='email', subtype_xmlid='mail.mt_comment', author_id=ticket.partner_id.id)

    def _wait(self, ticket, _text):
        ticket.action_wait()

    def _solve(self, ticket, _text):
        causes = self.env['crm.breach.cause'].search([], order='id')
        ticket.sudo().sla_ids.cause_id = self.random.choice(causes)   # of what was broken; the others lose it in the end
        if ticket.kind == 'complaint':
            ticket.sudo().write(self._settled(ticket))
        ticket.action_solve()

    def _close(self, ticket, _text):
        ticket.action_close()

    def _settled(self, ticket):
        """Return what has to be known of a complaint before it is over."""
        causes = self.env['crm.complaint.cause'].search([('child_ids', '=', False)], order='id')
        return {
            'cause_id': self.random.choice(causes).id, 'severity': self.random.choice(('minor', 'minor', 'major', 'critical')),
            'remedy': next(topic.answer_cn if ticket.title == topic.title_cn else topic.answer
                           for topic in TOPICS if ticket.title in (topic.title, topic.title_cn))}

    def _whole(self, moment, customer, topic):
        """A ticket of the past, from its opening to its end."""
        partner = self.partners[customer]
        chinese = partner.country_id.code == 'CN'
        team = 'china' if chinese else 'workshop' if TOPICS[topic].type == 'repair' else 'hotline'
        agent = self.users['agent2' if chinese else self.random.choice(('agent', 'agent', 'service'))]
        ticket = self._open(moment, customer, topic, team, self.random.choice(('email', 'email', 'phone', 'portal', 'web')))
        answer = TOPICS[topic].answer_cn if chinese else TOPICS[topic].answer
        pace = self.random.choice((0.3, 0.6, 1, 1, 2, 5))
        moment = self._later(moment, 0.5 * pace)
        self._happen(ticket, moment, 'take', agent)
        if ticket.kind == 'praise':
            ticket.sudo().praised_user_id = self.random.choice(list(self.users.values()))
        moment = self._later(moment, 0.8 * pace)
        self._happen(ticket, moment, 'reply', agent, answer)
        if self.random.random() < 0.3:
            moment = self._later(moment, 0.2)
            self._happen(ticket, moment, 'wait', agent)
            moment = self._later(moment, 6)
            self._happen(ticket, moment, 'ask', None, "好的，谢谢。" if chinese else "Thank you, that helps.")
        moment = self._later(moment, 3 * pace)
        self._happen(ticket, moment, 'solve', agent)
        moment = self._later(moment, 20)
        if moment < self.now:
            self._happen(ticket, moment, 'close', agent)
            self._rate(ticket, moment, pace, chinese)

    def _later(self, moment, hours):
        """Return the moment so many working hours later, never one to come."""
        left = timedelta(hours=hours)
        while left:
            end = next((datetime.combine(moment.date(), time(stop)) for start, stop in HOURS
                        if moment.weekday() < 5 and time(start) <= moment.time() < time(stop)), None)
            if end is None:
                moment += timedelta(minutes=15)
                continue
            step = min(left, end - moment)
            left, moment = left - step, moment + step
        return min(moment, self.now)

    def _rate(self, ticket, moment, pace, chinese):
        """What the customer said, if asked."""
        feedback = ticket.sudo().feedback_ids[:1]
        if not feedback:
            return
        feedback.date_sent = utc(moment)
        if self.random.random() < 0.6:
            rating = max(1, min(5, round(5.4 - pace * 0.7 - self.random.random())))
            words = (COMMENTS_CN if chinese else COMMENTS)[min(4, 5 - rating)]
            log, message = max(ticket.log_ids.ids, default=0), max(ticket.message_ids.ids, default=0)
            feedback._answer(
                rating=rating, nps=min(10, rating * 2 + self.random.randrange(2)) if feedback.survey == 'full' else None, comment=words)
            feedback.date_answered = min(utc(moment + timedelta(hours=20)), utc(self.now))
            self._date(ticket, min(moment + timedelta(hours=20), self.now), log, message)
            if ticket.date_closed and moment < self.now - timedelta(days=14):
                ticket.sudo().activity_ids.unlink()   # was followed up long ago

    def _current(self, request):
        """A ticket that is being worked on today."""
        topic, chinese = TOPICS[request.topic], self.partners[request.customer].country_id.code == 'CN'
        ticket = self._open(
            working_hours_before(self.now, request.opened), request.customer, request.topic, request.team, request.channel, request.title)
        for hours, what, who, text in request.course:
            if what == 'reply' and not text:
                text = topic.answer_cn if chinese else topic.answer
            self._happen(ticket, working_hours_before(self.now, hours), what, self.users.get(who), text)
