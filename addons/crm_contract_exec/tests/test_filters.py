from ast import literal_eval
from datetime import date

from freezegun import freeze_time
from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.date_utils import parse_date


@tagged('post_install', '-at_install')
class TestDueThisWeek(TransactionCase):
    """The week of a filter is the reader's own: from Sunday in America, from Monday in China."""

    def _weeks(self, day, lang):
        """The half-open weeks that the filters "Due This Week" show on that day, as a set of pairs of dates."""
        self.env['res.lang']._activate_lang(lang)
        self.env.user.lang = lang
        env = self.env(context={**self.env.context, 'lang': lang, 'tz': 'UTC'})
        weeks = set()
        with freeze_time(f'{day} 12:00:00'):
            for name in ('crm_contract_due_view_search', 'crm_receivable_view_search', 'crm_contract_delivery_view_search'):
                view = env.ref(f'crm_contract_exec.{name}')
                [found] = etree.fromstring(env[view.model].get_view(view.id, 'search')['arch']).xpath("//filter[@name='week']")
                [(*_lower, first), (*_upper, end)] = literal_eval(found.get('domain'))
                weeks.add(tuple(parse_date(value, env).date() for value in (first, end)))
        return weeks

    def test_sunday(self):
        self.assertEqual(self._weeks('2026-11-29', 'en_US'), {(date(2026, 11, 29), date(2026, 12, 6))})
        self.env.ref('base.lang_zh_CN').week_start = '1'
        self.assertEqual(self._weeks('2026-11-29', 'zh_CN'), {(date(2026, 11, 23), date(2026, 11, 30))})
