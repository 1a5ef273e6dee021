"""OCA's helpdesk_mgmt and helpdesk_mgmt_sla through the same steps as the service bench, in a database of their own with plain leads.

They have no job that watches deadlines, and their deadline is not stored: sorting by it means reading all open tickets.
"""
from _sales_history import columns
from _service_make import BATCH, MAIL, per_request
from _timing import queries, timed

from odoo.fields import Command
from odoo.tools import SQL

SIZES = []
PACKAGES = ['odoo-addon-helpdesk_mgmt==19.0.*', 'odoo-addon-helpdesk_mgmt_sla==19.0.*']


def run(env, size):
    team, persons = _people(env)
    result = _make(env, team, persons, size)
    result.update(_stage(env, team))
    result.update(_sort(env, size))
    return result


def _people(env):
    """Create a team with two promises as ours has them, and persons of customers. :return: (team, persons)"""
    done, taken = env.ref('helpdesk_mgmt.helpdesk_ticket_stage_done'), env.ref('helpdesk_mgmt.helpdesk_ticket_stage_in_progress')
    team = env['helpdesk.ticket.team'].create({
        'name': "Bench", 'use_sla': True, 'user_ids': [Command.link(env.uid)],
        'resource_calendar_id': env.company.resource_calendar_id.id})
    waiting = env.ref('helpdesk_mgmt.helpdesk_ticket_stage_awaiting')
    env['helpdesk.sla'].create([
        {'name': name, 'stage_id': stage.id, 'team_ids': team.ids, 'ignore_stage_ids': waiting.ids, **time}
        for name, stage, time in (("First answer", taken, {'hours': 4}), ("Solution", done, {'days': 3}))])
    customers = env['res.partner'].create([{'name': f"Customer {number}", 'is_company': True} for number in range(1_000)])
    persons = env['res.partner'].create([
        {'name': f"Person {number}", 'parent_id': customer.id, 'email': f'person{number}@bench.example.com'}
        for number, customer in enumerate(customers)])
    env.cr.commit()
    return team, persons


def _make(env, team, persons, size):
    """Make a hundredth of ``size`` in batches, a thousandth one by one and by mail: enough for a mean."""
    next_number = iter(range(size))

    def tickets(count=1):
        env['helpdesk.ticket'].create([
            {'name': f"Made {number}", 'description': "<p>Leaks</p>", 'team_id': team.id, 'partner_id': persons[number % len(persons)].id}
            for number in (next(next_number) for _ticket in range(count))])

    def leads(count=1):
        env['crm.lead'].create([
            {'name': f"Made {number}", 'partner_id': persons[number % len(persons)].id}
            for number in (next(next_number) for _lead in range(count))])

    def mail(model, **vals):
        number = next(next_number)
        env['mail.thread'].message_process(model, MAIL.format(
            to='bench@bench.example.com', number=number, model=model, person=number % len(persons)), custom_values=vals)

    ways = {
        'batch': (lambda: tickets(BATCH), lambda: leads(BATCH), BATCH, max(1, size // 100 // BATCH)),
        'single': (tickets, leads, 1, max(10, size // 1_000)),
        'mail': (lambda: mail('helpdesk.ticket', team_id=team.id), lambda: mail('crm.lead'), 1, max(10, size // 1_000)),
    }
    result = {}
    for name, (ticket, lead, count, times) in ways.items():
        for kind, work in (('', ticket), ('_lead', lead)):
            work()
            env.cr.commit()
            result[f'{name}{kind}_queries'] = round(queries(env, work) / count, 1)
            env.cr.commit()
            result[f'{name}{kind}_ms'] = round(1000 * per_request(env, work, times) / (count * times), 2)
    return result


def _stage(env, team):
    found = env['helpdesk.ticket'].search([('team_id', '=', team.id)], limit=2 * BATCH)
    done = env.ref('helpdesk_mgmt.helpdesk_ticket_stage_done')
    count = queries(env, lambda: found[:BATCH].write({'stage_id': done.id}))
    rest = found[BATCH:] or found
    seconds = timed(env, lambda: rest.write({'stage_id': done.id}))
    env.cr.commit()
    return {'stage_queries': count, 'stage_ms': round(1000 * seconds, 1), 'stage_count': len(rest)}


def _sort(env, size):
    """Insert ``size`` open tickets with a deadline each, and show the most urgent ones."""
    pattern = env['helpdesk.ticket.sla'].search([('state', '=', 'in_progress')], limit=1)
    env.cr.execute("SET session_replication_role = replica")
    for table, alias, own, key, values in (
            ('helpdesk_ticket', pattern.ticket_id.id, {'number', 'name', 'access_token'}, SQL("number, name"),
             SQL("'B' || n, 'Ticket ' || n")),
            ('helpdesk_ticket_sla', pattern.id, {'ticket_id', 'deadline'}, SQL("ticket_id, deadline"),
             SQL("ticket.id, NOW() AT TIME ZONE 'UTC' + (ticket.id %% 1000 - 100) * INTERVAL '10 minutes'"))):
        names = columns(env, table, own)
        env.cr.execute(SQL(
            "INSERT INTO %(table)s (%(key)s, %(names)s) SELECT %(values)s, %(copied)s FROM %(table)s AS pattern, %(source)s"
            " WHERE pattern.id = %(id)s", table=SQL.identifier(table), key=key, values=values, id=alias,
            names=SQL(", ").join(map(SQL.identifier, names)), copied=SQL(", ").join(SQL.identifier('pattern', name) for name in names),
            source=SQL("generate_series(1, %s) AS n", size) if table == 'helpdesk_ticket' else SQL(
                "(SELECT id FROM helpdesk_ticket WHERE number LIKE 'B%%') AS ticket")))
    env.cr.execute("SET session_replication_role = DEFAULT")
    env.cr.commit()

    def most_urgent():
        found = env['helpdesk.ticket'].search([('stage_id.closed', '=', False)])
        return found.filtered('sla_deadline').sorted('sla_deadline')[:80].read(['number', 'name', 'priority', 'partner_id', 'sla_deadline'])
    seconds = timed(env, most_urgent)
    return {'queue_seconds': round(seconds, 3)}
