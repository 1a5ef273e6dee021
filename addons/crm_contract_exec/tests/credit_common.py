from .common import ContractCommon


class CreditCommon(ContractCommon):
    """``customer`` has a limit of 1,000 EUR in ``company``, which checks orders and deliveries; ``finance`` decides.

    Of the sales people only ``manager`` may, too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.company.write({
            'account_use_credit_limit': True, 'crm_credit_check': 'both', 'crm_credit_approver_id': cls.finance.id})
        cls._limit(cls.customer, 1000)

    @classmethod
    def _limit(cls, partner, amount, company=None):
        partner.with_company(company or cls.company).credit_limit = amount

    def _figure(self, partner=None, company=None):
        """Return the figures of a customer, rounded; without a limit too."""
        company = company or self.company
        self.env.flush_all()
        rows = self.env.execute_query_dict(self.env['crm.credit']._exposure_sql(company))
        row = next((row for row in rows if row['partner_id'] == (partner or self.customer).id), {})
        return {key: round(float(value), 2) for key, value in row.items() if key != 'partner_id'}

    def _exposure(self, partner=None, company=None):
        return self._figure(partner, company).get('exposure', 0)

    def _release(self, order, user=None, reason="Paid on Friday", until='2026-06-30'):
        """Release the open hold of an order as a user does, through the form."""
        hold = order.sudo().crm_credit_hold_ids.filtered(lambda hold: hold.state == 'held')
        env = self._as(user or self.finance)
        env['crm.credit.decision'].create({'hold_ids': hold.ids, 'reason': reason, 'until': until}).action_release()
        return hold

    def _hold(self, order):
        return order.sudo().crm_credit_hold_ids.sorted('id', reverse=True)

    def _over(self, **vals):
        """Return a quotation over the limit that the rep has tried to confirm."""
        order = self._order([(10, 100)], **vals)
        self._by(order).action_confirm()
        return order
