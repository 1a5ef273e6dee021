"""Each addon comes, is updated and goes on a database with business in it, and leaves Odoo and the other addons as they were."""
import contextlib

import pytest
from databases import DEPENDS, base_template, copy_of, inside, odoo, rows

SELL = '''
company = env.ref('base.main_company')
partner = env['res.partner'].create({'name': "Customer", 'is_company': True})
product = env['product.product'].create({'name': "Thing", 'type': 'service', 'list_price': 100, 'invoice_policy': 'order'})
order = env['sale.order'].create({'partner_id': partner.id, 'order_line': [(0, 0, {'product_id': product.id})]})
order.action_confirm()
invoice = order._create_invoices()
invoice.action_post()
assert (order.state, invoice.state, invoice.amount_untaxed) == ('sale', 'posted', 100), (order.state, invoice.state, invoice.amount_untaxed)
'''
# a scheme with policies and an activity plan, carried over to a customer; an override; a segment
GRADE = '''
company = env.ref('base.main_company')
plan = env['mail.activity.plan'].create({'name': "Welcome", 'res_model': 'res.partner', 'template_ids': [(0, 0, {
    'activity_type_id': env.ref('mail.mail_activity_data_call').id, 'summary': "Call", 'responsible_type': 'on_demand'})]})
best = env['crm.grade'].create({'name': "Best", 'company_id': company.id, 'activity_plan_id': plan.id, 'plan_on_first': True})
revenue = env.ref('crm_grading.crm_metric_revenue')
scheme = env['crm.grading.scheme'].create({
    'name': "Value", 'company_id': company.id, 'state': 'active', 'is_leading': True, 'share_metric_id': revenue.id,
    'dimension_ids': [(0, 0, {'metric_id': revenue.id, 'step_ids': [(0, 0, {'value': 1, 'points': 100})]})],
    'band_ids': [(0, 0, {'grade_id': best.id, 'threshold': 0})]})
env['crm.grading.run']._run(company)
env['crm.grade']._apply_policies(company)
assert env['crm.customer'].search_count([('grade_id', '=', best.id)]), "Nobody was graded"
assert env['mail.activity'].search_count([('summary', '=', "Call")]), "No plan was started"
env['ir.filters'].create({'name': "Best customers", 'model_id': 'crm.customer', 'domain': "[]", 'user_ids': False})
'''
# a visit made off plan with a follow-up, and one that is planned
VISIT = '''
partner = env['res.partner'].search([('name', '=', "Customer")], limit=1)
kind = env.ref('crm_visit_quota.crm_visit_kind_onsite')
done = env['crm.visit']._record([{'partner_id': partner.id, 'kind_id': kind.id, 'next_step': "Send the offer"}])
assert done.state == 'done'
env['crm.visit'].create({'partner_id': partner.id, 'kind_id': kind.id, 'date_start': '2099-01-01 08:00:00'})
env['ir.filters'].create({'name': "My visits", 'model_id': 'crm.visit', 'domain': "[]", 'user_ids': False})
'''
# a contract that covers an order, is signed and carried out
CONTRACT = '''
partner = env['res.partner'].search([('name', '=', "Customer")], limit=1)
order = env['sale.order'].search([('partner_id', '=', partner.id)], limit=1)
contract = env['crm.contract'].create({'partner_id': partner.id})
order.crm_contract_id = contract
contract._take_over_amounts()
contract.step_ids = [(0, 0, {'name': "Pay", 'kind': 'collect', 'amount': contract.amount_total})]
contract.action_submit()
contract.action_approve()
contract.action_sign()
if contract.state == 'signed':
    contract.action_start()
assert contract.state == 'executing', contract.state
env['ir.filters'].create({'name': "My contracts", 'model_id': 'crm.contract', 'domain': "[]", 'user_ids': False})
'''
# a ticket that is answered and closed, with its promises, a question to the customer, an article, a care plan
SERVE = '''
partner = env['res.partner'].search([('name', '=', "Customer")], limit=1)
partner.email = 'customer@example.com'
team = env['crm.service.team'].create({'name': "Hotline", 'alias_name': 'hotline', 'member_ids': [(0, 0, {'user_id': env.uid})]})
ticket = env['crm.ticket'].create({'title': "Leaks", 'partner_id': partner.id, 'team_id': team.id})
assert ticket.sla_ids, "Nothing was promised"
ticket.message_post(body="Tighten it", message_type='comment', subtype_xmlid='mail.mt_comment')
ticket.action_solve()
ticket.action_close()
assert ticket.feedback_ids, "The customer was not asked"
article = env['crm.faq.article'].create({'name': "It leaks", 'body': "<p>Tighten it</p>"})
article.action_publish()
plan = env['crm.care.plan'].create({'name': "Care", 'trigger': 'order', 'offset_days': 0,
    'template_id': env.ref('crm_service.mail_template_care_delivery').id})
env['crm.care.plan']._cron_care()
env['ir.filters'].create({'name': "My tickets", 'model_id': 'crm.ticket', 'domain': "[]", 'user_ids': False})
'''
# a deal that is lost, with its reasons
LOSE = '''
partner = env['res.partner'].search([('name', '=', "Customer")], limit=1)
lead = env['crm.lead'].create({'name': "Deal", 'type': 'opportunity', 'partner_id': partner.id, 'expected_revenue': 100})
lead.action_set_lost(lost_reason_id=env.ref('crm.lost_reason_1').id)
env['ir.filters'].create({'name': "My losses", 'model_id': 'crm.churn.event', 'domain': "[]", 'user_ids': False})
'''
USE = {'crm_grading': GRADE, 'crm_visit_quota': VISIT, 'crm_contract_exec': CONTRACT, 'crm_service': SERVE, 'crm_churn': LOSE}
UNINSTALL = "env['ir.module.module'].search([('name', '=', '{}')]).button_immediate_uninstall()"

# What a module can leave behind, by query.
TRACES = {
    'tables': "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    'views': "SELECT viewname FROM pg_views WHERE schemaname = 'public'",
    'columns': "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
    'indexes': "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    'constraints': "SELECT conrelid::regclass::text, conname FROM pg_constraint",
    'functions and triggers': "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    # Odoo itself leaves the name of our module, and what its own modules note about each model with messages or activities
    'external ids': """
        SELECT module, name, model FROM ir_model_data
         WHERE model NOT IN ('ir.module.module', 'ir.model.inherit') AND NOT (model = 'ir.model.fields.selection' AND module = 'mail')""",
    'models': "SELECT model FROM ir_model",
    'fields': "SELECT model, name FROM ir_model_fields",
    'selections': "SELECT f.model, f.name, s.value FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id",
    'access rights': "SELECT name FROM ir_model_access",
    'record rules': "SELECT name FROM ir_rule",
    'groups': "SELECT id FROM res_groups",
    'implied groups': "SELECT gid, hid FROM res_groups_implied_rel",
    'menus': "SELECT id FROM ir_ui_menu",
    'views of the web client': "SELECT key, name FROM ir_ui_view",
    'actions': "SELECT id, type FROM ir_actions",
    'scheduled actions': "SELECT cron_name FROM ir_cron",
    'assets': "SELECT name FROM ir_asset",
    'saved filters': "SELECT name FROM ir_filters",
    'attachments': "SELECT name, res_model FROM ir_attachment WHERE name NOT LIKE '%.min.%' AND res_field IS NULL",
    'parameters': "SELECT key FROM ir_config_parameter",
    'dashboards': "SELECT id FROM spreadsheet_dashboard",
    'message subtypes': "SELECT id FROM mail_message_subtype",
    'sequences': "SELECT id FROM ir_sequence",
}
# arch_prev: the view as it was before, which Odoo notes on every update
CONTENT = """
    SELECT row_to_json(record)::jsonb - 'write_date' - 'write_uid' - 'arch_prev' - 'nextcall'
      FROM {table} AS record WHERE {condition} ORDER BY record.id
"""


def traces(name):
    return {what: set(rows(name, query)) for what, query in TRACES.items()}


def content(name, module):
    """Return everything that a module's records say: what it shipped in tables of others, and its own tables whole."""
    found = {}
    for model, table in rows(name, f"""
            SELECT DISTINCT data.model, REPLACE(data.model, '.', '_') FROM ir_model_data AS data WHERE data.module = '{module}'"""):
        table = {'ir_actions_act_window': 'ir_act_window', 'ir_actions_server': 'ir_act_server', 'ir_actions_report': 'ir_act_report_xml',
                 'ir_actions_client': 'ir_act_client', 'ir_actions_act_url': 'ir_act_url'}.get(table, table)
        found[table] = rows(name, CONTENT.format(table=table, condition=(
            f"id IN (SELECT res_id FROM ir_model_data WHERE module = '{module}' AND model = '{model}')")))
    for table, in rows(name, f"""
            SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename IN (
                SELECT REPLACE(model.model, '.', '_') FROM ir_model AS model JOIN ir_model_data AS data ON data.res_id = model.id
                 WHERE data.model = 'ir.model' AND data.module = '{module}' AND model.model LIKE 'crm.%' AND model.model NOT IN (
                       'crm.lead', 'crm.team', 'crm.stage', 'crm.tag', 'crm.team.member', 'crm.lost.reason'))"""):
        if rows(name, f"SELECT FROM information_schema.columns WHERE table_name = '{table}' AND column_name = 'id'"):
            found[table] = rows(name, CONTENT.format(table=table, condition="TRUE"))
    found['external ids'] = rows(name, f"SELECT name, model, res_id, noupdate FROM ir_model_data WHERE module = '{module}' ORDER BY name")
    return found


def _as_dict(row):
    return row[0] if isinstance(row[0], dict) else dict(enumerate(row))


@pytest.fixture(scope='module', params=list(USE))
def module(request):
    return request.param


@pytest.fixture(scope='session')
def grounds(load_registry):
    """A function that finds a database with business in it and only those of our addons that a module needs, made once."""
    made = {}
    with contextlib.ExitStack() as stack:
        def ground(module):
            needed = frozenset(DEPENDS[module]) & set(DEPENDS)
            if needed not in made:
                name = stack.enter_context(copy_of(base_template(module)))
                inside(name, SELL)
                for addon in needed:
                    odoo(name, '-i', addon)
                    inside(name, USE[addon])
                made[needed] = name
            return made[needed]
        yield ground


@pytest.fixture(scope='module')
def story(grounds, module):
    """Install, update twice, uninstall, with business before and after. :return: what was there at each step"""
    with copy_of(grounds(module)) as name:
        steps = {'before': traces(name)}
        odoo(name, '-i', module)
        inside(name, USE[module])
        steps['installed'], steps['content'] = traces(name), content(name, module)
        odoo(name, '-u', module)
        steps['updated'], steps['content updated'] = traces(name), content(name, module)
        odoo(name, '-u', module)
        steps['content updated twice'] = content(name, module)
        inside(name, UNINSTALL.format(module))
        steps['gone'] = traces(name)
        inside(name, SELL)
        yield steps


def test_every_addon_is_tried():
    assert set(USE) == set(DEPENDS)


def test_installing_brings_something(story):
    """Else the comparison after uninstalling proves nothing."""
    for what in ('tables', 'columns', 'indexes', 'models', 'access rights', 'record rules', 'menus'):
        assert story['installed'][what] - story['before'][what], what


def test_updating_changes_nothing(story):
    assert {what: found ^ story['installed'][what] for what, found in story['updated'].items() if found != story['installed'][what]} == {}
    for first, second in (('content', 'content updated'), ('content updated', 'content updated twice')):
        assert set(story[first]) == set(story[second])
        for table, records in story[first].items():
            changed = [{key: (old[key], new.get(key)) for key in old if old[key] != new.get(key)}
                       for old, new in zip(map(_as_dict, records), map(_as_dict, story[second][table])) if old != new]
            assert not changed, (table, changed[:2])
            assert len(records) == len(story[second][table]), table


@pytest.mark.parametrize('what', TRACES)
def test_uninstalling_leaves_nothing(story, what):
    assert story['gone'][what] - story['before'][what] == set(), "left behind"


@pytest.mark.parametrize('what', TRACES)
def test_uninstalling_takes_nothing_away(story, what):
    assert story['before'][what] - story['gone'][what] == set(), "taken away"
