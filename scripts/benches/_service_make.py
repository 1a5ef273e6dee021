"""Tickets made in batches, one by one and by mail, beside plain leads made in the same ways."""
from _sales_history import columns
from _timing import queries, timed

from odoo.tools import SQL

BATCH = 100
COPIED = {   # what has to differ between copies
    'crm_ticket': {'name', 'access_token'}, 'crm_ticket_stage_log': {'ticket_id'}, 'crm_ticket_sla': {'ticket_id'},
    'mail_message': {'message_id', 'res_id'}}
MAIL = """From: Person {person} <person{person}@bench.example.com>
To: {to}
Subject: The pump leaks, no. {number}
Message-Id: <bench-{model}-{number}@bench.example.com>
Date: Mon, 15 Jun 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

It has leaked since this morning. {number}
"""


class Maker:
    """Makes tickets, and leads, with the numbers that are next."""

    def __init__(self, env, team, persons):
        self.env, self.team, self.persons, self.next = env, team, persons, 0

    def tickets(self, count=1):
        self.env['crm.ticket'].create([
            {'title': f"Made {number}", 'team_id': self.team.id, 'partner_id': person.id, 'channel': 'phone'}
            for number, person in self._numbers(count)])

    def leads(self, count=1):
        self.env['crm.lead'].create([{'name': f"Made {number}", 'partner_id': person.id} for number, person in self._numbers(count)])

    def ticket_mail(self):
        self._mail('crm.ticket', self.team.alias_email or 'bench@bench.example.com', {'team_id': self.team.id})

    def lead_mail(self):
        self._mail('crm.lead', 'leads@bench.example.com', {})

    def _mail(self, model, to, vals):
        number, person = self._numbers(1)[0]
        found = self.env['mail.thread'].message_process(
            model, MAIL.format(to=to, number=number, model=model, person=person.email.partition('@')[0][6:]), custom_values=vals)
        assert found, 'the mail has become a record'

    def _numbers(self, count):
        numbers = range(self.next, self.next + count)
        self.next += count
        return [(number, self.persons[number % len(self.persons)]) for number in numbers]


def make(env, team, persons, size):
    """Make a tenth of ``size`` in batches, a hundredth one by one, and a hundredth by mail."""
    maker = Maker(env, team, persons)
    ways = {   # how: (work on tickets, work on leads, tickets of it, times)
        'batch': (lambda: maker.tickets(BATCH), lambda: maker.leads(BATCH), BATCH, max(1, size // 10 // BATCH)),
        'single': (maker.tickets, maker.leads, 1, max(10, size // 100)),
        'mail': (maker.ticket_mail, maker.lead_mail, 1, max(10, size // 100)),
    }
    result = {}
    for name, (ticket, lead, count, times) in ways.items():
        for work in (ticket, lead):   # what is kept for all is read once
            work()
        env.cr.commit()
        result[f'{name}_queries'] = round(queries(env, ticket) / count, 1)
        result[f'{name}_lead_queries'] = round(queries(env, lead) / count, 1)
        env.cr.commit()
        result[f'{name}_seconds'] = round(per_request(env, ticket, times), 3)
        result[f'{name}_count'] = count * times
        few = max(1, times // 10)
        result[f'{name}_ms'] = round(1000 * result[f'{name}_seconds'] / (count * times), 2)
        result[f'{name}_lead_ms'] = round(1000 * per_request(env, lead, few) / (count * few), 2)
        result[f'{name}_floor_seconds'] = round(_floor(env, count, times, with_mail=name == 'mail'), 3)
    return result


def per_request(env, work, times):
    """Return the seconds of doing something several times, each as a request of its own does it: from empty caches, with a commit."""
    total = 0
    for _time in range(times):
        total += timed(env, lambda: (work(), env.flush_all(), env.cr.commit()))
    return total


def _floor(env, count, times, with_mail):
    """Return the seconds of inserting as many rows of tickets, logs and promises, and of messages, in as many transactions."""
    env.cr.execute("SELECT MAX(id) FROM crm_ticket WHERE name LIKE 'T%'")
    [pattern] = env.cr.fetchone()
    names = {table: columns(env, table, own) for table, own in COPIED.items()}
    total = 0
    for time in range(times):
        rows = _rows(names, with_mail, pattern, count * time + 1, count * time + count)
        total += timed(env, lambda rows=rows: (env.cr.execute(rows), env.cr.commit()))
    env.cr.execute("DELETE FROM crm_ticket WHERE name LIKE 'F%'")
    env.cr.commit()
    return total


def _rows(names, with_mail, pattern, first, last):
    """Return the statement that inserts copies of a ticket and what belongs to it."""
    copied = {
        table: {'names': SQL(", ").join(map(SQL.identifier, found)),
                'copied': SQL(", ").join(SQL.identifier('pattern', name) for name in found), 'pattern': pattern}
        for table, found in names.items()}
    return SQL(
        """WITH made AS (
               INSERT INTO crm_ticket (name, %(names)s)
               SELECT 'F' || n, %(copied)s FROM crm_ticket AS pattern, generate_series(%(first)s, %(last)s) AS n
                WHERE pattern.id = %(pattern)s RETURNING id),
           logged AS (%(logs)s), told AS (%(messages)s) %(promises)s""",
        first=first, last=last, **copied['crm_ticket'],
        logs=SQL(
            """INSERT INTO crm_ticket_stage_log (ticket_id, %(names)s)
               SELECT made.id, %(copied)s FROM made, crm_ticket_stage_log AS pattern
                WHERE pattern.ticket_id = %(pattern)s AND pattern.event = 'created'""", **copied['crm_ticket_stage_log']),
        promises=SQL(
            """INSERT INTO crm_ticket_sla (ticket_id, %(names)s)
               SELECT made.id, %(copied)s FROM made, crm_ticket_sla AS pattern WHERE pattern.ticket_id = %(pattern)s""",
            **copied['crm_ticket_sla']),
        messages=SQL(
            """INSERT INTO mail_message (res_id, message_id, %(names)s)
               SELECT made.id, 'floor-' || made.id, %(copied)s FROM made, (
                      SELECT * FROM mail_message WHERE model = 'crm.ticket' AND res_id = %(pattern)s ORDER BY id LIMIT 1) AS pattern""",
            **copied['mail_message']) if with_mail else SQL("SELECT"))
