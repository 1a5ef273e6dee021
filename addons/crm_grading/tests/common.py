from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import TransactionCase

NO_MAIL = {
    'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'no_reset_password': True,
}


class GradingCommon(TransactionCase):
    """Two companies with a currency each, the roles, and cheap posted documents on given days, under a stopped clock.

    Companies
    ---------
    company ......... Grading Europe, EUR, Europe/Brussels     1 EUR = 2 USD until 2025-12-31
    company_usd ..... Grading America, USD, America/New_York   1 EUR = 4 USD from  2026-01-01

    Sales organization (all in ``company``)
    ---------------------------------------
    team
      lead ........... salesperson (own documents), leads the team
      rep ............ salesperson (own documents), member
    (no team)
      rep2 ........... salesperson (own documents)
      leads_all ...... salesperson (all documents)
      manager ........ sales manager, also works in company_usd
      finance ........ invoicing, no sales group
      employee ....... internal user without any right here
    In ``company_usd`` only
      manager_usd .... sales manager
    """
    NOW = '2026-06-15 12:00:00'
    TODAY = date(2026, 6, 15)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(cls.NOW))
        cls.env = cls.env(context=dict(cls.env.context, **NO_MAIL))
        cls.eur, cls.usd = cls.env.ref('base.EUR'), cls.env.ref('base.USD')
        (cls.eur + cls.usd).active = True
        cls.company = cls._setup_company("Grading Europe", cls.eur, 'Europe/Brussels', cls.usd, (2.0, 4.0))
        cls.company_usd = cls._setup_company("Grading America", cls.usd, 'America/New_York', cls.eur, (0.5, 0.25))
        cls.env.user.write({
            'company_ids': [Command.link(cls.company.id), Command.link(cls.company_usd.id)], 'company_id': cls.company.id})
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=(cls.company + cls.company_usd).ids))
        cls.company, cls.company_usd = cls.company.with_env(cls.env), cls.company_usd.with_env(cls.env)
        cls._setup_users()
        cls.product = cls.env['product.product'].create({
            'name': "Thing", 'type': 'consu', 'list_price': 100, 'taxes_id': False, 'supplier_taxes_id': False})
        cls.product.with_company(cls.company).standard_price = 60
        cls.product.with_company(cls.company_usd).standard_price = 30

    # ------------------------------------------------------------------
    # Companies and users
    # ------------------------------------------------------------------

    @classmethod
    def _setup_company(cls, name, currency, tz, other, rates):
        """Create a company with just the accounts and journals that customer documents need (no chart of accounts)."""
        company = cls.env['res.company'].create({'name': name, 'currency_id': currency.id, 'country_id': cls.env.ref('base.be').id})
        company.resource_calendar_id.tz = tz
        cls.env['res.currency.rate'].create([
            {'name': day, 'currency_id': other.id, 'company_id': company.id, 'rate': rate}
            for day, rate in zip(('2000-01-01', '2026-01-01'), rates, strict=True)])
        accounts = cls.env['account.account'].with_company(company).create([
            {'name': label, 'code': code, 'account_type': kind, 'reconcile': kind in ('asset_receivable', 'liability_payable')}
            for label, code, kind in [
                ("Receivable", 'G1', 'asset_receivable'), ("Payable", 'G2', 'liability_payable'), ("Bank", 'G3', 'asset_cash'),
                ("Income", 'G4', 'income'), ("Expense", 'G5', 'expense'),
                ("Exchange gain", 'G6', 'income'), ("Exchange loss", 'G7', 'expense')]])
        _receivable, _payable, bank, income, expense, gain, loss = accounts
        _sale, general, _bank = cls.env['account.journal'].create([
            {'name': "Sales", 'code': 'GS', 'type': 'sale', 'company_id': company.id, 'default_account_id': income.id},
            {'name': "Exchange", 'code': 'GX', 'type': 'general', 'company_id': company.id},
            {'name': "Bank", 'code': 'GB', 'type': 'bank', 'company_id': company.id, 'default_account_id': bank.id}])
        company.write({
            'income_account_id': income.id, 'expense_account_id': expense.id, 'currency_exchange_journal_id': general.id,
            'income_currency_exchange_account_id': gain.id, 'expense_currency_exchange_account_id': loss.id})
        return company

    @classmethod
    def _setup_users(cls):
        """Create the people all at once: one after the other takes three times as long, in every class of tests."""
        people = {
            'rep': ('sales_team.group_sale_salesman', cls.company),
            'rep2': ('sales_team.group_sale_salesman', cls.company),
            'lead': ('sales_team.group_sale_salesman', cls.company),
            'leads_all': ('sales_team.group_sale_salesman_all_leads', cls.company),
            'manager': ('sales_team.group_sale_manager', cls.company + cls.company_usd),
            'finance': ('account.group_account_invoice', cls.company),
            'employee': ('base.group_user', cls.company),
            'manager_usd': ('sales_team.group_sale_manager', cls.company_usd),
        }
        users = cls.env['res.users'].create([{
            'login': f'grading_{name}', 'password': f'grading_{name}', 'name': name.replace('_', ' ').title(), 'email': 'g.g@example.com',
            'group_ids': [Command.set(cls.env.ref(group).ids)], 'tz': 'Europe/Brussels',
            'company_id': companies[0].id, 'company_ids': [Command.set(companies.ids)]} for name, (group, companies) in people.items()])
        for name, user in zip(people, users, strict=True):
            setattr(cls, name, user)
        cls.team = cls.env['crm.team'].create({
            'name': "Grading Team", 'company_id': cls.company.id, 'user_id': cls.lead.id,
            'member_ids': [Command.set((cls.lead + cls.rep).ids)]})

    def _as(self, user, company=None):
        """Return the environment of a user at work in one company (default: the user's own)."""
        return self.env(user=user, context=dict(NO_MAIL, allowed_company_ids=(company or user.company_id).ids))

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    @classmethod
    def _customers(cls, count=1, name="Customer", **vals):
        """Create companies as customers, in one call."""
        return cls.env['res.partner'].create([
            {'name': f"{name} {number}", 'is_company': True, **vals} for number in range(1, count + 1)])

    @classmethod
    def _profiles(cls, partners, company=None):
        """Create the profiles of customers, as a run does."""
        return cls.env['crm.customer'].sudo().create([
            {'partner_id': partner.id, 'company_id': (company or cls.company).id} for partner in partners])

    # ------------------------------------------------------------------
    # Documents: each call makes and posts all its rows at once
    # ------------------------------------------------------------------

    @classmethod
    def _invoices(cls, rows, company=None, currency=None, move_type='out_invoice', product=None, due=None, post=True):
        """Create and post invoices without tax.

        :param rows: list of (partner, day, untaxed amount in ``currency``)
        :param currency: default: the company's
        :param due: payment term, or a list of a due day per row; default: due on the day of the invoice
        """
        company = company or cls.company
        vals_list = []
        for number, (partner, day, amount) in enumerate(rows):
            vals = {
                'move_type': move_type, 'partner_id': partner.id, 'company_id': company.id, 'invoice_date': day, 'date': day,
                'currency_id': (currency or company.currency_id).id,
                'invoice_line_ids': [Command.create({
                    'product_id': (product or cls.product).id, 'quantity': 1, 'price_unit': amount, 'tax_ids': False})],
            }
            if isinstance(due, (list, tuple)):
                vals.update(invoice_payment_term_id=False, invoice_date_due=due[number])
            else:
                vals.update(invoice_payment_term_id=due.id if due else False, invoice_date_due=False if due else day)
            vals_list.append(vals)
        moves = cls.env['account.move'].with_company(company).create(vals_list)
        if post:
            moves.action_post()
        return moves

    @classmethod
    def _refunds(cls, rows, **kwargs):
        """Create and post credit notes of positive amounts; like :meth:`_invoices`."""
        return cls._invoices(rows, move_type='out_refund', **kwargs)

    @classmethod
    def _orders(cls, rows, company=None, currency=None, state='sale', product=None):
        """Create orders without tax in a state.

        :param rows: list of (partner, UTC datetime or day, untaxed amount in ``currency``)
        """
        company = company or cls.company
        pricelists = {}
        vals_list = []
        for partner, moment, amount in rows:
            key = currency or company.currency_id
            if key not in pricelists:
                pricelists[key] = cls.env['product.pricelist'].create(
                    {'name': f"Grading {key.name}", 'currency_id': key.id, 'company_id': company.id})
            if not isinstance(moment, datetime):
                moment = datetime.combine(fields.Date.to_date(moment), datetime.min.time()).replace(hour=12)
            vals_list.append({
                'partner_id': partner.id, 'company_id': company.id, 'date_order': moment, 'state': state,
                'pricelist_id': pricelists[key].id,
                'order_line': [Command.create({
                    'product_id': (product or cls.product).id, 'product_uom_qty': 1, 'price_unit': amount, 'tax_ids': False})],
            })
        return cls.env['sale.order'].with_company(company).create(vals_list)

    @classmethod
    def _pay(cls, rows):
        """Book customer payments in the bank journal and match them with their invoices (or credit notes).

        :param rows: list of (move, day, amount in the move's currency; None: what is open)
        """
        vals_list = []
        for move, day, amount in rows:
            company = move.company_id
            journal = cls.env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'bank')], limit=1)
            term = move.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            amount = amount or abs(sum(term.mapped('amount_residual_currency')))
            sign = 1 if move.is_inbound() else -1
            balance = move.currency_id._convert(amount, company.currency_id, company, fields.Date.to_date(day)) * sign
            common = {'partner_id': move.commercial_partner_id.id, 'currency_id': move.currency_id.id}
            vals_list.append({
                'move_type': 'entry', 'company_id': company.id, 'journal_id': journal.id, 'date': day,
                'line_ids': [
                    Command.create({**common, 'account_id': journal.default_account_id.id,
                                    'balance': balance, 'amount_currency': amount * sign}),
                    Command.create({**common, 'account_id': term[0].account_id.id,
                                    'balance': -balance, 'amount_currency': -amount * sign})],
            })
        entries = cls.env['account.move'].create(vals_list)
        entries.action_post()
        for (move, _day, _amount), entry in zip(rows, entries, strict=True):
            lines = (move + entry).line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
            lines.filtered(lambda line: not line.reconciled).reconcile()
        return entries

    # ------------------------------------------------------------------
    # Metrics
    # ------------------------------------------------------------------

    def _value(self, code, partner, date=None, company=None):
        """Return the value of one metric for one customer."""
        company = company or self.company
        return self.env['crm.metric'].evaluate([code], date=date, company=company, partners=partner)[partner.id][code]
