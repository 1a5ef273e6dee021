from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_company_credit import RELEASERS

STATES = [('held', "On Hold"), ('released', "Released"), ('refused', "Refused"), ('lifted', "Lifted")]
BATCH = 100
FIGURES = ('invoiced', 'delivered', 'ordered', 'advances', 'overdue', 'credit_limit')


class CrmCreditHold(models.Model):
    """An order or delivery that waits because it leads over the customer's credit limit, and what was decided about it.

    Rows are made by the checks and decided upon by :meth:`_decide`; nobody may write on or delete them: they are the history. It lifts
    itself once the customer is within the limit again.
    """
    _name = 'crm.credit.hold'
    _description = "Credit Hold"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_name = 'partner_id'
    _mail_post_access = 'read'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    order_id = fields.Many2one('sale.order', readonly=True, index='btree_not_null', ondelete='set null')
    picking_id = fields.Many2one('stock.picking', "Delivery", readonly=True, index='btree_not_null', ondelete='set null')
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True, index='btree_not_null', ondelete='set null')
    requester_id = fields.Many2one('res.users', "Asked by", readonly=True, ondelete='set null')
    origin = fields.Selection(
        [('confirm', "Confirmation"), ('change', "Change of a confirmed order"), ('delivery', "Delivery")], "Stopped At", required=True,
        readonly=True)
    state = fields.Selection(STATES, required=True, default='held', readonly=True, index=True)
    date = fields.Datetime("Since", required=True, readonly=True, default=fields.Datetime.now)

    # as it stood when it was put on hold, in the company's currency
    amount = fields.Monetary("Order Amount", readonly=True)
    exposure = fields.Monetary(readonly=True, help="With the order.")
    credit_limit = fields.Monetary(readonly=True)
    excess = fields.Monetary("Over the Limit by", readonly=True)
    invoiced = fields.Monetary("Open Invoices", readonly=True)
    delivered = fields.Monetary("Delivered, Not Invoiced", readonly=True)
    ordered = fields.Monetary("Ordered, Not Invoiced", readonly=True)
    advances = fields.Monetary("Paid in Advance or on Its Way", readonly=True)
    overdue = fields.Monetary(readonly=True)

    # decision
    decided_by_id = fields.Many2one('res.users', "Decided by", readonly=True, ondelete='restrict')
    decided_on = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True)
    until = fields.Date("Released Until", readonly=True, help="Last day on which the release counts.")
    released_amount = fields.Monetary(
        readonly=True, help="The order may be carried out up to this amount; if it grows, it is checked again.")

    _open_order_uniq = models.UniqueIndex("(order_id) WHERE state = 'held'", "The order is on hold already.")
    _company_state_idx = models.Index("(company_id, state)")

    @api.depends('partner_id', 'order_id', 'picking_id')
    def _compute_display_name(self):
        for hold in self.sudo():   # the number of an order is no secret to who may see its hold
            document = hold.order_id.name or hold.picking_id.name
            hold.display_name = f"{hold.partner_id.display_name} ({document})" if document else hold.partner_id.display_name

    # ------------------------------------------------------------------
    # Putting on hold
    # ------------------------------------------------------------------

    @api.model
    def _put(self, held, origin, pickings=None):
        """Put orders on hold, and tell who decides; orders that are on hold already stay as they are.

        :param held: ``{order: figures}`` of ``crm.credit``
        :param pickings: ``{order: transfer that was stopped}``
        :return: the open holds of all these orders
        """
        holds = self.sudo()   # whoever confirms or delivers (a customer in the portal, the warehouse) has no right on holds
        orders = self.env['sale.order'].union(*held)
        waiting = holds.search([('order_id', 'in', orders.ids), ('state', '=', 'held')])
        missing = orders - waiting.order_id.with_env(self.env)
        new = holds.create([self._values(order, held[order], origin, (pickings or {}).get(order)) for order in missing])
        new._tell()
        return waiting + new

    def _values(self, order, figures, origin, picking):
        company = order.company_id.sudo()   # currency and time zone of a company are no secret
        return {
            'partner_id': figures['partner_id'], 'company_id': company.id, 'order_id': order.id, 'user_id': order.user_id.id,
            'requester_id': self.env.uid, 'origin': origin, 'picking_id': picking.id if picking else False,
            'amount': order.amount_total / (order.currency_rate or 1), 'exposure': figures['reached'],
            'excess': figures['reached'] - figures['credit_limit'], **{name: figures[name] for name in FIGURES}}

    def _tell(self):
        """Tell who decides by an activity (and so by mail), and who sells by a message on the order."""
        for hold in self:
            summary = self.env._("Over the credit limit: %(hold)s", hold=hold.display_name)
            for approver in hold.company_id._crm_credit_approvers():
                hold.activity_schedule(
                    'mail.mail_activity_data_todo', hold.company_id._crm_today(), summary, user_id=approver.id)
            hold._note(self.env._(
                "On hold: with this order %(customer)s is over the credit limit. It goes on once it is released or enough is paid.",
                customer=hold.partner_id.name))

    def _note(self, text):
        """Write to the salesperson on the order, or on the transfer."""
        self.ensure_one()
        document = self.order_id or self.picking_id
        if document:
            document.message_post(
                body=text, partner_ids=self.user_id.partner_id.ids, message_type='notification', subtype_xmlid='mail.mt_note',
                author_id=self.env.ref('base.partner_root').id)

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_decide(self):
        """Open the form in which a hold is released or refused.

        :raise AccessError: without the right to release
        """
        self._check_may_decide()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.credit.decision', 'name': self.env._("Decide on Hold"),
            'views': [(False, 'form')], 'target': 'new', 'context': {'default_hold_ids': self.ids}}

    def action_check_again(self):
        """Look at the customer's figures again: what is within the limit by now is lifted.

        :raise UserError: if nothing is
        """
        self.check_access('read')
        lifted = self._lift_within()
        if not lifted:
            raise UserError(self.env._("Still over the limit. It takes a payment, a smaller order, or a release."))
        return True

    def _check_may_decide(self):
        """:raise AccessError: unless the user, whatever ``sudo`` is in force, may release these holds
        :raise UserError: where it was decided before"""
        user = self.env.user
        if not user.has_group(RELEASERS):
            raise AccessError(self.env._("Only who may release orders over the credit limit decides this. Ask finance or a sales manager."))
        self.with_user(user).check_access('read')
        for hold in self.sudo():   # the setting of a company is no secret
            if hold.state != 'held':
                raise UserError(self.env._("%(hold)s was decided before. Nothing is to be done.", hold=hold.display_name))
            if hold.company_id.crm_credit_four_eyes and user in (hold.user_id, hold.requester_id):
                raise AccessError(self.env._(
                    "%(hold)s: nobody releases own orders. Ask a colleague who has the right.", hold=hold.display_name))

    def _decide(self, state, reason, until=False):
        """Release or refuse: the one way in which a person decides.

        :param state: 'released' or 'refused'
        :param until: last day of a release
        :raise AccessError, UserError: see :meth:`_check_may_decide`; without a reason; without a day, or with one that has passed
        """
        self._check_may_decide()
        if not (reason or '').strip():
            raise UserError(self.env._("Give the reason: it stays with the order."))
        for hold in self.sudo():   # checked above; holds are written by nobody but this
            if state == 'released' and (not until or until < hold.company_id._crm_today()):
                raise UserError(self.env._("Give the last day of the release: today or later."))
            hold.write({
                'state': state, 'reason': reason.strip(), 'until': until,
                'decided_by_id': self.env.uid, 'decided_on': fields.Datetime.now(),
                'released_amount': hold.amount if state == 'released' else 0})   # what was asked for, and shown to who decides
            hold.activity_ids.action_feedback(feedback=reason)
            hold._after_decision()

    def _order_amount(self):
        return self.order_id.amount_total / (self.order_id.currency_rate or 1)

    def _after_decision(self):
        """Tell the salesperson; confirm a released quotation, since that was asked for."""
        values = {'user': self.decided_by_id.name, 'reason': self.reason, 'until': self.until}
        self._note(self.env._("Released until %(until)s by %(user)s: %(reason)s", **values) if self.state == 'released'
                   else self.env._("Refused by %(user)s: %(reason)s", **values))
        self._confirm_orders()

    def _confirm_orders(self):
        """Confirm the quotations of holds that are no more: who asked for it (the customer, by signing) need not ask again."""
        orders = self.filtered(lambda hold: hold.state in ('released', 'lifted') and hold.origin == 'confirm').order_id
        for order in orders.filtered(lambda order: order.state in ('draft', 'sent')):
            order.with_user(order.user_id or self.env.user).sudo().with_context(send_email=bool(order.signature)).action_confirm()

    # ------------------------------------------------------------------
    # What holds and releases mean
    # ------------------------------------------------------------------

    @api.model
    def _releases(self, orders):
        """Return those of the orders that are released as they are: not expired, and not grown since."""
        releases = self.sudo().search([('order_id', 'in', orders.ids), ('state', '=', 'released')])   # see :meth:`_put`
        valid = releases.filtered(lambda hold: (
            hold.until >= hold.company_id._crm_today() and hold.partner_id == hold.order_id.partner_invoice_id.commercial_partner_id
            and hold._order_amount() - hold.released_amount < hold.currency_id.rounding / 2))
        return orders.browse(valid.order_id.ids)

    @api.model
    def _stopped(self, orders):
        """Return those of the orders whose last hold is not settled: it waits, or was refused."""
        holds = self.sudo().search_fetch([('order_id', 'in', orders.ids)], ['order_id', 'state'], order='id')   # see :meth:`_put`
        last = {hold.order_id.id: hold.state for hold in holds}
        return orders.filtered(lambda order: last.get(order.id) in ('held', 'refused'))

    def _lift_within(self):
        """Lift the holds whose orders do not lead over the limit any more, or were cancelled.

        :return: those lifted
        """
        holds = self.sudo().filtered(lambda hold: hold.state == 'held')   # see :meth:`_put`
        orders = holds.order_id
        over = {
            **self.env['crm.credit']._to_hold(orders.filtered(lambda order: order.state in ('draft', 'sent'))),
            **self.env['crm.credit']._over_limit(orders.filtered(lambda order: order.state == 'sale'))}
        lifted = holds.filtered(lambda hold: hold.order_id not in over)
        lifted._close()
        for hold in lifted:
            hold._note(self.env._("No longer on hold: within the credit limit again."))
        lifted._confirm_orders()
        return lifted

    @api.model
    def _cron_check(self):
        """Lift the holds of all companies whose customers have come within the limit again."""
        held = self.sudo().search([('state', '=', 'held')], order='id')   # of all companies
        for start in range(0, len(held), BATCH):
            batch = held[start:start + BATCH]
            batch._lift_within()
            if not self.env['ir.cron']._commit_progress(len(batch), remaining=len(held) - start - len(batch)):
                break

    def _close(self):
        """Take holds off that have become needless."""
        self.write({'state': 'lifted', 'decided_on': fields.Datetime.now()})
        self.activity_unlink(['mail.mail_activity_data_todo'])

    @api.model
    def _open(self, orders):
        """Return the action that opens the holds of orders: the last one, or the list."""
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_credit_hold_action')
        holds = self.search([('order_id', 'in', orders.ids)])
        if len(orders) == 1 and holds:
            return {**action, 'res_id': holds[0].id, 'views': [(False, 'form')], 'context': {}}
        return {**action, 'domain': [('id', 'in', holds.ids)], 'context': {}}

    def _notice(self):
        """Return the notice that these holds keep documents back."""
        names = ", ".join(self.sudo().order_id.mapped('name'))   # whoever tried has named them
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'warning', 'sticky': True, 'title': self.env._("On credit hold"),
                'message': self.env._(
                    "%(orders)s: the customer is over the credit limit. Who decides has been told; it goes on once it is released or enough"
                    " is paid.", orders=names),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}
