"""Every term that a user can see is translated into Chinese. ``scripts/i18n`` brings the files up to date."""
import pathlib
import re

import polib
import pytest

ADDONS = pathlib.Path(__file__).parents[1] / 'addons'
OURS = sorted(path.parent.name for path in ADDONS.glob('*/__manifest__.py'))
PLACEHOLDER = re.compile(r'%\([\w.]+\)[-+.\d]*[sdifr]|%[sdifr]|\{\w*\}')
TAG = re.compile(r'</?\w+')
CHINESE = re.compile(r'[\u4e00-\u9fff]')
# Words that stay as they are in Chinese; names of fields, which Odoo's export takes along from the domain behind a term; and the
# expressions of templates and file names.
SAME = re.compile(
    r'^[\W\d_]*$|^((DSO|CEI)[\W\d]*|A1|A2|[A-Z]|RFM|ID|SLA|FAQ|CSV|XLSX|Excel|Odoo|URL|JSON|UTF-8|UTF-16|DP|TP|UP|BP|IP|([a-z_.]+_)?id)$'
    r"|^\W*object\.[\w.]+(\([^)]*\))?\W*$")

assert OURS, f'there is no addon below {ADDONS}'


def _po(addon, name):
    path = ADDONS / addon / 'i18n' / name
    assert path.exists(), f'{path.name} is missing: run scripts/i18n {addon}'
    return polib.pofile(str(path))


def _terms(env, addon):
    from odoo.tools.translate import TranslationModuleReader
    return {row[4] for row in TranslationModuleReader(env.cr, modules=[addon], lang='zh_CN')}


def _translated(addon):
    return {entry.msgid: entry.msgstr for entry in _po(addon, 'zh_CN.po')
            if entry.msgstr and not entry.fuzzy and not entry.obsolete}


@pytest.mark.parametrize('addon', OURS)
def test_template_is_up_to_date(env, addon):
    terms = _terms(env, addon)
    exported = {entry.msgid for entry in _po(addon, f'{addon}.pot')}
    assert not terms - exported, f'new terms: run scripts/i18n {addon}'
    assert not exported - terms, f'terms that are gone: run scripts/i18n {addon}'


@pytest.mark.parametrize('addon', OURS)
def test_every_term_is_translated(env, addon):
    terms, done = _terms(env, addon), _translated(addon)
    assert terms
    assert not terms - set(done), 'not translated'
    assert not set(done) - terms, f'stale: run scripts/i18n {addon}'


@pytest.mark.parametrize('addon', OURS)
def test_placeholders_and_tags_survive(addon):
    for source, text in _translated(addon).items():
        assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(text)), source
        assert sorted(TAG.findall(source)) == sorted(TAG.findall(text)), source


@pytest.mark.parametrize('addon', OURS)
def test_translations_are_chinese(addon):
    same = [source for source, text in _translated(addon).items()
            if not CHINESE.search(text) and not SAME.match(PLACEHOLDER.sub('', source))]
    assert not same, 'not Chinese'


@pytest.mark.parametrize('addon', OURS)
def test_translations_run_on(addon):
    """A line break is a gap between Chinese words, and one at the end makes a view differ after its update."""
    broken = [source for source, text in _translated(addon).items() if '\n ' in text or text.endswith('\n') > source.endswith('\n')]
    assert not broken, 'lines are broken'


@pytest.mark.parametrize('addon', OURS)
def test_chinese_reaches_the_user(env, addon):
    """Not only in the file: the database's menus show it."""
    menus = env['ir.ui.menu'].browse(env['ir.model.data'].search(
        [('module', '=', addon), ('model', '=', 'ir.ui.menu')]).mapped('res_id'))
    assert all(CHINESE.search(menu.name) for menu in menus.with_context(lang='zh_CN'))
