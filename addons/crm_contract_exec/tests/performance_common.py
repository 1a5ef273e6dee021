from .common import ContractCommon


class PerformanceCommon(ContractCommon):
    """People are credited from January 2026 on; which part on which event, each test says by :meth:`_rule`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = cls.env['crm.performance.entry']

    @classmethod
    def _rule(cls, company=None, date_from='2026-01-01', basis='revenue', **weights):
        """Create a rule.

        :param weights: percent by event, such as ``signed=40, collected=60``
        """
        shares = {f'{name}_weight': weights.get(name, 0) for name in ('signed', 'delivered', 'invoiced', 'collected')}
        return cls.env['crm.performance.rule'].create({
            'company_id': (company or cls.company).id, 'date_from': date_from, 'basis': basis, **shares})

    def _invoice(self, order, day, post=True, **kwargs):
        """Invoice what an order has to be invoiced."""
        move = order._create_invoices(**kwargs)
        move.invoice_date = day
        if post:
            move.action_post()
        return move

    def _credit(self, contract, event=None, user=None):
        """Return what is credited for a contract so far."""
        contract._book_performance()
        entries = self.entries.search([('contract_id', '=', contract.id)])
        if event:
            entries = entries.filtered(lambda entry: entry.event == event)
        if user:
            entries = entries.filtered(lambda entry: entry.user_id == user)
        return round(sum(entries.mapped('amount')), 2)

    def _rows(self, contract):
        """Return (day, event, reason, amount) of the entries, in the order in which they were made."""
        contract._book_performance()
        entries = self.entries.search([('contract_id', '=', contract.id)], order='id')
        return [(str(entry.date), entry.event, entry.reason, entry.amount) for entry in entries]
