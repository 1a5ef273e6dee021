import re

from lxml import etree

from odoo.tests import tagged

from .pool_common import PoolCommon

# what only those may do who work with customers; analysts read
WORK = (
    ('crm.churn.alert', 'form', ('action_start_plan', 'action_saved', 'action_lost', 'action_false', 'action_snooze',
                                 'action_open_case')),
    ('crm.churn.case', 'form', ('action_won_back', 'action_new_quotation', 'action_new_opportunity', 'action_start_plan', 'action_lost',
                                'action_drop', 'action_reopen')),
    ('crm.churn.event', 'form', ('action_open_case',)),
    ('crm.pool.due', 'list', ('action_protect',)),
    ('crm.pool.due', 'kanban', ('action_protect',)),
    ('crm.pool.entry', 'list', ('action_claim',)),
    ('crm.pool.entry', 'kanban', ('action_claim',)),
)


@tagged('post_install', '-at_install')
class TestChurnViews(PoolCommon):
    """Nobody is shown a button that is not theirs."""

    def _buttons(self, user, model, kind):
        arch = self._as(user)[model].get_view(view_type=kind)['arch']
        return {button.get('name') for button in etree.fromstring(arch).iter('button')}

    def test_analysts_read(self):
        for model, kind, names in WORK:
            with self.subTest(model=model, kind=kind):
                self.assertLessEqual(set(names), self._buttons(self.rep, model, kind))
                self.assertFalse(set(names) & self._buttons(self.analyst, model, kind))

    def test_cards_know_their_fields(self):
        """A card that asks for a field that its view does not have breaks the page."""
        views = self.env['ir.ui.view'].search([('type', '=', 'kanban'), ('inherit_id', '=', False)])
        ours = views.filtered(lambda view: view.xml_id.startswith('crm_churn.'))
        self.assertGreater(len(ours), 5)
        for view in ours:
            arch = etree.fromstring(self.env[view.model].get_view(view.id, 'kanban')['arch'])
            known = {field.get('name') for field in arch.iter('field')}
            asked = set(re.findall(r'\brecord\.(\w+)\.', etree.tostring(arch, encoding='unicode')))
            self.assertFalse(asked - known, view.name)

    def test_calls_are_the_managers(self):
        self.assertLessEqual({'action_start', 'action_close'}, self._buttons(self.manager, 'crm.churn.call', 'form'))
        self.assertFalse({'action_start', 'action_close'} & self._buttons(self.analyst, 'crm.churn.call', 'form'))

    def test_assigning_is_the_administrators(self):
        for user, expected in ((self.manager, True), (self.lead, True), (self.rep, False)):
            self.assertEqual('action_assign' in self._buttons(user, 'crm.pool.entry', 'list'), expected, user.name)
