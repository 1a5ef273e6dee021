"""crm_grading comes, is updated and goes on a database with business in it, and leaves Odoo as it was."""
import ast
import pathlib

import pytest
from databases import base_template, copy_of, inside, odoo, rows

MODULE = 'crm_grading'
MANIFEST = pathlib.Path(__file__).parents[1] / 'addons' / MODULE / '__manifest__.py'

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
UNINSTALL = f"env['ir.module.module'].search([('name', '=', '{MODULE}')]).button_immediate_uninstall()"

# What a module can leave behind, by query.
TRACES = {
    'tables': "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    'views': "SELECT viewname FROM pg_views WHERE schemaname = 'public'",
    'columns': "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
    'indexes': "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    'constraints': "SELECT conrelid::regclass::text, conname FROM pg_constraint",
    'functions and triggers': "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    # Odoo itself leaves the name of our module, and what its own modules note about each model with messages
    'external ids': "SELECT module, name, model FROM ir_model_data WHERE model NOT IN ('ir.module.module', 'ir.model.inherit')",
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


def content(name):
    """Return everything that the module's records say: what it shipped in core tables, and its own tables whole."""
    found = {}
    for model, table in rows(name, f"""
            SELECT DISTINCT data.model, REPLACE(data.model, '.', '_') FROM ir_model_data AS data WHERE data.module = '{MODULE}'"""):
        table = {'ir_actions_act_window': 'ir_act_window', 'ir_actions_server': 'ir_act_server', 'ir_actions_report': 'ir_act_report_xml',
                 'ir_actions_client': 'ir_act_client', 'ir_actions_act_url': 'ir_act_url'}.get(table, table)
        found[table] = rows(name, CONTENT.format(table=table, condition=(
            f"id IN (SELECT res_id FROM ir_model_data WHERE module = '{MODULE}' AND model = '{model}')")))
    ours = "tablename ~ '^crm_(grad|rfm|life|cust|metric|segment|interest)'"
    for table, in rows(name, f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND {ours}"):
        if rows(name, f"SELECT FROM information_schema.columns WHERE table_name = '{table}' AND column_name = 'id'"):
            found[table] = rows(name, CONTENT.format(table=table, condition="TRUE"))
    found['external ids'] = rows(name, f"SELECT name, model, res_id, noupdate FROM ir_model_data WHERE module = '{MODULE}' ORDER BY name")
    return found


def _as_dict(row):
    return row[0] if isinstance(row[0], dict) else dict(enumerate(row))


@pytest.fixture(scope='module')
def template(load_registry):
    depends = ast.literal_eval(MANIFEST.read_text(encoding='utf-8'))['depends']
    found = base_template(MODULE, depends)
    assert found, "There is no database base_… with Odoo's own modules: run scripts/test, which makes it."
    return found


@pytest.fixture(scope='module')
def story(template):
    """Install, update twice, uninstall, with business before and after. :return: what was there at each step"""
    with copy_of(template) as name:
        inside(name, SELL)
        steps = {'before': traces(name)}
        odoo(name, '-i', MODULE)
        inside(name, GRADE)
        steps['installed'], steps['content'] = traces(name), content(name)
        odoo(name, '-u', MODULE)
        steps['updated'], steps['content updated'] = traces(name), content(name)
        odoo(name, '-u', MODULE)
        steps['content updated twice'] = content(name)
        inside(name, UNINSTALL)
        steps['gone'] = traces(name)
        inside(name, SELL)
        yield steps


def test_installing_brings_something(story):
    """Else the comparison after uninstalling proves nothing."""
    for what in ('tables', 'columns', 'indexes', 'models', 'access rights', 'record rules', 'implied groups', 'menus', 'scheduled actions'):
        assert story['installed'][what] - story['before'][what], what
    assert 'account_move_crm_customer_idx' in {name for name, in story['installed']['indexes'] - story['before']['indexes']}


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
