"""Twenty transactions open tickets at the same moment: each ticket gets one person, turns and capacities hold, nobody gets an error."""
import json

import pytest
from databases import inside, with_addon

RACE = '''
import json, threading
company = env.ref('base.main_company')
people = env['res.users'].create([{
    'name': f"Agent {number}", 'login': f"race_{number}", 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
    'group_ids': [(6, 0, env.ref('crm_service.group_service_agent').ids)]} for number in range(4)])
team = env['crm.service.team'].create({'name': "Race", 'company_id': company.id, 'assignment': 'turn', 'member_ids': [
    (0, 0, {'user_id': person.id, 'capacity': 0 if number else 10}) for number, person in enumerate(people)]})
kind = env.ref('crm_service.crm_ticket_type_question')
env['crm.ticket'].create({'title': "The first of the year", 'type_id': kind.id, 'company_id': company.id})
env.cr.commit()
registry, start, results = Registry(sys.argv[1]), threading.Barrier(20), []

def open_tickets():
    outcome = {'given': 0, 'busy': 0, 'error': None}
    try:
        start.wait()
        for number in range(4):
            with registry.cursor() as cr:
                mine = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {'tracking_disable': True})
                ticket = mine['crm.ticket'].create({
                    'title': "Race", 'team_id': team.id, 'type_id': kind.id, 'company_id': company.id, 'channel': 'phone'})
                outcome['given'] += bool(ticket.user_id)
                outcome['busy'] += 'busy' in (ticket.assign_choice or {}).get('why', ())
                cr.commit()
    except Exception as error:
        outcome['error'] = repr(error)
    results.append(outcome)

threads = [threading.Thread(target=open_tickets) for _number in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
env.cr.rollback()
env.invalidate_all()
env['crm.ticket']._cron_assign()
tickets = env['crm.ticket'].search([('team_id', '=', team.id)])
print(json.dumps({
    'results': results, 'tickets': len(tickets), 'waiting': len(tickets.filtered(lambda ticket: not ticket.user_id)),
    'shares': [len(tickets.filtered(lambda ticket: ticket.user_id == person)) for person in people],
    'turns': sorted(team.member_ids.mapped('turn')),
    'logged': env['crm.ticket.stage.log'].search_count([('ticket_id', 'in', tickets.ids), ('event', '=', 'assigned')])}))
'''


@pytest.fixture(scope='module')
def database():
    with with_addon('crm_service') as name:
        yield name


def test_twenty_at_once(database):
    race = json.loads(inside(database, RACE).strip().splitlines()[-1])
    results = race['results']
    assert not [result['error'] for result in results if result['error']]
    assert sum(result['given'] + result['busy'] for result in results) == race['tickets'] == 80
    assert race['waiting'] == 0, "What found others at work is given out by the job"
    assert race['shares'][0] == 10, "Who takes ten has ten"
    assert sorted(race['shares'][1:]) == [23, 23, 24], "The others have had their turn one after the other"
    assert race['turns'][-1] == race['logged'] == 80, "Each ticket was given once"
    assert any(result['busy'] for result in results), "They met"
