from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

GRACE_DAYS = 2      # bank statements come in later than money does
BATCH = 200         # customers whose promises are judged in one go
REVISION_DAYS = 60  # for so long a broken promise is looked at again, in case money was booked late


class CrmPaymentPromise(models.Model):
    """What a customer said it would pay until a day. While it runs, what it is about is not dunned; whether it was kept, the books
    say: money received between the day of the promise and the promised day, both included."""
    _name = 'crm.payment.promise'
    _description = "Promise to Pay"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'
    _check_company_auto = True

    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='cascade', check_company=True)
    contact_id = fields.Many2one(
        'res.partner', "Promised By", ondelete='set null', domain="[('commercial_partner_id', '=', partner_id)]",
        help="The person who gave the promise.")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', "Follow-Up By", required=True, index=True, default=lambda self: self.env.user, domain=[('share', '=', False)],
        ondelete='restrict', help="Gets an activity on the day after the promised day, unless the money has come.")
    date_given = fields.Date("Given On", required=True, default=lambda self: self.env.company._crm_today(), tracking=True)
    date = fields.Date("Promised Day", required=True, tracking=True, help="The last day on which the money is in time.")
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id, ondelete='restrict')
    amount = fields.Monetary("Promised Amount", required=True, tracking=True)
    move_ids = fields.Many2many(
        'account.move', 'crm_payment_promise_move_rel', 'promise_id', 'move_id', "Invoices", check_company=True,
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
        help="Without invoices and instalments, the promise is about what has been due for longest.")
    step_ids = fields.Many2many(
        'crm.contract.step', 'crm_payment_promise_step_rel', 'promise_id', 'step_id', "Instalments", check_company=True,
        domain="[('partner_id', '=', partner_id), ('kind', '=', 'collect')]")
    note = fields.Text()
    state = fields.Selection(
        [('open', "Open"), ('kept', "Kept"), ('broken', "Broken"), ('cancelled', "Cancelled")],
        required=True, default='open', copy=False, readonly=True, index=True, tracking=True)
    received_amount = fields.Monetary("Received", readonly=True, copy=False, help="Money that came in time and counts for this promise.")
    date_kept = fields.Date("Kept On", readonly=True, copy=False)

    _amount_positive = models.Constraint('CHECK(amount > 0)', "A promise is about more than nothing. Enter the promised amount.")
    _dates_in_order = models.Constraint('CHECK(date >= date_given)', "The promised day cannot be before the day of the promise.")
    _customer_idx = models.Index("(company_id, partner_id, state)")

    @api.depends('partner_id', 'date')
    def _compute_display_name(self):
        for promise in self:
            customer = promise.partner_id.display_name or ""
            promise.display_name = self.env._(
                "%(customer)s until %(date)s", customer=customer, date=fields.Date.to_string(promise.date)) if promise.date else customer

    @api.constrains('partner_id', 'move_ids', 'step_ids')
    def _check_subject(self):
        for promise in self:
            about = promise.sudo().move_ids.commercial_partner_id | promise.sudo().step_ids.partner_id  # a check, nothing is shown
            if about - promise.partner_id:
                raise ValidationError(self.env._("A promise is about the customer's own invoices and instalments. Remove the others."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create([self._of_customer(vals) for vals in vals_list])
        promises._plan_follow_up()
        return promises

    def write(self, vals):
        self._check_changeable(vals)
        result = super().write(self._of_customer(vals))
        if {'date', 'user_id'} & vals.keys():
            self.filtered(lambda promise: promise.state == 'open')._plan_follow_up()
        return result

    @api.model
    def _of_customer(self, vals):
        """Return values with the commercial partner as the customer; a person named instead becomes the contact."""
        partner = self.env['res.partner'].browse(vals.get('partner_id') or [])
        commercial = partner.commercial_partner_id
        if partner == commercial:
            return vals
        return {'contact_id': partner.id, **vals, 'partner_id': commercial.id}

    def _check_changeable(self, vals):
        """:raise UserError: for other terms than those promised, once it has shown whether they were kept"""
        if not {'date', 'date_given', 'amount', 'currency_id', 'partner_id', 'move_ids', 'step_ids', 'company_id'} & vals.keys():
            return
        for promise in self:
            if promise.state != 'open' or promise.date < promise.company_id._crm_today():
                raise UserError(self.env._(
                    "The day of the promise “%(name)s” has passed: it stays as it was given. Record a new promise.",
                    name=promise.display_name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_past(self):
        if any(promise.state in ('kept', 'broken') for promise in self):
            raise UserError(self.env._("Kept and broken promises are the customer's record and cannot be deleted."))

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Take promises back that are still open: they count as neither kept nor broken.

        :raise UserError: for promises whose day has passed
        """
        for promise in self:
            if promise.state != 'open' or promise.date < promise.company_id._crm_today():
                raise UserError(self.env._("Only a promise whose day has not passed can be cancelled."))
        self.state = 'cancelled'
        self._end_follow_up()
        return True

    def action_check(self):
        """Look into the books now instead of tonight: has the money come?"""
        self.check_access('write')
        self._judge()
        return True

    # ------------------------------------------------------------------
    # Following up
    # ------------------------------------------------------------------

    def _plan_follow_up(self):
        """Give whoever follows up one activity, on the day after the promised day."""
        self._end_follow_up()
        todo = self.env.ref('mail.mail_activity_data_todo')
        self.env['mail.activity'].sudo().create([{  # a promise may be followed up by a colleague
            'res_model_id': self.env['ir.model']._get_id(self._name), 'res_id': promise.id, 'activity_type_id': todo.id,
            'user_id': promise.user_id.id, 'date_deadline': promise.date + timedelta(days=1), 'automated': True,
            'summary': self.env._("Has %(customer)s paid as promised?", customer=promise.partner_id.display_name),
        } for promise in self])

    def _end_follow_up(self):
        self.sudo().activity_ids.filtered('automated').unlink()  # whoever it was given to

    @api.model
    def _cron_judge(self):
        """Find out which promises were kept; resumable, as a customer's promises are judged and committed together."""
        due = self.sudo().search([('state', '=', 'open')])
        since = fields.Date.today() - timedelta(days=REVISION_DAYS)
        due |= self.sudo().search([('state', '=', 'broken'), ('date', '>=', since)])
        customers = list(due.grouped('partner_id').values())
        batches = [due.browse().union(*customers[start:start + BATCH]) for start in range(0, len(customers), BATCH)]
        for left, promises in zip(range(len(batches) - 1, -1, -1), batches):
            promises._judge()
            if not self.env['ir.cron']._commit_progress(len(promises), remaining=left):
                break
