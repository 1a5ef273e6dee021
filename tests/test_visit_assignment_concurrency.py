"""Fifty transactions give out leads at the same moment: none is given twice, nobody gets an error, and loads come out even."""
import json

import pytest
from databases import inside, with_addon

RACE = '''
import json, threading
company = env.ref('base.main_company')
people = env['res.users'].create([{
    'name': f"Rep {number}", 'login': f"race_{number}", 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
    'group_ids': [(6, 0, env.ref('sales_team.group_sale_salesman').ids)]} for number in range(5)])
env['crm.lead'].search([]).unlink()
leads = env['crm.lead'].create([{
    'name': f"Lead {number}", 'type': 'lead', 'user_id': False, 'team_id': False, 'company_id': company.id} for number in range(150)])
env['crm.assignment.rule'].create({'name': "Race", 'company_id': company.id, 'receiver_ids': [
    (0, 0, {'user_id': person.id, 'capacity': 32}) for person in people]})
env.cr.commit()
registry, start, results = Registry(sys.argv[1]), threading.Barrier(50), []

def give_out():
    outcome = {'given': 0, 'turns': 0, 'busy': 0, 'error': None}
    try:
        start.wait()
        while True:
            with registry.cursor() as cr:
                mine = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
                given = mine['crm.assignment.rule']._give_out(mine['res.company'].browse(company.id), limit=5)
                cr.commit()
            outcome['given'] += given.count
            outcome['turns'] += bool(given.count)
            outcome['busy'] += given.is_busy
            if not given.count and not given.is_busy:
                break
    except Exception as error:
        outcome['error'] = repr(error)
    results.append(outcome)

threads = [threading.Thread(target=give_out) for _number in range(50)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
env.invalidate_all()
env.cr.rollback()
print(json.dumps({
    'results': results, 'owners': [leads.filtered(lambda lead: lead.user_id == person).__len__() for person in people],
    'assignments': env['crm.assignment'].search_count([('lead_id', 'in', leads.ids)]),
    'matching': len(env['crm.assignment'].search([('state', '=', 'waiting')]).filtered(
        lambda given: given.user_id == given.lead_id.user_id)),
}))
'''


@pytest.fixture(scope='module')
def database():
    with with_addon('crm_visit_quota') as name:
        yield name


def test_fifty_at_once(database):
    race = json.loads(inside(database, RACE).strip().splitlines()[-1])
    results = race['results']
    assert not [result['error'] for result in results if result['error']]
    assert len(results) == 50
    assert sum(result['given'] for result in results) == 150
    assert race['owners'] == [30] * 5, "Loads are counted one hand-out after the other"
    assert race['assignments'] == race['matching'] == 150, "One assignment for each lead, to who has it"
    assert sum(bool(result['turns']) for result in results) > 1, "Several transactions had their turn"
    assert any(result['busy'] for result in results), "They met"
