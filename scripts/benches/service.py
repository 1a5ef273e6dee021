"""Tickets with their promises, created in batches, one by one and by mail; a stage for a hundred; escalation; the queue; answers.

``size`` is the number of open tickets in the backlog. Each part returns its own ``<part>_seconds`` and ``<part>_floor_seconds``;
``seconds`` and ``floor_seconds`` are their sums. Beside them stand the queries per ticket of a plain ``crm.lead``, made the same way.

* ``create``: 1,000 tickets in batches of 100. The floor is the insertion of as many rows of tickets, log and promises in SQL.
* ``one_ms``, ``mail_ms``: a ticket made by itself, and one that comes by mail, with its acknowledgement.
* ``stage``: 100 tickets solved at once. The floor is the updates in SQL.
* ``sweep``: the escalation sweep over all open tickets, of which a tenth is past its promise. The floor marks the same rows.
* ``queue``: the list of open tickets by urgency, as an agent's browser asks for it. The floor is the page and the count in SQL.
* ``find``: a question among 20,000 answers. The floor is the bare full-text search.
"""
from _service_data import answers, backlog, people
from _timing import timed

from odoo.tools import SQL

SIZES = [10_000, 100_000]
BATCH, BATCHES = 100, 10
FIELDS = ('name', 'title', 'priority', 'commercial_partner_id', 'type_id', 'team_id', 'user_id', 'date_due', 'stage_id', 'sla_state')
MAIL = """From: Person 7 <person7@bench.example.com>
To: {to}
Subject: The pump leaks {number}
Message-Id: <bench-{number}@bench.example.com>
Date: Mon, 15 Jun 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

It has leaked since this morning. {number}
"""


def run(env, size):
    team, persons = people(env)
    backlog(env, team, persons, size)
    answers(env, 20_000)
    result = {}
    for part in PARTS.values():
        result.update(part(env, team, persons))
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(result[f'{part}_{total}'] for part in PARTS), 3)
    return result


def _queries(env, work):
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    work()
    env.flush_all()
    return env.cr.sql_log_count - before


# ----------------------------------------------------------------------
# Making tickets
# ----------------------------------------------------------------------

def create(env, team, persons):
    def vals(count, start=0):
        return [{'title': f"Ticket {number}", 'team_id': team.id, 'partner_id': persons[number % len(persons)].id, 'channel': 'email'}
                for number in range(start, start + count)]

    def lead(count):
        return [{'name': f"Lead {number}", 'partner_id': persons[number % len(persons)].id} for number in range(count)]

    env['crm.ticket'].create(vals(1))
    env['crm.lead'].create(lead(1))
    env.cr.commit()
    seconds = timed(env, lambda: [env['crm.ticket'].create(vals(BATCH, BATCH * number)) for number in range(BATCHES)])
    floor = timed(env, lambda: env.cr.execute(_create_floor(env, BATCH * BATCHES)), times=2, undo=True)
    one = timed(env, lambda: env['crm.ticket'].create(vals(1)), times=5)
    number = iter(range(100))
    to = team.alias_email or _address(env, team)
    mail = timed(env, lambda: env['mail.thread'].message_process(
        'crm.ticket', MAIL.format(to=to, number=next(number)), custom_values={'team_id': team.id}), times=5)
    result = {
        'create_seconds': round(seconds, 3), 'create_floor_seconds': round(floor, 3),
        'batch_queries': _queries(env, lambda: env['crm.ticket'].create(vals(BATCH))) / BATCH,
        'lead_batch_queries': _queries(env, lambda: env['crm.lead'].create(lead(BATCH))) / BATCH,
        'one_queries': _queries(env, lambda: env['crm.ticket'].create(vals(1))),
        'lead_one_queries': _queries(env, lambda: env['crm.lead'].create(lead(1))),
        'one_ms': round(1000 * one, 1), 'mail_ms': round(1000 * mail, 1)}
    env.cr.commit()
    return result


def _address(env, team):
    team.alias_name = 'bench'
    return f'bench@{team.alias_domain or "bench.example.com"}'


def _create_floor(env, count):
    """Copy rows of a ticket, its log and its promises."""
    env.cr.execute("SELECT MAX(id) FROM crm_ticket")
    [pattern] = env.cr.fetchone()
    return SQL("; ").join(
        SQL("""INSERT INTO %(table)s (%(columns)s %(name)s)
               SELECT %(columns)s %(value)s FROM %(table)s, generate_series(1, %(count)s) AS n WHERE %(key)s = %(id)s""",
            table=SQL.identifier(table), columns=_columns(env, table), key=SQL.identifier(table, key), id=pattern, count=count,
            name=SQL(", name") if table == 'crm_ticket' else SQL(", number") if table == 'crm_ticket_sla' else SQL(""),
            value=SQL(", 'F' || n") if table == 'crm_ticket' else SQL(", 100 + n") if table == 'crm_ticket_sla' else SQL(""))
        for table, key in (('crm_ticket', 'id'), ('crm_ticket_stage_log', 'ticket_id'), ('crm_ticket_sla', 'ticket_id')))


def _columns(env, table):
    env.cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND table_schema = 'public' AND column_name NOT IN ('id', 'name', 'number', 'access_token')""", [table])
    return SQL(", ").join(SQL.identifier(name) for [name] in env.cr.fetchall())


# ----------------------------------------------------------------------
# Working on them
# ----------------------------------------------------------------------

def stage(env, team, _persons):
    tickets = env['crm.ticket'].search(
        [('team_id', '=', team.id), ('title', '=like', 'Ticket %'), ('name', '=like', 'T%')], limit=3 * BATCH)
    solved = env.ref('crm_service.crm_ticket_stage_solved')
    groups = [tickets[start:start + BATCH] for start in (0, BATCH)]
    queries = _queries(env, lambda: groups[0].write({'stage_id': solved.id}))
    seconds = timed(env, lambda: groups[1].write({'stage_id': solved.id}))
    floor = timed(env, lambda: env.cr.execute(SQL(
        """UPDATE crm_ticket SET stage_id = %(stage)s, state = 'solved', date_solved = NOW() WHERE id IN %(ids)s;
           UPDATE crm_ticket_sla SET state = 'met', date_reached = NOW() WHERE ticket_id IN %(ids)s;
           INSERT INTO crm_ticket_stage_log (ticket_id, company_id, date, event, state, stage_id)
           SELECT id, company_id, NOW(), 'stage', 'solved', stage_id FROM crm_ticket WHERE id IN %(ids)s""",
        stage=solved.id, ids=tuple(tickets[2 * BATCH:].ids))), times=2, undo=True)
    env.cr.commit()
    return {'stage_seconds': round(seconds, 4), 'stage_floor_seconds': round(floor, 4), 'stage_queries': queries}


def sweep(env, _team, _persons):
    floor = timed(env, lambda: env.cr.execute(
        """WITH broken AS (
               UPDATE crm_ticket_sla SET is_breached = TRUE
                WHERE state = 'running' AND is_breached IS NOT TRUE AND date_breach <= NOW() AT TIME ZONE 'UTC' RETURNING ticket_id)
           UPDATE crm_ticket SET sla_state = 'breached' FROM broken WHERE crm_ticket.id = broken.ticket_id"""), times=2, undo=True)
    seconds = timed(env, env['crm.ticket.sla']._cron_watch)
    env.cr.commit()
    again = timed(env, env['crm.ticket.sla']._cron_watch)
    return {'sweep_seconds': round(seconds, 3), 'sweep_floor_seconds': round(floor, 3), 'sweep_again_ms': round(1000 * again, 1)}


def queue(env, _team, _persons):
    agent = env['res.users'].search([('login', '=', 'benchagent')])
    seconds = timed(env, lambda: _open_queue(env, agent), times=3)
    floor = timed(env, lambda: _queue_floor(env), times=3)
    return {'queue_seconds': round(seconds, 4), 'queue_floor_seconds': round(floor, 4)}


def _open_queue(env, agent):
    tickets = env(user=agent.id)['crm.ticket'].with_context(allowed_company_ids=env.company.ids, bin_size=True)
    many2one = {'fields': {'display_name': {}}}
    specification = {name: many2one if tickets._fields[name].relational else {} for name in FIELDS}
    found = tickets.web_search_read([('state', 'in', ('new', 'open', 'waiting'))], specification, limit=80, count_limit=10_001)
    assert found['length'], 'there is work'


def _queue_floor(env):
    where = SQL("company_id = %s AND state IN ('new', 'open', 'waiting')", env.company.id)
    env.cr.execute(SQL(
        """SELECT ticket.*, partner.complete_name FROM crm_ticket AS ticket
        LEFT JOIN res_partner AS partner ON partner.id = ticket.commercial_partner_id
            WHERE ticket.id IN (SELECT id FROM crm_ticket WHERE %s ORDER BY date_due, priority DESC, id LIMIT 80)""", where))
    env.cr.fetchall()
    env.cr.execute(SQL("SELECT COUNT(*) FROM (SELECT FROM crm_ticket WHERE %s LIMIT 10001) AS counted", where))
    env.cr.fetchall()


def find(env, _team, _persons):
    questions = ("the pump leaks", "how does part 77 move", "what is that smell", "model 12 shakes at start")
    articles = env['crm.faq.article']
    seconds = timed(env, lambda: [articles._find(question, 'en_US', 'public', 5) for question in questions], times=3)
    floor = timed(env, lambda: [env.cr.execute(SQL(
        """SELECT id FROM crm_faq_article WHERE search_vector @@ to_tsquery('english', %(words)s) AND state = 'published'
         ORDER BY ts_rank_cd(search_vector, to_tsquery('english', %(words)s), 1) DESC LIMIT 5""",
        words=" | ".join(question.split()))) for question in questions], times=3)
    return {'find_seconds': round(seconds, 4), 'find_floor_seconds': round(floor, 4)}


# what is measured, by the name that its figures begin with
PARTS = {'create': create, 'stage': stage, 'sweep': sweep, 'queue': queue, 'find': find}
