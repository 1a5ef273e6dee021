"""Two workers watch over the same promises, and one of them may die: each escalation step is taken once."""
import json

import pytest
from databases import inside, with_addon

TICKETS = 250

RACE = '''
import json, threading
from odoo.addons.crm_service.models.crm_escalation_sweep import CrmTicketSla
company = env.ref('base.main_company')
env['crm.sla.policy'].search([]).active = False
agent = env['res.users'].create({
    'name': "Agent", 'login': 'race_agent', 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
    'group_ids': [(6, 0, env.ref('crm_service.group_service_agent').ids)]})
team = env['crm.service.team'].create({'name': "Race", 'company_id': company.id, 'calendar_id': False})
env['crm.sla.policy'].create([{
    'name': promise, 'company_id': company.id, 'promise': promise, 'hours': 1, 'clock': 'always',
    'step_ids': [(0, 0, {'percent': 50}), (0, 0, {'percent': 80, 'how': 'mail'})]} for promise in ('first_response', 'resolution')])
tickets = env['crm.ticket'].create([
    {'title': f"Ticket {number}", 'team_id': team.id, 'company_id': company.id, 'user_id': agent.id} for number in range(%(tickets)s)])
env.cr.execute("UPDATE crm_ticket_stage_log SET date = date - interval '55 minutes'")
env.invalidate_all()
tickets._sla_recompute()
env.cr.commit()
registry = Registry(sys.argv[1])

def watch(start=None):
    try:
        with registry.cursor() as cr:
            mine = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
            mine['crm.ticket.sla'].search([('state', '=', 'running')], limit=1)   # the snapshot of the transaction
            if start:
                start.wait(60)
            mine['crm.ticket.sla']._cron_watch()
            cr.commit()
        return 'through'
    except Exception as error:
        return repr(error)

# the first one dies in the middle of a batch, after others were committed
told, tell = [], CrmTicketSla._tell_by_activity
def dying(self, *args):
    told.append(1)
    if len(told) > 250:
        raise RuntimeError("power cut")
    return tell(self, *args)
CrmTicketSla._tell_by_activity = dying
outcomes = [watch()]
CrmTicketSla._tell_by_activity = tell
env.cr.rollback()
committed = env['crm.escalation.log'].search_count([])
for turn in range(3):
    start, found = threading.Barrier(2), []
    threads = [threading.Thread(target=lambda: found.append(watch(start))) for worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes += found
env.cr.rollback()
env.invalidate_all()
kind = env.ref('crm_service.mail_activity_escalation')
activities = env['mail.activity']._read_group([('activity_type_id', '=', kind.id)], ['res_id'], ['__count'])
notices = env['mail.message']._read_group(
    [('model', '=', 'crm.ticket'), ('message_type', '=', 'user_notification'), ('subject', '=like', '%% runs out'),
     ('notified_partner_ids', 'in', agent.partner_id.ids)], ['res_id'], ['__count'])
print(json.dumps({
    'outcomes': outcomes, 'committed': committed, 'logs': env['crm.escalation.log'].search_count([]),
    'activities': sorted({count for ticket, count in activities}), 'tickets': len(activities),
    'notices': sorted({count for ticket, count in notices}),
    'waiting': env['crm.ticket.sla'].search_count([('date_step', '!=', False)])}))
''' % {'tickets': TICKETS}


@pytest.fixture(scope='module')
def race():
    with with_addon('crm_service') as name:
        yield json.loads(inside(name, RACE).strip().splitlines()[-1])


def test_each_step_once(race):
    """Two promises with a step by activity and one by mail each: nothing twice, nothing left, nobody with an error but who died."""
    assert race['outcomes'] == ["RuntimeError('power cut')", *['through'] * 6]
    assert 0 < race['committed'] < 4 * TICKETS
    assert (race['logs'], race['tickets'], race['activities'], race['notices']) == (4 * TICKETS, TICKETS, [2], [2])
    assert race['waiting'] == 0
