"""Several people press the same button at the same moment: one document is made, the others are told."""
import ast
import json
import pathlib

import pytest
from databases import base_template, copy_of, inside, odoo

ADDONS = pathlib.Path(__file__).parents[1] / 'addons'
DEPENDS = {path.parent.name: ast.literal_eval(path.read_text(encoding='utf-8'))['depends'] for path in ADDONS.glob('*/__manifest__.py')}

RACE = '''
import json, threading
from odoo.service.model import retrying
company = env.ref('base.main_company')
env['account.journal'].search([('type', '=', 'sale'), ('company_id', '=', company.id)], limit=1) or env['account.journal'].create({
    'name': "Sales", 'code': 'SAL', 'type': 'sale', 'company_id': company.id})
if not company.income_account_id:
    company.income_account_id, receivable = env['account.account'].with_company(company).create([
        {'name': "Income", 'code': 'R4', 'account_type': 'income'},
        {'name': "Receivable", 'code': 'R1', 'account_type': 'asset_receivable', 'reconcile': True}])
product = env['product.product'].create({'name': "Pump", 'type': 'consu', 'is_storable': True, 'taxes_id': False})
customer = env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True})
order = env['sale.order'].create({'partner_id': customer.id, 'order_line': [
    (0, 0, {'product_id': product.id, 'product_uom_qty': 10, 'price_unit': 100, 'tax_ids': False})]})
order.action_confirm()
contract = env['crm.contract'].create({'partner_id': customer.id, 'currency_id': order.currency_id.id})
order.crm_contract_id = contract
contract._take_over_amounts()
contract.write({'state': 'executing', 'date_signed': '2026-01-01'})
steps = env['crm.contract.step'].create([
    {'contract_id': contract.id, 'name': "Advance", 'kind': 'invoice', 'amount': 300},
    {'contract_id': contract.id, 'name': "Rest", 'kind': 'invoice', 'amount': 700},
    {'contract_id': contract.id, 'name': "Delivery", 'kind': 'deliver', 'line_ids': [
        (0, 0, {'order_line_id': order.order_line.id, 'quantity': 4})]}])
env.cr.commit()
registry, results = Registry(sys.argv[1]), []

def press(step_id, method, start):
    outcome = None
    with registry.cursor() as cr:
        mine = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        step = mine['crm.contract.step'].browse(step_id)
        step.fetch(['state'])   # everybody has begun to look before anybody presses
        start.wait()
        try:
            retrying(lambda: getattr(step, method)(), mine)
            outcome = 'made'
        except Exception as error:
            outcome = type(error).__name__
    results.append([method, outcome])

for step, method in ((steps[0], 'action_create_invoice'), (steps[2], 'action_create_picking')):
    start = threading.Barrier(6)
    threads = [threading.Thread(target=press, args=(step.id, method, start)) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
env.cr.rollback()
env.invalidate_all()
print(json.dumps({
    'results': results, 'invoices': env['account.move'].search_count([('crm_step_id', '=', steps[0].id)]),
    'transfers': env['stock.picking'].search_count([('crm_step_id', '=', steps[2].id)]),
    'asked': sum(order.order_line.filtered('product_id').move_ids.mapped('product_uom_qty'))}))
'''


@pytest.fixture(scope='module')
def database():
    template = base_template('crm_contract_exec', {name for depends in DEPENDS.values() for name in depends} - DEPENDS.keys())
    if not template:
        pytest.skip("no template with Odoo's own modules")
    with copy_of(template) as name:
        odoo(name, '-i', 'crm_contract_exec')
        yield name


def test_one_document(database):
    race = json.loads(inside(database, RACE).strip().splitlines()[-1])
    for method in ('action_create_invoice', 'action_create_picking'):
        outcomes = [outcome for name, outcome in race['results'] if name == method]
        assert sorted(outcomes) == ['UserError'] * 5 + ['made'], outcomes
    assert (race['invoices'], race['transfers'], race['asked']) == (1, 1, 10)
