from odoo import Command

from .common import ContractCommon


class DunningCommon(ContractCommon):
    """A policy with a level after 1, 15 and 30 days (the last one signed off by accounting managers). The clock stands at 2026-06-15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.env['crm.dunning.policy'].search([]).active = False
        cls.chiefs = cls.env.ref('account.group_account_manager')
        cls.policy = cls.env['crm.dunning.policy'].create({
            'name': "Policy", 'currency_id': cls.eur.id, 'level_ids': [
                Command.create({'name': "First", 'days': 1, 'wait_days': 0, 'subject': "Overlooked?", 'body': "<p>Please look</p>"}),
                Command.create({'name': "Second", 'days': 15, 'wait_days': 10, 'subject': "Reminder", 'fee': 5, 'interest_percent': 10}),
                Command.create({'name': "Last", 'days': 30, 'wait_days': 10, 'subject': "Last", 'channel': 'letter',
                                'group_id': cls.chiefs.id})]})
        cls.first, cls.second, cls.last = cls.policy.level_ids
        cls.customer.email = 'customer@example.com'

    @classmethod
    def _run(cls, date='2026-06-15', propose=True, company=None):
        company = company or cls.company
        run = cls.env['crm.dunning.run'].with_company(company).create({'company_id': company.id, 'date': date})
        if propose:
            run.action_propose()
        return run

    @classmethod
    def _dunned(cls, run):
        """Return (item, amount, level) of what a run duns."""
        lines = run.line_ids.filtered(lambda line: line.state != 'out').sorted('date_due')
        return [(line.name, line.amount, line.level_id.name) for line in lines]

    @classmethod
    def _out(cls, run):
        return [(line.open_amount, line.reason) for line in run.line_ids.filtered(lambda line: line.state == 'out').sorted('date_due')]

    @classmethod
    def _sent(cls, invoice, level, day):
        """Put down that an invoice was dunned on a day."""
        term = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        run = cls._run(day, propose=False)
        run.state = 'confirmed'
        return cls.env['crm.dunning.line'].create({
            'run_id': run.id, 'company_id': cls.company.id, 'partner_id': cls.customer.id, 'name': invoice.name, 'move_id': invoice.id,
            'move_line_id': term.id, 'receivable_key': term.id * 4, 'date': day, 'date_due': invoice.invoice_date_due,
            'currency_id': invoice.currency_id.id, 'level_id': level.id, 'state': 'sent'})
