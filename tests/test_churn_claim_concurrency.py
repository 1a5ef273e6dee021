"""Fifty people claim the same customers at the same moment: each customer gets one owner, the others are told, nobody sees an error.

Real transactions of their own, as in the web client: what a person is refused is a message, never a serialization failure.
"""
import json

import pytest
from databases import inside, with_addon

RACE = '''
import json, threading
from odoo.exceptions import UserError
company = env.ref('base.main_company')
people = env['res.users'].create([{
    'name': f"Rep {number}", 'login': f"claim_{number}", 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
    'group_ids': [(6, 0, env.ref('sales_team.group_sale_salesman').ids)]} for number in range(50)])
pool = env['crm.pool'].create({
    'name': "Race", 'company_id': company.id, 'member_ids': [(6, 0, people.ids)], 'claim_daily_max': CAP, 'cooldown_days': 0})
customers = env['res.partner'].create([{'name': f"Wanted {number}", 'is_company': True} for number in range(20)])
env['crm.pool.move']._carry_out('imported', customers, pool=pool)
entries = env['crm.pool.entry'].search([('pool_id', '=', pool.id)], order='id').ids
env.cr.commit()
registry, results = Registry(sys.argv[1]), []

def claim(person, start, wanted):
    outcome = {'claimed': 0, 'told': [], 'error': None}
    start.wait()
    for entry in wanted:
        with registry.cursor() as cr:
            mine = odoo.api.Environment(cr, person, {'allowed_company_ids': company.ids})
            try:
                mine['crm.pool.entry'].browse(entry).action_claim()
                mine.flush_all()
                cr.commit()
                outcome['claimed'] += 1
            except UserError as error:
                cr.rollback()
                outcome['told'].append(str(error))
            except Exception as error:
                cr.rollback()
                outcome['error'] = repr(error)
    results.append(outcome)

def race(*runners):
    start = threading.Barrier(len(runners))
    threads = [threading.Thread(target=claim, args=(person, start, wanted)) for person, wanted in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.rollback()
    env.invalidate_all()
    moves = env['crm.pool.move'].search([('pool_id', '=', pool.id), ('kind', '=', 'claimed')])
    numbers = [(move.to_user_id.id, move.number) for move in moves]
    print(json.dumps({
        'results': results, 'owned': len(customers.filtered('user_id')), 'pooled': len(customers.filtered('crm_pool_id')),
        'entries': env['crm.pool.entry'].search_count([('pool_id', '=', pool.id)]), 'moves': len(moves),
        'same': all(move.partner_id.user_id == move.to_user_id for move in moves), 'unique': len(numbers) == len(set(numbers)),
        'most': max(move.number for move in moves)}))
'''
EVERYBODY = RACE.replace('CAP', '0') + '''
race(*[(person.id, entries[position % 20:] + entries[:position % 20] if position % 2 else entries)
       for position, person in enumerate(people)])
'''
ONE_PERSON = RACE.replace('CAP', '3') + '''
race(*[(people[0].id, entries[position * 2:position * 2 + 2]) for position in range(10)])
'''


@pytest.fixture(scope='module')
def database():
    with with_addon('crm_churn') as name:
        yield name


def _race(database, script):
    return json.loads(inside(database, script).strip().splitlines()[-1])


def test_fifty_at_once(database):
    race = _race(database, EVERYBODY)
    results = race['results']
    assert not [result['error'] for result in results if result['error']]
    assert len(results) == 50
    assert race['owned'] == race['moves'] == sum(result['claimed'] for result in results) == 20, "Each customer has one owner"
    assert race['same'] and race['entries'] == race['pooled'] == 0
    told = [text for result in results for text in result['told']]
    assert len(told) == 50 * 20 - 20, "Whoever was not first has been told"
    assert {text.split(':')[0] for text in told} == {"Somebody else was faster"}


def test_one_person_in_ten_windows(database):
    """The limit of the day holds, whatever the number of windows in which one person claims at once."""
    race = _race(database, ONE_PERSON.replace('claim_{number}', 'alone_{number}'))
    results = race['results']
    assert not [result['error'] for result in results if result['error']]
    assert 1 <= race['moves'] == race['most'] == race['owned'] <= 3 and race['unique']
    assert all("today" in text or "another window" in text for result in results for text in result['told'])
