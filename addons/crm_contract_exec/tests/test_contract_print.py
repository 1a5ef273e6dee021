from odoo import Command
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContractPrint(ContractCommon):

    def _printed(self, contracts, user=None):
        html, _kind = self._as(user or self.rep)['ir.actions.report']._render_qweb_html(
            'crm_contract_exec.report_contract', contracts.ids)
        return html.decode()

    def test_printed(self):
        order = self._order([(10, 100)])
        contract = self._contract(
            order, signatory_id=self.person.id, company_signatory_id=self.manager.id, title="压力机 Presses",
            clauses="<p>Ex works 工厂交货</p>", warranty_months=24, retention_percent=5,
            party_ids=[Command.create({'partner_id': self.customer2.id, 'role': 'guarantor', 'is_signing': True})],
            step_ids=[Command.create({'name': name, 'kind': 'collect', 'amount': amount, 'date_due': '2026-07-01'})
                      for name, amount in (("Advance", 360), ("Rest", 840))])
        html = self._printed(contract)
        for text in (contract.name, "压力机 Presses", "工厂交货", "Goods", "1,200.00", "Advance", "360.00", "Person", "Manager",
                     "Guarantor", self.customer2.name, "24 months", "charset"):
            with self.subTest(text=text):
                self.assertIn(text, html)
        self.assertIn("Draft, not binding", html)
        self._advance(contract, 'signed')
        self.env.invalidate_all()
        self.assertNotIn("Draft, not binding", self._printed(contract))

    def test_several_each_on_its_page(self):
        contracts = self._contract(total=100) | self._contract(total=200)
        html = self._printed(contracts)
        self.assertEqual((html.count('o_crm_contract_print'), html.count('page-break-before: always')), (2, 1))

    def test_cost_is_not_printed(self):
        self.assertNotIn("60.00", self._printed(self._contract(self._order([(1, 100)]))))
