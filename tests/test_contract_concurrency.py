"""Two people act at the same moment, in transactions of their own: one invoice of a step, and no limit passed by two orders at once."""
import json

import pytest
from databases import inside, with_addon

RACE = '''
import json, threading
from odoo.service.model import retrying
company = env.ref('base.main_company')
if not env['account.journal'].search([('type', '=', 'sale'), ('company_id', '=', company.id)], limit=1):
    env['account.journal'].create({'name': "Sales", 'code': 'SAL', 'type': 'sale', 'company_id': company.id})
if not company.income_account_id:
    company.income_account_id = env['account.account'].with_company(company).create(
        {'name': "Income", 'code': 'R4', 'account_type': 'income'})
receivable = env['account.account'].with_company(company).search([('account_type', '=', 'asset_receivable')], limit=1) or env[
    'account.account'].with_company(company).create(
        {'name': "Receivable", 'code': 'R1', 'account_type': 'asset_receivable', 'reconcile': True})
people = env['res.users'].create([{
    'name': f"Rep {number}", 'login': f"race_{number}", 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
    'group_ids': [(6, 0, env.ref('sales_team.group_sale_salesman_all_leads').ids)]} for number in range(2)])
product = env['product.product'].create({'name': "Pump", 'type': 'consu', 'is_storable': True, 'taxes_id': False})
customer, debtor = env['res.partner'].create([
    {'name': name, 'is_company': True, 'property_account_receivable_id': receivable.id} for name in ("Hammond Hardware", "Debtor")])

def order_of(partner, quantity):
    return env['sale.order'].create({'partner_id': partner.id, 'user_id': people[0].id, 'order_line': [
        (0, 0, {'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': 100, 'tax_ids': False})]})

order = order_of(customer, 10)
order.action_confirm()
contract = env['crm.contract'].create({
    'partner_id': customer.id, 'currency_id': order.currency_id.id, 'user_id': people[0].id,
    'type_id': env.ref('crm_contract_exec.crm_contract_type_sale').id})
order.crm_contract_id = contract
steps = env['crm.contract.step'].create([
    {'contract_id': contract.id, 'name': name, 'kind': 'invoice', 'amount': amount, 'date_due': '2026-01-01'}
    for name, amount in (("Advance", 300), ("Rest", 700))])
contract.action_submit()
contract.action_approve()
contract.action_sign()
contract.action_start()
company.write({'account_use_credit_limit': True, 'crm_credit_check': 'order', 'crm_credit_approver_id': env.ref('base.user_admin').id})
debtor.with_company(company).credit_limit = 1000
orders = order_of(debtor, 6) + order_of(debtor, 6)   # each is within the limit, both are not
env.cr.commit()
registry = Registry(sys.argv[1])

def race(records, method):
    """Let each person press a button on a record; nobody presses before both have begun to look."""
    start, results = threading.Barrier(2), []
    def press(user_id, record):
        try:
            with registry.cursor() as cr:
                mine = odoo.api.Environment(cr, user_id, {'allowed_company_ids': company_ids})[record._name].browse(record.id)
                tries = []
                def attempt():
                    mine.invalidate_recordset()
                    mine.fetch(['state'])   # the snapshot of the transaction
                    if not tries:
                        start.wait(60)
                    tries.append(1)
                    return getattr(mine, method)()
                retrying(attempt, mine.env)
                results.append(['through', len(tries)])
        except Exception as error:
            results.append([type(error).__name__, str(error)])
    threads = [threading.Thread(target=press, args=pair) for pair in zip(people.ids, records)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

company_ids = company.ids
pairs = {'invoice': race([steps[0], steps[0]], 'action_create_invoice'), 'confirm': race(list(orders), 'action_confirm')}
env.cr.rollback()
env.invalidate_all()
print(json.dumps({
    **pairs, 'invoices': env['account.move'].search_count([('crm_step_id', '=', steps[0].id)]),
    'billed': sum(order.order_line.filtered('is_downpayment').invoice_lines.mapped('price_total')),
    'states': sorted(orders.mapped('state')),
    'holds': env['crm.credit.hold'].search([('order_id', 'in', orders.ids)]).mapped('state'),
    'held': [hold.order_id.state for hold in env['crm.credit.hold'].search([('order_id', 'in', orders.ids)])],
    'checks': env['crm.credit.guard'].search([('partner_id', '=', debtor.id)]).checks}))
'''


@pytest.fixture(scope='module')
def race():
    with with_addon('crm_contract_exec') as name:
        yield json.loads(inside(name, RACE).strip().splitlines()[-1])


def test_one_invoice_of_a_step(race):
    assert sorted(outcome for outcome, _detail in race['invoice']) == ['UserError', 'through'], race['invoice']
    assert (race['invoices'], race['billed']) == (1, 300)


def test_one_order_passes_the_limit(race):
    """The second meets the guard of the customer, is tried again, sees the first, and is put on hold."""
    assert [outcome for outcome, _tries in race['confirm']] == ['through', 'through'], race['confirm']
    assert sorted(tries for _outcome, tries in race['confirm']) == [1, 2], race['confirm']
    assert race['states'] == ['draft', 'sale']
    assert (race['holds'], race['held'], race['checks']) == (['held'], ['draft'], 2)
