"""People, open tickets with promises, and answers: what the service bench measures on.

The backlog is promised a solution within 240 hours around the clock, so that a day of the week changes nothing: the deadlines lie ten
minutes apart, a tenth of them in the past.
"""
import random

from _sales_history import columns, vacuum

from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.crm_service.tools.ticket_state import PRIORITIES

CUSTOMERS = 1_000
PROMISED = 240      # hours, of the backlog
FIRST_STEP = 80     # percent of them
THEMES = ['leak', 'hum', 'stop', 'heat', 'start', 'break', 'turn', 'move', 'shake', 'smell', 'seal', 'valve', 'pump', 'filter', 'motor',
          'hose', 'switch', 'fuse', 'display', 'alarm']
SIGNS = ['水泵', '漏水', '噪音', '停机', '发热', '启动', '断裂', '转动', '移动', '抖动',
         '气味', '密封', '阀门', '滤芯', '电机', '软管', '开关', '保险', '显示', '报警']


def people(env):
    """Create an agent, customers with a person each, and the team that they write to. :return: (team, persons)"""
    agent = env['res.users'].with_context(no_reset_password=True).create({
        'name': "Bench Agent", 'login': 'benchagent', 'email': 'agent@bench.example.com', 'tz': 'Europe/Brussels',
        'group_ids': [Command.link(env.ref('crm_service.group_service_agent').id)]})
    team = _team(env, "Bench", agent, alias_name='bench')
    customers = env['res.partner'].create([{'name': f"Customer {number}", 'is_company': True} for number in range(CUSTOMERS)])
    persons = env['res.partner'].create([
        {'name': f"Person {number}", 'parent_id': customer.id, 'email': f'person{number}@bench.example.com'}
        for number, customer in enumerate(customers)])
    env.cr.commit()
    return team, persons


def _team(env, name, agent, **vals):
    return env['crm.service.team'].create({
        'name': name, 'company_id': env.company.id, 'user_id': agent.id, 'member_ids': [Command.create({'user_id': agent.id})], **vals})


def backlog(env, team, persons, count):
    """Insert ``count`` open tickets of a team of their own, each with its log and its promise."""
    late = _team(env, "Backlog", team.user_id, calendar_id=False)
    env['crm.sla.policy'].create({
        'name': "Backlog", 'promise': 'resolution', 'clock': 'always', 'hours': PROMISED, 'team_ids': late.ids, 'step_ids': [
            Command.create({'percent': FIRST_STEP, 'whom': 'assignee'}), Command.create({'percent': 100, 'whom': 'leader'})]})
    pattern = env['crm.ticket'].create({'title': "Pattern", 'team_id': late.id, 'partner_id': persons[0].id, 'channel': 'email'})
    row = pattern.sla_ids.filtered(lambda sla: sla.promise == 'resolution')
    assert row.minutes == 60 * PROMISED, 'the backlog is promised what the bench says'
    env.flush_all()
    values = {'count': count, 'pattern': pattern.id, 'row': row.id, 'hours': PROMISED, 'priorities': len(PRIORITIES)}
    env.cr.execute("SET session_replication_role = replica")   # no foreign key checks on rows that are right by construction
    for statement, table, own in (
            (_TICKETS, 'crm_ticket', {'name', 'title', 'date_due', 'date_opened', 'date_last_asked', 'priority', 'access_token'}),
            (_LOGS, 'crm_ticket_stage_log', {'ticket_id', 'date'}),
            (_SLAS, 'crm_ticket_sla', {'ticket_id', 'date_start', 'date_due', 'date_breach', 'date_step'})):
        names = columns(env, table, own)
        env.cr.execute(SQL(
            statement, **values, names=_list(names), copied=SQL(", ").join(SQL.identifier('pattern', name) for name in names)))
    env.cr.execute("SET session_replication_role = DEFAULT")
    env.cr.commit()
    env.invalidate_all()
    vacuum(env, 'crm_ticket', 'crm_ticket_stage_log', 'crm_ticket_sla')


_TICKETS = """
    INSERT INTO crm_ticket (name, title, date_due, date_opened, date_last_asked, priority, %(names)s)
    SELECT 'B' || n, 'Ticket ' || n, due, due - %(hours)s * INTERVAL '1 hour', due - %(hours)s * INTERVAL '1 hour',
           (n %% %(priorities)s)::text, %(copied)s
      FROM crm_ticket AS pattern, generate_series(1, %(count)s) AS n,
           LATERAL (SELECT date_trunc('second', NOW() AT TIME ZONE 'UTC') + (n %% 1000 - 100) * INTERVAL '10 minutes' AS due) AS day
     WHERE pattern.id = %(pattern)s"""
_LOGS = """
    INSERT INTO crm_ticket_stage_log (ticket_id, date, %(names)s)
    SELECT ticket.id, ticket.date_opened, %(copied)s
      FROM crm_ticket AS ticket, crm_ticket_stage_log AS pattern
     WHERE pattern.ticket_id = %(pattern)s AND pattern.event = 'created' AND ticket.name LIKE 'B%%'"""
_SLAS = """
    INSERT INTO crm_ticket_sla (ticket_id, date_start, date_due, date_breach, date_step, %(names)s)
    SELECT ticket.id, ticket.date_opened, ticket.date_due, ticket.date_due, NULL, %(copied)s
      FROM crm_ticket AS ticket, crm_ticket_sla AS pattern WHERE pattern.id = %(row)s AND ticket.name LIKE 'B%%'"""


def answers(env, count):
    """Create published answers, half of them in English, half in Chinese: each a question of a few words and an answer of forty."""
    env['res.lang']._activate_lang('zh_CN')
    chance = random.Random(7)
    made = [_answer(chance, number, 'zh_CN' if number % 2 else 'en_US') for number in range(count)]
    pattern = env['crm.faq.article'].create({'name': "Pattern", 'body': "<p>Answer</p>", 'audience': 'public'})
    pattern.action_publish()
    env.flush_all()
    names = columns(env, 'crm_faq_article', {'name', 'body', 'lang', 'search_vector'})
    for start in range(0, count, 1_000):
        env.cr.execute(SQL(
            """INSERT INTO crm_faq_article (name, body, lang, %(names)s) SELECT made.name, made.body, made.lang, %(copied)s
                 FROM (VALUES %(made)s) AS made(name, body, lang), crm_faq_article AS pattern
                WHERE pattern.id = %(pattern)s RETURNING id""",
            names=_list(names), copied=SQL(", ").join(SQL.identifier('pattern', name) for name in names), pattern=pattern.id,
            made=SQL(", ").join(SQL("%s", row) for row in made[start:start + 1_000])))
        env['crm.faq.article'].browse(key for [key] in env.cr.fetchall())._index()
        env.invalidate_all()
    env.cr.commit()
    vacuum(env, 'crm_faq_article')


def _answer(chance, number, lang):
    """Return (question, answer, language) of an article; every one is about a few of the themes."""
    themes, space = (SIGNS, '') if lang == 'zh_CN' else (THEMES, ' ')
    body = [chance.choice(themes) if chance.random() < 0.2 else f'{chance.randrange(3_000)}' for _word in range(40)]
    return f"{space.join(chance.sample(themes, 3))} {number % 700}", f"<p>{' '.join(body)}</p>", lang


def _list(names):
    return SQL(", ").join(map(SQL.identifier, names))
