"""The plain rules of the scripts: keys, names, choices, tables."""
import argparse
import base64
import json
import os
import subprocess
import types

import about
import polib
import pytest
import sharing
from merge_terms import known, merge, uses
from sales_import import Progress, find_currency, keep_books_in, left_out

from house import (
    apt,
    benching,
    console,
    databases,
    demonstrating,
    environment,
    figures,
    odoo_cli,
    paths,
    peers,
    postgres,
    sales,
    suite,
    testing,
    translating,
)

MANIFEST = "{'name': 'A', 'depends': ['crm', 'sale']}"


@pytest.fixture
def addons(tmp_path):
    for name in ('one', 'two'):
        (tmp_path / name / 'tests').mkdir(parents=True)
        (tmp_path / name / 'static/tests').mkdir(parents=True)
        (tmp_path / name / '__manifest__.py').write_text(MANIFEST)
        (tmp_path / name / 'model.py').write_text('x = 1')
    return tmp_path


def test_dependencies_leave_out_siblings(addons):
    (addons / 'two/__manifest__.py').write_text("{'depends': ['one', 'stock']}")
    assert suite.dependencies(suite.manifests(addons)) == ['crm', 'sale', 'stock']


def test_no_addon_at_all(tmp_path):
    assert suite.manifests(tmp_path) == {}
    assert suite.dependencies({}) == ['web']
    assert suite.content_key(tmp_path)


def test_not_installable(addons):
    (addons / 'two/__manifest__.py').write_text("{'installable': False}")
    assert list(suite.manifests(addons)) == ['one']


def test_broken_manifest(addons):
    (addons / 'two/__manifest__.py').write_text('{')
    with pytest.raises(console.Trouble, match='manifest'):
        suite.manifests(addons)


@pytest.mark.parametrize('path, counts', [
    ('one/model.py', True), ('one/views.xml', True), ('one/i18n/zh_CN.po', True), ('one/static/tests/tour.js', True),
    ('one/tests/test_model.py', False), ('one/README.md', False), ('one/demo/users.xml', False),
    ('one/demo/cast.py', True),
])
def test_what_changes_the_template(addons, path, counts):
    before = suite.content_key(addons)
    (addons / path).parent.mkdir(parents=True, exist_ok=True)
    (addons / path).write_text('changed')
    assert (suite.content_key(addons) != before) is counts


def test_demo_company_counts_for_the_demo(addons):
    before = suite.content_key(addons, demo=True)
    (addons / 'one/demo').mkdir()
    (addons / 'one/demo/users.xml').write_text('<odoo/>')
    assert suite.content_key(addons, demo=True) != before


def test_moving_text_between_files_changes_the_key():
    assert suite.digest(['ab', 'c']) != suite.digest(['a', 'bc'])


def test_base_key_knows_version_and_modules():
    keys = {suite.base_key('19.0.0', ['crm']), suite.base_key('19.0.1', ['crm']), suite.base_key('19.0.0', ['sale'])}
    assert len(keys) == 3


TARGETS = '''
bookworm-updates|main|http://one/debian/
bookworm|contrib|http://contrib/
bookworm|main|http://one/debian/
bookworm-security|main|http://two/security/
nodistro|main|http://other/
'''


def test_archives_of_this_release():
    assert apt.archives(TARGETS, 'bookworm') == {
        'bookworm': 'http://one/debian/', 'bookworm-security': 'http://two/security/',
        'bookworm-updates': 'http://one/debian/'}


def test_os_release():
    assert apt.os_release('ID=debian\nVERSION_CODENAME="trixie"\n#x\n')['VERSION_CODENAME'] == 'trixie'


def test_bare_system():
    status = ('Package: libc6\nPriority: optional\n\n'
              'Package: dash\nPriority: required\nDepends: libc6 (>= 2.3),\n x\n\n'
              'Package: chromium\nPriority: optional\nDepends: libc6\n\n')
    kept = apt.essential(status)
    assert 'dash' in kept and 'libc6' in kept and 'chromium' not in kept


@pytest.mark.skipif(not apt.is_debian(), reason="apt is Debian's")
@pytest.mark.parametrize('everything', [True, False])
def test_private_apt_locks_no_folder_of_the_system(tmp_path, monkeypatch, everything):
    """Else an ordinary user could download nothing. apt locks the folder that the status lies in."""
    (tmp_path / 'dpkg').mkdir()
    (tmp_path / 'dpkg/status').write_text('Package: dash\nPriority: optional\n\n')
    monkeypatch.setattr(apt, 'SYSTEM_STATUS', tmp_path / 'dpkg/status')
    source = apt.Apt(tmp_path / 'work', everything=everything)
    assert f'Dir::State::status "{tmp_path}/work/status";' in (source.work / 'apt.conf').read_text()
    assert ('dash' in (source.work / 'status').read_text()) is not everything


def test_building_leaves_nothing_half_made(tmp_path):
    target = tmp_path / 'thing'
    with pytest.raises(ValueError, match='broken'), apt.building(target) as new:
        (new / 'part').touch()
        raise ValueError('broken')
    assert list(tmp_path.iterdir()) == []
    with apt.building(target) as new:
        (new / 'whole').touch()
    assert [path.name for path in target.iterdir()] == ['whole']
    with apt.building(target) as new:
        (new / 'newer').touch()
    assert [path.name for path in target.iterdir()] == ['newer']
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize('environ, conf, expected', [
    ({'PGHOST': 'db'}, '', {}),
    ({}, '', None),
    ({}, 'db_host = False', None),
    ({}, 'db_host = db\ndb_port = 5433\ndb_user = erp\ndb_password = False',
     {'PGHOST': 'db', 'PGPORT': '5433', 'PGUSER': 'erp'}),
])
def test_whose_postgresql(tmp_path, environ, conf, expected):
    path = tmp_path / 'odoo.conf'
    path.write_text(f'[options]\n{conf}\n')
    assert postgres.external(environ, path) == expected


def test_our_conf_leaves_the_machine_to_the_scripts():
    options = postgres.conf_options(paths.CONF)
    assert not {'db_host', 'addons_path', 'data_dir'} & set(options)
    assert options['http_interface'] == '127.0.0.1'


def test_newest_postgresql(tmp_path):
    for version in ('9.6', '12', '15', '16'):
        (tmp_path / version / 'bin').mkdir(parents=True)
        if version != '16':
            (tmp_path / version / 'bin/initdb').touch()
    assert postgres.newest(tmp_path.iterdir()) == tmp_path / '15/bin'
    assert postgres.newest([]) is None


def test_only_test_clusters_are_careless():
    assert set(environment.KINDS) == {'demo', 'test'}
    assert postgres.CARELESS['fsync'] == 'off' and 'fsync' not in postgres.SETTINGS


def test_what_to_test(tmp_path):
    file = tmp_path / 'test_x.py'
    file.touch()
    everything = [str(paths.ADDONS), str(paths.TESTS)]
    assert testing.split([], {'one'}) == (everything, [])
    assert testing.split(['-k', 'one', '-x'], {'one'}) == (everything, ['-k', 'one', '-x'])
    assert testing.split(['one', '-k', 'pareto'], {'one'}) == ([str(paths.ADDONS / 'one')], ['-k', 'pareto'])
    assert testing.split([f'{file}::test'], {'one'}) == ([f'{file}::test'], [])
    with pytest.raises(console.Trouble, match='neither'):
        testing.split(['crm_gradin'], {'crm_grading'})


@pytest.mark.parametrize('arguments, cores, expected', [
    ([], 2, 2), ([], 1, 1), ([], 64, 4), (['--durations', '40', '-x'], 2, 2),
    (['one'], 2, 1), (['-k', 'pareto'], 2, 1), (['--pdb'], 2, 1), (['--collect-only'], 2, 1),
])
def test_how_many_processes(monkeypatch, arguments, cores, expected):
    monkeypatch.setattr(os, 'sched_getaffinity', lambda process: set(range(cores)))
    assert testing.processes(*testing.split(arguments, {'one'})) == expected


def test_processes_by_option():
    assert testing.parse(['one', '-n', '3', '-x'])[0].processes == 3
    assert testing.parse(['-n2'])[0].processes == 2
    assert testing.parse(['-k', 'n'])[0].processes is None
    with pytest.raises(SystemExit):
        testing.parse(['--core', '-n', '2'])


def test_only_several_processes_share():
    assert testing.sharing([]) == []
    assert '-n' in testing.sharing(['gw0', 'gw1'])


@pytest.mark.parametrize('nodeid, expected', [
    ('addons/one/tests/test_a.py::TestA::test_b[crm_grading]', 'addons/one/tests/test_a.py'),
    ('tests/test_install.py::test_gone[crm_grading-tables]', 'tests/test_install.py[crm_grading]'),
    ('tests/test_install.py::test_updating[crm_grading]', 'tests/test_install.py[crm_grading]'),
    ('tests/test_install.py::test_every_addon', 'tests/test_install.py'),
])
def test_portion_of_a_process(nodeid, expected):
    assert sharing.portion(nodeid) == expected


def test_long_portions_come_first():
    names = ['addons/one/tests/test_a.py::test_1', 'tests/test_a.py::test_1', 'tests/test_install.py::test_1', 'tests/test_a.py::test_0']
    items = [types.SimpleNamespace(nodeid=name) for name in names]
    sharing.pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == [names[2], names[1], names[3], names[0]]
    assert (paths.ROOT / sharing.BY_ADDON).exists()


@pytest.mark.parametrize('config, expected', [
    (types.SimpleNamespace(workerinput={'workerid': 'gw1'}), 'test_1_0a1b2c_gw1'), (types.SimpleNamespace(), 'test_1_0a1b2c'),
])
def test_each_process_has_its_database(monkeypatch, config, expected):
    monkeypatch.setenv('PYTEST_XDIST_WORKER', 'gw1')
    monkeypatch.setitem(sharing.settings.options, 'db_name', ['test_1_0a1b2c'])
    sharing.pytest_configure(config)
    assert sharing.settings['db_name'] == [expected]


@pytest.mark.parametrize('workers, copies', [([], ['']), (['gw0', 'gw1'], ['_gw0', '_gw1'])])
def test_copies_for_processes(monkeypatch, workers, copies):
    """All are gone afterwards, even when the last one cannot be made."""
    base = databases.Databases(types.SimpleNamespace(kind='trial', cluster=None))  # a lock that nobody holds for long
    made, gone = [], []
    monkeypatch.setattr(base, 'copy', lambda source, name: made.append((source, name)))
    monkeypatch.setattr(base, 'drop', gone.append)
    with base.throw_away('test', 'suite_1', workers) as name:
        assert made == [('suite_1', name + copy) for copy in copies] and not gone
    assert gone == [name + copy for copy in copies]
    monkeypatch.setattr(base, 'copy', lambda source, name: 1 / 0)
    with pytest.raises(ZeroDivisionError), base.throw_away('test', 'suite_1', workers):
        pass
    assert len(gone) == 2 * len(copies)


@pytest.mark.parametrize('arguments, expected', [
    (['-c', 'x.conf'], 'x.conf'), (['--config=y.conf'], 'y.conf'), (['shell', '-d', 'demo'], None), (['-c'], None),
])
def test_conf_argument(arguments, expected):
    assert odoo_cli.conf_argument(arguments) == expected


@pytest.mark.parametrize('text, expected', [('500', 500), ('50k', 50_000), ('1.5M', 1_500_000)])
def test_size(text, expected):
    assert benching.size(text) == expected


@pytest.mark.parametrize('text', ['', 'many', '5x', '0', '-1'])
def test_bad_size(text):
    with pytest.raises(argparse.ArgumentTypeError):
        benching.size(text)


def test_bench_line_shows_everything():
    text = benching.line({'bench': 'b', 'size': 50_000, 'seconds': 1.5, 'floor_seconds': 1.0, 'ratio': 1.5,
                          'peak_mb': 90.0, 'queries': 12})
    assert '50,000' in text and 'queries 12' in text


@pytest.mark.parametrize('path, expected', [
    ('/x/online_retail_2010.csv.gz', 'sales_online_retail_2010'), ('Umsätze 2024.XLSX', 'sales_ums_tze_2024'),
    ('.csv', 'sales_file'),
])
def test_database_is_named_after_the_file(path, expected):
    assert sales.database_name(path) == expected


def test_other_mapping_is_another_import(tmp_path):
    file = tmp_path / 'a.csv'
    file.write_text('x')
    keys = {sales.content_key(file, None, False), sales.content_key(file, {'a': 'b'}, False),
            sales.content_key(file, None, True), sales.content_key(file, None, False, 'GBP')}
    assert len(keys) == 4
    file.write_text('y')
    assert sales.content_key(file, None, False) not in keys


FIGURES = {
    'company': 'Wholesale', 'currency': 'GBP', 'snapshot': '2011-12-10', 'customers': 4338, 'orders': 18532, 'revenue': 8887208.89,
    'top_share': {'1 %': 0.31, '20 %': 0.7456}, 'customers_for_share': {'50 %': 300, '80 %': 1134},
    'cohorts': {'2010-12': [885, 324, 286, 340, 321, 352, 321], '2011-01': [417, 92, 111, 96, 134, 120, 0]},
    'grades': [{'grade': 'A', 'customers': 1134, 'revenue': 7110000.5, 'from_revenue': 1.0},
               {'grade': 'B', 'customers': 3204, 'revenue': 1777208.39, 'from_revenue': 0.0}],
    'rfm_equal': {'R': {'1': 2000, '5': 2338}, 'champions': 900, 'at_risk': 80, 'new': 7, 'lost': 1000},
    'rfm_percentile': {'R': {'1': 4338}, 'champions': 1000, 'at_risk': 81, 'new': 0, 'lost': 999},
}


def test_summary():
    assert figures.summary(FIGURES).splitlines() == [
        'Wholesale, until 2011-12-09, amounts in GBP',
        '',
        '4,338 customers, 18,532 orders, revenue 8,887,208.89',
        'The top 20 % of the customers make 74.6% of the revenue.',
        '80 % of the revenue is made by 1,134 customers (26.1%).',
        '',
        'Grades',
        '  Grade  Customers  of all       Revenue  of total',
        '  A          1,134   26.1%  7,110,000.50     80.0%',
        '  B          3,204   73.9%  1,777,208.39     20.0%',
        '',
        'RFM segments',
        '  Segment    Equal-sized fifths  Percentile cut points',
        '  Champions                 900                  1,000',
        '  At risk                    80                     81',
        '  New                         7                      0',
        '  Lost                    1,000                    999',
        '  Other                   2,351                  2,258',
        '',
        'Of the customers who first bought in a month, so many bought again so many months later',
        '  First bought  Customers     +1     +2     +3     +4     +5     +6',
        '  2010-12             885  36.6%  32.3%  38.4%  36.3%  39.8%  36.3%',
    ]


CHURN = {
    'models': [{'kind': 'figures', 'speaks': True, 'horizon_days': 90, 'backtests': [{
        'date': '2011-09-10', 'customers': 3370, 'lost': 43.06, 'predicted': 49.3, 'auc': 0.7401, 'auc_recency': 0.6831,
        'auc_active': 0.7556, 'auc_recency_active': 0.5991}]}],
    'levels': {'low': 3000, 'medium': 300, 'high': 70},
    'save_first': [{'customer': '14646', 'risk': 12.4, 'yearly_value': 280206.02, 'at_stake': 34745.55}],
}


def test_summary_of_risk():
    assert figures.summary({**FIGURES, 'churn': CHURN}).splitlines()[-10:] == [
        '',
        'Risk of losing customers',
        '  judged by the figures model: will they buy within 90 days?',
        '  Tried out on  Customers    lost  predicted    AUC  of recency  still active  of recency ',
        '  2011-09-10        3,370  43.1 %     49.3 %  0.740       0.683         0.756        0.599',
        '  low 3,000, medium 300, high 70',
        '',
        'Whom to save first',
        '  Customer  Risk  Yearly value  At stake',
        '  14646     12 %       280,206    34,746',
    ]
    silent = {**CHURN, 'models': [], 'save_first': []}
    assert '  judged by signals: no model has proven better than the days since the last purchase' in figures.summary(
        {**FIGURES, 'churn': silent})


def test_summary_of_nothing():
    assert figures.summary({}) == ''


def test_all_figures_are_in_the_report(tmp_path, capsys):
    report = tmp_path / 'x.json'
    demonstrating.tell(FIGURES, report)
    said = capsys.readouterr().out
    assert 'cohorts' in said and str(report) in said and '2011-01' not in said
    assert json.loads(report.read_text()) == FIGURES
    demonstrating.tell(FIGURES, None)
    assert '--report' in capsys.readouterr().out


class FakeCurrencies(list):
    """Currencies by code, some of which nobody uses yet."""

    def with_context(self, active_test):
        return self if not active_test else FakeCurrencies()

    def search(self, domain):
        return [currency for currency in self if currency.name == domain[0][2]]


def test_currency_of_the_company():
    pound, dollar = (types.SimpleNamespace(name=name, active=False) for name in ('GBP', 'USD'))
    env = FakeEnv({}, res_currency=FakeCurrencies([pound, dollar]))
    env.company = types.SimpleNamespace(currency_id=dollar)
    [found] = find_currency(env, 'GBP')
    keep_books_in(env, found)
    assert env.company.currency_id is pound and pound.active
    with pytest.raises(SystemExit) as caught:
        find_currency(env, 'XQX')
    assert caught.value.code == sales.NO_CURRENCY
    keep_books_in(env, None)
    assert env.company.currency_id is pound


def test_progress(capsys):
    progress = Progress()
    progress(0, 0, 'not shown: too early')
    progress(0, 100)
    progress.shown -= 60
    progress.start -= 60
    progress(50, 100, 'invoices')
    progress(100, 100)
    text = capsys.readouterr().err
    assert '50%' in text and 'min' in text and 'invoices' in text and '100%' in text and 'early' not in text


class FakeEnv(dict):
    """Odoo's environment with the models given, the company 1, and the companies of a demo."""

    def __init__(self, demo, **models):
        super().__init__({name.replace('_', '.'): model for name, model in models.items()})
        self.demo, self.company = demo, types.SimpleNamespace(ids=[1])

    def ref(self, name, raise_if_not_found):
        assert not raise_if_not_found
        return self.demo.get(name)


class FakeImport:
    def with_context(self, **context):
        return types.SimpleNamespace(_figures=lambda: context)


@pytest.mark.parametrize('demo, companies', [
    ({}, [1]), ({'crm_grading.demo_company': types.SimpleNamespace(ids=[7])}, [7]),
])
def test_figures_are_those_of_the_demo_company(demo, companies):
    assert about.figures(FakeEnv(demo, crm_sales_import=FakeImport())) == {'allowed_company_ids': companies}
    assert about.figures(FakeEnv(demo)) == {}


def test_rows_left_out_are_named_in_a_file(tmp_path):
    record = types.SimpleNamespace(problem_file=base64.b64encode(b'line,reason,row'), problem_count=2,
                                   no_customer_count=135080, note_count=0, line_count=541909)
    path = tmp_path / 'reports' / 'x.csv'
    assert left_out(record, path) == (
        f'of 541,909 rows: 2 unreadable, 135,080 without customer; with line number and reason in {path}')
    assert path.read_text() == 'line,reason,row'
    record.problem_file = False
    assert left_out(record, path) == ''


def test_closure_of_dependencies(addons):
    (addons / 'one/__manifest__.py').write_text("{'depends': ['two']}")
    assert translating.with_dependencies(['one'], [addons]) == {'one', 'two'}


def _po(*entries):
    file = polib.POFile()
    for msgid, msgstr, place in entries:
        file.append(polib.POEntry(msgid=msgid, msgstr=msgstr, occurrences=[(place, '0')]))
    return file


LABEL = 'model:ir.model.fields,field_description:crm.field_x'


def test_terms_keep_their_translation_and_lose_what_is_gone():
    pot, old = _po(('State', '', LABEL), ('Grade', '', LABEL)), _po(('State', '状态', LABEL), ('Old', '旧', LABEL))
    new = merge(pot, old, {})
    assert {entry.msgid: entry.msgstr for entry in new} == {'State': '状态', 'Grade': ''}


def test_terms_are_taken_over_only_where_core_is_unanimous(tmp_path):
    for name, text in (('a', '客户'), ('b', '客户'), ('c', '州')):
        term = 'State' if name == 'c' else 'Customer'
        _po((term, text, LABEL), ('State', '状态', LABEL)).save(tmp_path / f'{name}.po')
    core = known([str(tmp_path / f'{name}.po') for name in 'abc'] + [str(tmp_path / 'none.po')])
    new = merge(_po(('Customer', '', LABEL), ('State', '', LABEL), ('Customer ', '', LABEL)), [], core)
    assert [entry.msgstr for entry in new] == ['客户', '', '']


def test_use_of_a_term():
    assert uses(_po(('X', '', LABEL))[0]) == {'model:ir.model.fields,field_description'}
    assert uses(_po(('X', '', 'code:addons/crm/models/x.py'))[0]) == {'code'}


def test_abandoned_databases():
    gone = subprocess.Popen(['true'])
    gone.wait()
    assert databases.abandoned(f'test_{gone.pid}_0a1b2c')
    assert databases.abandoned(f'test_{gone.pid}_0a1b2c_gw1') and not databases.abandoned(f'test_{os.getpid()}_0a1b2c_gw1')
    assert not databases.abandoned(f'test_{os.getpid()}_0a1b2c')
    assert not databases.abandoned('crm_suite_demo') and not databases.abandoned('suite_0a1b2c3d4e5f')


def test_stamp_survives_damage(tmp_path):
    class House:
        data_dir = tmp_path

    class Base:
        house = House
    stamp = databases.Stamp(Base, 'demo')
    assert stamp.read() == {}
    stamp.write(key='1')
    assert stamp.read() == {'key': '1'}
    stamp.path.write_text(json.dumps({'key': 1})[:-2])
    assert stamp.read() == {}


def test_peers_are_named_by_their_packages():
    assert peers.modules(['odoo-addon-x_y==19.0.*', 'odoo-addon-z']) == ['x_y', 'z']


def test_peer_only_where_there_is_one(capsys):
    assert benching.parse(['service', '--peer']).peer
    with pytest.raises(SystemExit):
        benching.parse(['grading', '--peer'])
    assert 'nobody to be compared with' in capsys.readouterr().err


def test_peers_that_cannot_be_fetched(monkeypatch, tmp_path):
    """Says what is wrong and what helps, and leaves nothing behind."""
    def refuse(*_arguments):
        raise console.Trouble('fetching failed: the network or the package source cannot be reached')
    monkeypatch.setattr(peers.python_env, 'pip', refuse)
    monkeypatch.setattr(peers.paths, 'LOCAL', tmp_path)
    with pytest.raises(console.Trouble, match='cannot be fetched') as caught, peers.fetched(None, ['odoo-addon-x']):
        pass
    assert '--peer' in caught.value.remedy and not list(tmp_path.iterdir())


def test_peers_are_found_and_ours_are_not(monkeypatch, tmp_path):
    monkeypatch.setattr(peers.python_env, 'pip', lambda *_arguments: None)
    monkeypatch.setattr(peers.paths, 'LOCAL', tmp_path)
    before = f'{peers.paths.ADDONS},/odoo/addons'
    house = types.SimpleNamespace(env={'ODOO_ADDONS_PATH': before})
    with peers.fetched(house, ['odoo-addon-x']) as found:
        inside = house.env['ODOO_ADDONS_PATH'].split(',')
    assert found == ['x'] and inside[1:] == ['/odoo/addons'] and inside[0].startswith(str(tmp_path))
    assert house.env['ODOO_ADDONS_PATH'] == before and not list(tmp_path.iterdir())
