from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import ContractCommon
from .performance_common import PerformanceCommon


@tagged('post_install', '-at_install')
class TestSigning(PerformanceCommon):
    """What people are ranked by: orders, or contracts by share."""

    def _people(self, name):
        """Return {(person, day): amount} of the relation."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(getattr(self.env['crm.signing'], f'_{name}_sql')(self.company))
        people = {}
        for row in rows:
            key = self.env['res.users'].browse(row['user_id']).name, str(row['date'])
            people[key] = round(people.get(key, 0) + float(row['amount']), 2)
        return people

    def _shared(self, order, second=None):
        contract = self._contract(order, state='approved', share_ids=[
            Command.create({'user_id': self.rep.id, 'percent': 60}), Command.create({'user_id': (second or self.rep2).id, 'percent': 40})])
        contract.action_sign('2026-06-02')
        return contract

    def test_orders(self):
        """By itself, the orders of the salesperson and the payments of the invoice's salesperson."""
        order = self._order([(10, 100)], confirm=True)
        order.date_order = '2026-06-01 22:30:00'
        self._shared(order)
        self._pay([(self._invoice(order, '2026-06-03'), '2026-06-10', 600)])
        self.assertEqual(self.env['crm.signing']._signing_model(self.company), 'sale.order')
        self.assertEqual(self._people('signing'), {("Rep", '2026-06-02'): 1000})
        self.assertEqual(self._people('collection'), {("Rep", '2026-06-10'): 600})

    def test_contracts(self):
        """By contracts, everybody with a share; other money stays with the salesperson of its invoice."""
        self.company.crm_signing_source = 'contract'
        order = self._order([(10, 100)], confirm=True)
        self._shared(order)
        self._pay([(self._invoice(order, '2026-06-03'), '2026-06-10', 600)])
        other = self._invoices([(self.customer, '2026-06-03', 50)])
        other.invoice_user_id = self.lead
        self._pay([(other, '2026-06-11', None)])
        self._order([(10, 100)], confirm=True)
        self.assertEqual(self.env['crm.signing']._signing_model(self.company), 'crm.contract')
        self.assertEqual(self._people('signing'), {("Rep", '2026-06-02'): 600, ("Rep2", '2026-06-02'): 400})
        self.assertEqual(
            self._people('collection'), {("Rep", '2026-06-10'): 360, ("Rep2", '2026-06-10'): 240, ("Lead", '2026-06-11'): 50})

    def test_terminated(self):
        """A contract that was terminated is no signing any more; one without shares is its salesperson's."""
        self.company.crm_signing_source = 'contract'
        contract = self._contract(total=1000, state='signed')
        self.assertEqual(self._people('signing'), {("Rep", '2026-06-15'): 1000})
        contract.state = 'terminated'
        self.assertEqual(self._people('signing'), {})

    def test_currency(self):
        self.company.crm_signing_source = 'contract'
        self._contract(total=1000, state='signed', currency_id=self.usd.id)
        self.assertEqual(self._people('signing'), {("Rep", '2026-06-15'): 250})

    def test_ranking_of_visits(self):
        """Where visits are planned, too, their rankings follow."""
        if 'crm.visit.quota.result' not in self.env:
            self.skipTest("without the addon of visits")
        self.company.crm_signing_source = 'contract'
        self.env['crm.visit.quota'].create({'company_id': self.company.id, 'date_from': '2026-01-01', 'daily_target': 3})
        order = self._order([(10, 100)], confirm=True)
        contract = self._shared(order, self.lead)
        self._pay([(self._invoice(order, '2026-06-03'), '2026-06-10', 600)])
        for month in self.env['crm.visit.quota.month']._ensure(self.company):
            month._refresh()
        results = self._as(self.manager)['crm.visit.quota.result']
        for measure, expected in (('signing_amount', {"Rep": 600, "Lead": 400}), ('collected_amount', {"Rep": 360, "Lead": 240}),
                                  ('signing_count', {"Rep": 1, "Lead": 1}), ('new_signed_count', {"Rep": 1, "Lead": 1})):
            for period in ('month', 'year'):
                with self.subTest(measure=measure, period=period):
                    rows = results.get_ranking(measure, period)['rows']
                    self.assertEqual({row['name']: row['value'] for row in rows}, expected)
        result = results.search([('user_id', '=', self.lead.id), ('period', '=', 'month'), ('kind', '=', 'regular')], limit=1)
        action = result.action_open_signings()
        self.assertEqual((action['res_model'], self.env['crm.contract'].search(action['domain'])), ('crm.contract', contract))


@tagged('post_install', '-at_install')
class TestEnding(ContractCommon):
    """What was signed and has ended, for whoever asks ``crm.signing``."""

    def _endings(self):
        self.env.flush_all()
        rows = self.env.execute_query_dict(self.env['crm.signing']._ending_sql(self.company))
        return {row['res_id']: row for row in rows if row['res_model'] == 'crm.contract'}

    def test_terminated(self):
        """Before its time: what was not invoiced yet is lost."""
        contract = self._contract(total=1000, state='executing')
        self.assertFalse(self._endings())
        contract.invoiced_percent = 25
        contract.action_terminate(reason="Closed", date='2026-06-15')
        self.assertEqual(self._endings()[contract.id], {
            'res_model': 'crm.contract', 'res_id': contract.id, 'partner_id': self.customer.id, 'user_id': self.rep.id,
            'date': self.TODAY, 'amount': 750, 'margin': None, 'name': contract.name, 'phase': 'execution'})

    def test_not_renewed(self):
        """Carried out, run out, and no other one within 90 days; one without a term does not run out."""
        days = {'date_signed': '2025-01-01', 'date_start': '2025-01-01'}
        contract, endless = self._contract(total=1000, state='executing'), self._contract(total=1000, state='executing')
        contract.sudo().write({**days, 'state': 'completed', 'date_end': '2026-03-17'})
        endless.sudo().write({**days, 'state': 'completed'})
        self.assertFalse(self._endings(), "90 days are not over.")
        contract.date_end = date(2026, 3, 16)
        found = self._endings()
        self.assertEqual(list(found), [contract.id])
        ending = found[contract.id]
        self.assertEqual((ending['date'], ending['phase'], ending['amount']), (date(2026, 3, 16), 'use', 1000))
        self._contract(total=1, state='executing', partner=self.customer2)
        self.assertTrue(self._endings(), "Of another customer.")
        self._contract(total=1, state='signed')
        self.assertFalse(self._endings())
