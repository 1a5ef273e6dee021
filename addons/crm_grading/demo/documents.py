"""Orders, invoices, credit notes and payments of the demo company: made in batches, posted together."""
from collections import defaultdict
from datetime import datetime, time, timedelta
from functools import cached_property

from odoo import Command

from ..tools.planner import count_anew
from .cast import CHARACTERS, TERM_DAYS, purchases
from .shop import orders

ORDERS_FROM = 120         # days ago; older business is there as invoices only
PAYMENTS_FROM = 380       # days ago; older receipts are booked by week, without a payment each


class Documents:
    """The documents of one company."""
    purchases = staticmethod(purchases)
    orders_from = ORDERS_FROM
    payments_from = PAYMENTS_FROM

    def __init__(self, env, company, products, today):
        self.env = env
        self.company = company
        self.products = products
        self.today = today

    @cached_property
    def pricelist(self):
        return self.env['product.pricelist'].create({
            'name': self.env._("Standard %(currency)s", currency=self.company.currency_id.name),
            'company_id': self.company.id, 'currency_id': self.company.currency_id.id, 'sequence': 5})

    def sell(self, partners):
        """Make the documents of customers.

        :param partners: ``{Customer: res.partner}``
        :return: the posted invoices
        """
        planned = sorted(
            ((purchase, customer) for customer in partners for purchase in self.purchases(customer, self.today)),
            key=lambda pair: (pair[0].day, pair[1].key))
        baskets = [self._basket(purchase, customer) for purchase, customer in planned]
        orders = self._orders(planned, baskets, partners)
        invoices = self.env['account.move'].create([
            self._invoice(purchase, customer, partners[customer], basket, order)
            for (purchase, customer), basket, order in zip(planned, baskets, orders)])
        invoices.action_post()
        self._credit(planned, invoices)
        self._collect(planned, invoices)
        return invoices

    # ------------------------------------------------------------------
    # Baskets
    # ------------------------------------------------------------------

    def _basket(self, purchase, customer):
        """Return ``[(product, quantity)]`` worth about the amount of a purchase."""
        rng = customer.random
        rng.seed(f'{customer.key} {purchase.day}')
        affordable = [product for product in self.products if product.list_price < purchase.amount] or self.products[:1]
        chosen = rng.sample(affordable, min(len(affordable), rng.choice((1, 1, 2))))
        share = purchase.amount / len(chosen)
        return [(product, max(1, round(share / product.list_price))) for product in chosen]

    # ------------------------------------------------------------------
    # Orders and invoices
    # ------------------------------------------------------------------

    def _orders(self, planned, baskets, partners):
        """Return the order behind each purchase; an empty one behind the oldest."""
        first = self.today - timedelta(days=self.orders_from)
        recent = [number for number, (purchase, _customer) in enumerate(planned) if purchase.day >= first]
        # what was sold has left long ago: beside inventory, no transfers for it now
        made = self.env['sale.order'].with_context(skip_procurement=True).create([
            self._order(*planned[number], partners[planned[number][1]], baskets[number]) for number in recent])
        none = self.env['sale.order']
        by_number = dict(zip(recent, made))
        return [by_number.get(number, none) for number in range(len(planned))]

    def _order(self, purchase, customer, partner, basket):
        discount = CHARACTERS[customer.character].discount
        return {
            'partner_id': partner.id, 'company_id': self.company.id, 'user_id': partner.user_id.id, 'state': 'sale',
            'pricelist_id': self.pricelist.id, 'date_order': datetime.combine(purchase.day, time(9)) - timedelta(days=3),
            'order_line': [Command.create({
                'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': product.list_price,
                'discount': discount, 'tax_ids': False}) for product, quantity in basket],
        }

    def _invoice(self, purchase, customer, partner, basket, order):
        discount = CHARACTERS[customer.character].discount
        lines = order.order_line or [order.order_line] * len(basket)
        return {
            'move_type': 'out_invoice', 'partner_id': partner.id, 'company_id': self.company.id, 'invoice_user_id': partner.user_id.id,
            'invoice_date': purchase.day, 'date': purchase.day, 'invoice_payment_term_id': False,
            'invoice_date_due': purchase.day + timedelta(days=TERM_DAYS), 'invoice_origin': order.name,
            'invoice_line_ids': [Command.create({
                'product_id': product.id, 'quantity': quantity, 'price_unit': product.list_price, 'discount': discount,
                'tax_ids': False, 'sale_line_ids': [Command.set(line.ids)],
            }) for (product, quantity), line in zip(basket, lines)],
        }

    def _credit(self, planned, invoices):
        """Take goods back: half of the first line, a week after the invoice, booked against it."""
        returned = [
            invoice for (purchase, _customer), invoice in zip(planned, invoices)
            if purchase.returned and purchase.day + timedelta(days=7) <= self.today]
        notes = self.env['account.move'].create([{
            'move_type': 'out_refund', 'partner_id': invoice.partner_id.id, 'company_id': self.company.id,
            'invoice_user_id': invoice.invoice_user_id.id, 'invoice_date': invoice.invoice_date + timedelta(days=7),
            'date': invoice.invoice_date + timedelta(days=7), 'invoice_payment_term_id': False, 'reversed_entry_id': invoice.id,
            'invoice_line_ids': [Command.create({
                'product_id': line.product_id.id, 'quantity': max(1, line.quantity // 2), 'price_unit': line.price_unit,
                'discount': line.discount, 'tax_ids': False})],
        } for invoice in returned for line in invoice.invoice_line_ids[:1]])
        notes.action_post()
        self._match(self._receivable(invoice + note) for invoice, note in zip(returned, notes))

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def _collect(self, planned, invoices):
        """Receive what has been paid by today, each invoice on its day; who pays late pays a part first."""
        rows = defaultdict(list)
        for (purchase, _customer), invoice in zip(planned, invoices):
            day = purchase.day + timedelta(days=TERM_DAYS + purchase.days_late)
            open_amount = invoice.amount_residual
            if purchase.days_late > 60 and day - timedelta(days=30) <= self.today:
                part = round(open_amount / 3, 2)
                rows[invoice].append((day - timedelta(days=30), part))
                open_amount -= part
            if day <= self.today and open_amount > 0:
                rows[invoice].append((day, open_amount))
        rows = [(invoice, day, amount) for invoice, parts in rows.items() for day, amount in parts]
        journal = self.env['account.journal'].search([('company_id', '=', self.company.id), ('type', '=', 'bank')], limit=1)
        # straight to the bank account: nobody reconciles statements in a demo
        journal.inbound_payment_method_line_ids.payment_account_id = journal.default_account_id
        first = self.today - timedelta(days=self.payments_from)
        self._pay([row for row in rows if row[1] >= first], journal)
        self._pay_by_week([row for row in rows if row[1] < first], journal)

    def _pay(self, rows, journal):
        payments = self.env['account.payment'].create([{
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': invoice.partner_id.id, 'amount': amount,
            'date': day, 'journal_id': journal.id, 'memo': invoice.name} for invoice, day, amount in rows])
        count_anew(self.env, 'account_move', 'account_move_line', 'account_partial_reconcile', 'account_payment')
        payments.action_post()
        self._match((self._receivable(invoice + payment.move_id)) for (invoice, _day, _amount), payment in zip(rows, payments))

    def _pay_by_week(self, rows, journal):
        weeks = defaultdict(list)
        for invoice, day, amount in rows:
            weeks[day - timedelta(days=day.weekday())].append((invoice, amount))
        entries = self.env['account.move'].create([{
            'move_type': 'entry', 'company_id': self.company.id, 'journal_id': journal.id, 'date': monday,
            'line_ids': [
                Command.create({'account_id': journal.default_account_id.id, 'balance': sum(amount for _invoice, amount in paid)}),
                *(Command.create({
                    'account_id': self._receivable(invoice).account_id.id, 'partner_id': invoice.partner_id.id,
                    'name': invoice.name, 'balance': -amount}) for invoice, amount in paid)],
        } for monday, paid in weeks.items()])
        entries.action_post()
        self._match(
            self._receivable(invoice) + line
            for entry, paid in zip(entries, weeks.values())
            for (invoice, _amount), line in zip(paid, self._receivable(entry)))

    def _receivable(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')

    def _match(self, plan):
        self.env['account.move.line']._reconcile_plan(list(plan))


class ShopDocuments(Documents):
    """Those of the parts shop: an invoice of one line, paid when ordered; what customers have paid the bank books by week."""
    purchases = staticmethod(orders)
    orders_from = payments_from = -1

    def _basket(self, purchase, customer):
        rng = customer.random
        rng.seed(f'{customer.key} {purchase.day}')
        product = rng.choice([product for product in self.products if product.list_price < purchase.amount] or self.products[:1])
        return [(product, max(1, round(purchase.amount / product.list_price)))]
