"""Journeys of collections: finance looks at what is owed, takes a promise down, settles a dispute and has reminders sent."""
from datetime import timedelta

from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged


class CollectionsCase(JourneyCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.finance, cls.rep = (
            cls._person(login, groups, company)
            for login, groups in (('collect_finance', 'account.group_account_invoice'), ('collect_rep', 'sales_team.group_sale_salesman')))
        cls.customer, cls.other = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'user_id': cls.rep.id, 'email': f'{name[:4]}@example.com', 'company_id': company.id}
            for name in ("Hammond Hardware", "Nordwind")])
        cls._books(company)
        today = fields.Date.today()
        cls.invoices = cls.env['account.move'].create([{
            'move_type': 'out_invoice', 'partner_id': partner.id, 'company_id': company.id, 'journal_id': cls.journal.id,
            'invoice_date': today - timedelta(days=40), 'date': today - timedelta(days=40), 'invoice_payment_term_id': False,
            'invoice_date_due': today - timedelta(days=10),
            'invoice_line_ids': [Command.create({
                'name': "Goods", 'quantity': 1, 'price_unit': amount, 'tax_ids': False, 'account_id': cls.income.id})],
        } for partner, amount in ((cls.customer, 1000), (cls.other, 500))])
        cls.invoices.action_post()

    @classmethod
    def _books(cls, company):
        """Accounts and a journal of our own: the company need not have a chart of accounts."""
        receivable, cls.income = cls.env['account.account'].with_company(company).create([
            {'name': name, 'code': code, 'account_type': kind, 'reconcile': kind == 'asset_receivable'}
            for name, code, kind in (("Receivable", 'JC1', 'asset_receivable'), ("Income", 'JC2', 'income'))])
        cls.journal = cls.env['account.journal'].create({
            'name': "Journey", 'code': 'JCS', 'type': 'sale', 'company_id': company.id, 'default_account_id': cls.income.id})
        (cls.customer + cls.other).with_company(company).property_account_receivable_id = receivable


@tagged('post_install', '-at_install')
class TestCollectionsDesktop(CollectionsCase):

    def test_dunning(self):
        """One customer disputes and is left out, the other one gets a letter."""
        self._journey('/odoo/receivables', [
            ('text', '.o_data_row', "Hammond Hardware"), ('text', '.o_data_row', "Nordwind"), ('type', '.o_searchview_input', "Nordwind"),
            ('click', '.o_searchview_autocomplete .o-dropdown-item'), ('text', '.o_searchview_facet', "Nordwind"),
            ('without', '.o_data_row:nth-child(2)'), ('click', '.o_data_row button[name=action_dispute]'),
            ('see', '.o_form_view [name=cause]'),
            ('type', '[name=name] input, [name=name] textarea', "Two pieces are damaged"), ('save',),
            ('text', '.o_statusbar_status .o_arrow_button_current', "Open"),
        ], 'collect_finance')
        self._journey('/odoo/dunning/new', [
            ('click', 'button[name=action_propose]'), ('text', '.o_statusbar_status .o_arrow_button_current', "Proposed"),
            ('text', '[name=letter_ids] .o_data_row', "Hammond Hardware"), ('tab', "Left Out"),
            ('text', '[name=out_ids] .o_data_row', "Nordwind"), ('text', '[name=out_ids] .o_data_row', "Disputed"),
            ('click', 'button[name=action_confirm]'), ('click', '.modal footer .btn-primary'),
            ('text', '.o_statusbar_status .o_arrow_button_current', "Confirmed"),
        ], 'collect_finance')
        letter = self.env['crm.dunning.letter'].search([('partner_id', '=', self.customer.id)])
        self.assertRecordValues(letter, [{'amount': 1000, 'channel': 'mail', 'state': 'confirmed'}])
        self.assertFalse(self.env['crm.dunning.letter'].search([('partner_id', '=', self.other.id)]))

    def test_ageing(self):
        self._journey('/odoo/ageing', [
            ('text', '.o_pivot th', "Hammond Hardware"), ('text', '.o_pivot th', "1-30 days")], 'collect_finance')


@tagged('post_install', '-at_install')
class TestCollectionsPhone(PhoneJourney, CollectionsCase):

    def test_promise(self):
        """The representative takes down on the phone what the customer promises."""
        day = fields.Date.today() + timedelta(days=5)
        self._journey('/odoo/receivables', [
            ('text', '.o_kanban_record', "Hammond Hardware"), ('fits',),
            ('click', '.o_kanban_record button[name=action_promise]'), ('see', '.o_form_view [name=date_given]'), ('fits',),
            ('type', '[name=date] input', day.strftime('%m/%d/%Y')), ('save',),
            ('text', '.o_form_view', "Has It Come?"),
        ], 'collect_rep')
        promise = self.env['crm.payment.promise'].search([('create_uid', '=', self.rep.id)])
        self.assertRecordValues(promise, [{'date': day, 'state': 'open', 'user_id': self.rep.id}])
        self.assertIn(promise.partner_id, self.customer + self.other)
        self._journey('/odoo/payment-promises', [('text', '.o_kanban_record', promise.partner_id.name)], 'collect_rep')
