"""Tickets with their promises: made in batches, one by one and by mail; stages, escalation, the queue and answers.

``size`` is the number of open tickets in the backlog. Each part returns its own ``<part>_seconds`` and ``<part>_floor_seconds``;
``seconds`` and ``floor_seconds`` are their sums.

* ``batch``, ``single``, ``mail``: a tenth of ``size`` in batches of 100, a hundredth one by one, a hundredth by mail, each call in a
  transaction of its own. ``<part>_queries`` are the statements per ticket, ``<part>_lead_queries`` those per ``crm.lead`` made in the same
  way. The floor inserts as many rows of tickets, log, promises and messages in as many transactions.
* ``stage``: 100 tickets solved at once. The floor is the updates in SQL.
* ``follow``: the figures of the promises of 1,000 tickets found anew. ``follow_queries_10`` and ``follow_queries_1000`` are the statements
  for so many. The floor reads their log and writes their deadlines.
* ``sweep``: the watching job over all open tickets, of which a tenth has just been broken: it marks them and asks for the causes. The floor
  marks the same rows and inserts the activities. ``sweep_again_ms``: when nothing is due.
* ``step``: the same job when a step is due on a hundredth of the tickets, with the activities. The floor inserts activities and log.
* ``queue``: the list of open tickets by urgency, as an agent's browser asks for it. The floor is the page and the count in SQL.
* ``find``, ``find_zh``: four questions each, among 20,000 answers, half of them in Chinese. The floor is the bare full-text search.
"""
from _service_data import answers, backlog, people
from _service_make import BATCH, make
from _timing import queries, timed

from odoo.tools import SQL

from odoo.addons.crm_service.tools.faq_text import pairs

SIZES = [10_000, 100_000]
FIELDS = ('name', 'title', 'priority', 'commercial_partner_id', 'type_id', 'team_id', 'user_id', 'date_due', 'stage_id', 'sla_state')
OPEN = ('new', 'open', 'waiting')


def run(env, size):
    team, persons = people(env)
    backlog(env, team, persons, size)
    result = make(env, team, persons, size)
    answers(env, 20_000)
    for part in (stage, follow, sweep, step, queue, find):
        result.update(part(env, team))
        env.cr.commit()
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(value for name, value in result.items() if name.endswith(f'_{total}') and (
            total == 'floor_seconds' or not name.endswith('_floor_seconds'))), 3)
    return result


# ----------------------------------------------------------------------
# Working on them
# ----------------------------------------------------------------------

def stage(env, team):
    tickets = env['crm.ticket'].search([('team_id', '=', team.id), ('title', '=like', 'Made %'), ('state', '=', 'new')], limit=4 * BATCH)
    solved = env.ref('crm_service.crm_ticket_stage_solved')
    groups = [tickets[start:start + BATCH] for start in range(0, len(tickets), BATCH)]
    floor = timed(env, lambda: env.cr.execute(SQL(
        """UPDATE crm_ticket SET stage_id = %(stage)s, state = 'solved', date_solved = NOW() WHERE id = ANY(%(ids)s);
           UPDATE crm_ticket_sla SET state = 'met', date_reached = NOW() WHERE ticket_id = ANY(%(ids)s);
           INSERT INTO crm_ticket_stage_log (ticket_id, company_id, date, event, state, stage_id)
           SELECT id, company_id, NOW(), 'stage', 'solved', stage_id FROM crm_ticket WHERE id = ANY(%(ids)s)""",
        stage=solved.id, ids=groups[0].ids)), times=2, undo=True)
    count = queries(env, lambda: groups[0].write({'stage_id': solved.id}))
    seconds = min(timed(env, lambda group=group: group.write({'stage_id': solved.id})) for group in groups[1:] or groups)
    return {'stage_seconds': round(seconds, 4), 'stage_floor_seconds': round(floor, 4), 'stage_queries': count}


def follow(env, _team):
    tickets = env['crm.ticket'].search([('state', 'in', OPEN)], limit=1_000, order='id desc')   # those in the team's hours first
    seconds = timed(env, tickets._sla_recompute, times=2, undo=True)
    floor = timed(env, lambda: env.cr.execute(SQL(
        """SELECT ticket_id, event, date, state FROM crm_ticket_stage_log WHERE ticket_id = ANY(%(ids)s) ORDER BY date, id;
           SELECT * FROM crm_ticket_sla WHERE ticket_id = ANY(%(ids)s);
           UPDATE crm_ticket_sla SET date_due = date_due WHERE ticket_id = ANY(%(ids)s)""", ids=tickets.ids)), times=2, undo=True)
    counts = {f'follow_queries_{count}': queries(env, tickets[:count]._sla_recompute) for count in (10, 1_000)}
    env.cr.rollback()   # the backlog of a small run stays as it was
    return {'follow_seconds': round(seconds, 4), 'follow_floor_seconds': round(floor, 4), **counts}


def sweep(env, _team):
    floor = timed(env, lambda: env.cr.execute(SQL(
        """WITH broken AS (
               UPDATE crm_ticket_sla SET is_breached = TRUE
                WHERE state = 'running' AND is_breached IS NOT TRUE AND date_breach <= NOW() AT TIME ZONE 'UTC' RETURNING ticket_id),
           shown AS (UPDATE crm_ticket SET sla_state = 'breached' FROM broken WHERE crm_ticket.id = broken.ticket_id)
           %s FROM broken""", _activities(env))), times=2, undo=True)
    before = env['crm.ticket.sla'].search_count([('is_breached', '=', True)])
    seconds = timed(env, env['crm.ticket.sla']._cron_watch)
    env.cr.commit()
    broken = env['crm.ticket.sla'].search_count([('is_breached', '=', True)]) - before
    again = timed(env, env['crm.ticket.sla']._cron_watch)
    return {'sweep_seconds': round(seconds, 3), 'sweep_floor_seconds': round(floor, 3), 'sweep_broken': broken,
            'sweep_again_ms': round(1000 * again, 1)}


def step(env, _team):
    env.cr.execute("""UPDATE crm_ticket_sla SET date_step = NOW() AT TIME ZONE 'UTC' FROM crm_ticket AS ticket
                       WHERE ticket.id = ticket_id AND ticket.name LIKE 'B%00' AND crm_ticket_sla.state = 'running'""")
    env.cr.commit()
    floor = timed(env, lambda: env.cr.execute(SQL(
        """WITH due AS (
               UPDATE crm_ticket_sla AS sla SET date_step = NULL WHERE state = 'running' AND date_step <= NOW() AT TIME ZONE 'UTC'
                  AND date_start + 0.8 * (date_due - date_start) <= NOW() AT TIME ZONE 'UTC'
               RETURNING ticket_id, id, policy_id, company_id),
           logged AS (
               INSERT INTO crm_escalation_log (sla_id, step_id, ticket_id, company_id, date)
               SELECT due.id, step.id, ticket_id, company_id, NOW() FROM due JOIN crm_escalation_step AS step USING (policy_id)
               ON CONFLICT DO NOTHING)
           %s FROM due""", _activities(env))), times=2, undo=True)
    before = env['crm.escalation.log'].search_count([])
    seconds = timed(env, env['crm.ticket.sla']._cron_watch)
    env.cr.commit()
    return {'step_seconds': round(seconds, 3), 'step_floor_seconds': round(floor, 3),
            'step_count': env['crm.escalation.log'].search_count([]) - before}


def _activities(env):
    """Return the beginning of a statement that inserts an activity for each row of a ``ticket_id``."""
    return SQL(
        """INSERT INTO mail_activity (res_model, res_model_id, res_id, user_id, activity_type_id, summary, date_deadline, active)
           SELECT 'crm.ticket', %s, ticket_id, %s, %s, 'Why?', CURRENT_DATE, TRUE""",
        env['ir.model']._get_id('crm.ticket'), env.uid, env.ref('crm_service.mail_activity_breach_cause').id)


# ----------------------------------------------------------------------
# Finding
# ----------------------------------------------------------------------

def queue(env, team):
    seconds = timed(env, lambda: _open_queue(env, team.user_id), times=3)
    floor = timed(env, lambda: _queue_floor(env), times=3)
    return {'queue_seconds': round(seconds, 4), 'queue_floor_seconds': round(floor, 4)}


def _open_queue(env, agent):
    tickets = env(user=agent.id)['crm.ticket'].with_context(allowed_company_ids=env.company.ids, bin_size=True)
    many2one = {'fields': {'display_name': {}}}
    specification = {name: many2one if tickets._fields[name].relational else {} for name in FIELDS}
    found = tickets.web_search_read([('state', 'in', OPEN)], specification, limit=80, count_limit=10_001)
    assert found['length'], 'there is work'


def _queue_floor(env):
    where = SQL("company_id = %s AND state IN %s", env.company.id, OPEN)
    env.cr.execute(SQL(
        """SELECT ticket.*, partner.complete_name FROM crm_ticket AS ticket
        LEFT JOIN res_partner AS partner ON partner.id = ticket.commercial_partner_id
            WHERE ticket.id IN (SELECT id FROM crm_ticket WHERE %s ORDER BY date_due, priority DESC, id LIMIT 80)""", where))
    env.cr.fetchall()
    env.cr.execute(SQL("SELECT COUNT(*) FROM (SELECT FROM crm_ticket WHERE %s LIMIT 10001) AS counted", where))
    env.cr.fetchall()


def find(env, _team):
    english = ["the pump leaks", "how does the valve move", "what is that smell", "the motor shakes at start"]
    chinese = ["水泵漏水怎么办", "阀门如何移动", "电机启动噪音", "滤芯有气味"]
    return {**_find(env, 'find', 'en_US', 'english', english), **_find(env, 'find_zh', 'zh_CN', 'simple', chinese)}


def _find(env, name, lang, config, asked):
    articles = env['crm.faq.article']

    def ours():
        return [articles._find(question, lang, 'public', 5) for question in asked]

    def floor():
        for question in asked:
            wanted = SQL("to_tsquery(%s::regconfig, %s)", config, " | ".join(pairs(question) or question.split()))
            env.cr.execute(SQL(
                """SELECT id FROM crm_faq_article WHERE search_vector @@ %(wanted)s AND state = 'published' AND lang = %(lang)s
                 ORDER BY ts_rank_cd(search_vector, %(wanted)s, 1) DESC LIMIT 5""", wanted=wanted, lang=lang))
    assert all(ours()), 'each question has an answer'
    return {f'{name}_seconds': round(timed(env, ours, times=3), 4), f'{name}_floor_seconds': round(timed(env, floor, times=3), 4)}
