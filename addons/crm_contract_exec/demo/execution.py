"""The contracts of the demo company, carried out in the order in which things happened."""
from datetime import timedelta

from odoo import Command

from .deals import DEALS, PLANS

# what lies in the warehouse: less than what is to be delivered of some
STOCK = {'gearbox': 60, 'motor': 40, 'drive': 26, 'pump': 130}


class Execution:
    """Contracts of one demo company."""

    def __init__(self, env, company, partners, today):
        self.env, self.company, self.today = env, company, today
        self.partners = partners   # {key: res.partner}
        self.contracts = {}        # {Deal: crm.contract}

    def carry_out(self):
        """Make the contracts and whatever has happened to them. :return: ``{customer key: crm.contract}``"""
        self._fill_the_warehouse()
        deals = [deal for deal in DEALS if deal.customer in self.partners]
        for deal in sorted(deals, key=lambda deal: -deal.signed):
            self.contracts[deal] = self._agree(deal)
        events = sorted(
            (event for deal in deals for event in self._events(deal)), key=lambda event: -event[0])
        for days, happen, deal, details in events:
            happen(deal, self._ago(days), *details)
        for deal in deals:
            self._close(deal)
        self.env['crm.contract']._refresh(self.env['crm.contract'].union(*self.contracts.values()))
        return {deal.customer: contract for deal, contract in self.contracts.items()}

    def _ago(self, days):
        return self.today - timedelta(days=days)

    def _product(self, key):
        return self.env.ref(f'crm_grading.demo_product_{key}')

    def _fill_the_warehouse(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        for key, quantity in STOCK.items():
            product = self._product(key)
            product.is_storable = True
            self.env['stock.quant']._update_available_quantity(product, warehouse.lot_stock_id, quantity)

    # ------------------------------------------------------------------
    # Agreeing
    # ------------------------------------------------------------------

    def _agree(self, deal):
        """Make the quotation and its contract, and bring it as far as signing."""
        partner = self.partners[deal.customer]
        order = self.env['sale.order'].create({
            'partner_id': partner.id, 'company_id': self.company.id, 'user_id': partner.user_id.id,
            'order_line': [Command.create({
                'product_id': self._product(key).id, 'product_uom_qty': quantity, 'tax_ids': False}) for key, quantity in deal.goods]})
        contract = self.env['crm.contract']._from_orders(
            order, title=deal.title, type_id=self.env.ref(f'crm_contract_exec.crm_contract_type_{deal.type}').id,
            signatory_id=partner.child_ids[:1].id, company_signatory_id=self.env.ref('crm_grading.demo_user_manager').id,
            date_start=self._ago(deal.signed), warranty_months=deal.warranty,
            share_ids=[
                Command.create({'user_id': self.env.ref(f'crm_grading.demo_user_{login}').id, 'percent': percent})
                for login, percent in deal.shares])
        self._plan(deal, contract, order)
        if deal.state == 'draft':
            return contract
        # the approver of the demo looks at the largest ones
        contract.with_user(partner.user_id).action_submit()
        if deal.state == 'approval':
            return contract
        if contract.state == 'approval':
            contract.with_user(self.env.ref('crm_grading.demo_user_manager')).action_approve()
        if deal.state == 'approved':
            return contract
        if order.state != 'sale':
            order.action_confirm()
        order.date_order = self._ago(deal.signed)
        contract.action_sign(date=self._ago(deal.signed), signed_by=partner.child_ids[:1].name or partner.name)
        if contract.state == 'signed':
            contract.action_start()
        return contract

    def _plan(self, deal, contract, order):
        rows = PLANS[deal.plan]
        self.env['crm.contract.step'].create([{
            'contract_id': contract.id, 'name': name, 'kind': kind, 'sequence': 10 * (number + 1), 'anchor': anchor, 'anchor_offset': days,
            'percent': percent if kind in ('invoice', 'collect') else 0,
            'line_ids': self._quantities(rows, number, order) if kind == 'deliver' else False,
        } for number, (kind, name, percent, anchor, days) in enumerate(rows)])

    def _quantities(self, rows, number, order):
        """Return the lines of a delivery: whole pieces, the last delivery takes what is left."""
        deliveries = [place for place, row in enumerate(rows) if row[0] == 'deliver']
        lines = []
        for line in order.order_line:
            shares = [int(line.product_uom_qty * rows[place][2] / 100) for place in deliveries]
            shares[-1] = line.product_uom_qty - sum(shares[:-1])
            if quantity := shares[deliveries.index(number)]:
                lines.append(Command.create({'order_line_id': line.id, 'quantity': quantity}))
        return lines

    # ------------------------------------------------------------------
    # What happened, day by day
    # ------------------------------------------------------------------

    def _events(self, deal):
        yield from ((days, self._deliver, deal, (step, share)) for step, days, share in deal.delivered)
        yield from ((days, self._accept, deal, (step,)) for step, days in deal.accepted)
        yield from ((days, self._invoice, deal, (step,)) for step, days in deal.invoiced)
        yield from ((days, self._collect, deal, (step, share)) for step, days, share in deal.paid)

    def _step(self, deal, number):
        return self.contracts[deal].step_ids.sorted('sequence')[number]

    def _deliver(self, deal, day, number, share):
        step = self._step(deal, number)
        step.action_create_picking()
        picking = step.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))[:1]
        for move in picking.move_ids:
            move.write({'quantity': int(move.product_uom_qty * share), 'picked': True})
        picking.with_context(skip_sms=True)._action_done()
        picking.date_done = f'{day} 10:00:00'
        picking.move_ids.filtered(lambda move: move.state == 'done').write({'date': f'{day} 10:00:00'})

    def _accept(self, deal, day, number):
        self._step(deal, number).action_accept(self.partners[deal.customer].child_ids[:1].name, date=day)

    def _invoice(self, deal, day, number):
        step = self._step(deal, number)
        step.action_create_invoice()
        step.invoice_ids.write({'invoice_date': day, 'date': day})
        step.invoice_ids.action_post()

    def _collect(self, deal, day, number, share):
        invoice = self._step(deal, number).invoice_ids
        self.env['account.payment.register'].with_context(active_model='account.move', active_ids=invoice.ids).create({
            'payment_date': day, 'amount': self.company.currency_id.round(invoice.amount_residual * share),
        })._create_payments()

    def _close(self, deal):
        contract = self.contracts[deal]
        if deal.state == 'suspended':
            contract.action_suspend(deal.reason)
        elif deal.state == 'terminated':
            contract.action_terminate(deal.reason)
        elif deal.state == 'completed':
            contract._refresh(contract)
            if contract.state == 'executing':
                contract.action_complete()
