from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmPaymentDispute(models.Model):
    """A customer's objection to an invoice or instalment: who settles it, and what it means for dunning while it is open."""
    _name = 'crm.payment.dispute'
    _description = "Payment Dispute"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'
    _check_company_auto = True

    name = fields.Char("Objection", required=True, tracking=True, help="What the customer says, in a few words.")
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', "Owner", required=True, index=True, default=lambda self: self.env.user, domain=[('share', '=', False)],
        ondelete='restrict', tracking=True, help="Who settles it; gets an activity.")
    move_id = fields.Many2one(
        'account.move', "Invoice", index='btree_not_null', ondelete='restrict', check_company=True,
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]")
    step_id = fields.Many2one(
        'crm.contract.step', "Instalment", index='btree_not_null', ondelete='cascade', check_company=True,
        domain="[('partner_id', '=', partner_id), ('kind', '=', 'collect')]")
    currency_id = fields.Many2one(
        'res.currency', required=True, compute='_compute_currency_id', store=True, readonly=False, precompute=True, ondelete='restrict')
    amount = fields.Monetary("Disputed Amount", required=True, tracking=True)
    cause = fields.Selection(
        [('quality', "Quality"), ('quantity', "Quantity"), ('price', "Price"), ('delivery', "Late or wrong delivery"),
         ('documents', "Documents"), ('other', "Other")], required=True, default='other', index=True)
    date = fields.Date("Raised On", required=True, default=lambda self: self.env.company._crm_today(), index=True)
    effect = fields.Selection(
        [('all', "Do not dun any of it"), ('part', "Do not dun the disputed amount"), ('none', "Dun all the same")],
        required=True, default='all', tracking=True, help="What it means for dunning while it is open.")
    state = fields.Selection(
        [('open', "Open"), ('settled', "Settled"), ('rejected', "Rejected")],
        required=True, default='open', copy=False, readonly=True, index=True, tracking=True)
    outcome = fields.Text(copy=False, help="What was agreed, or why the objection was rejected.")
    date_closed = fields.Date("Closed On", readonly=True, copy=False)

    _amount_positive = models.Constraint('CHECK(amount > 0)', "A dispute is about more than nothing. Enter the disputed amount.")
    _has_subject = models.Constraint(
        'CHECK(move_id IS NOT NULL OR step_id IS NOT NULL)', "Say which invoice or instalment the customer objects to.")
    _customer_idx = models.Index("(company_id, partner_id, state)")

    @api.depends('move_id', 'step_id', 'company_id')
    def _compute_currency_id(self):
        for dispute in self:
            dispute.currency_id = dispute.move_id.currency_id or dispute.step_id.currency_id or dispute.company_id.currency_id

    @api.onchange('move_id', 'step_id')
    def _onchange_subject(self):
        if not self.amount:
            self.amount = self.move_id.amount_residual or self.step_id.open_amount

    @api.constrains('partner_id', 'move_id', 'step_id')
    def _check_subject(self):
        for dispute in self.sudo():  # a check, nothing is shown
            if (dispute.move_id.commercial_partner_id | dispute.step_id.partner_id) - dispute.partner_id:
                raise ValidationError(self.env._("A customer disputes its own invoices and instalments. Choose one of them."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create([self._of_customer(vals) for vals in vals_list])
        disputes.filtered(lambda dispute: dispute.state == 'open')._plan_activity()
        return disputes

    def write(self, vals):
        result = super().write(self._of_customer(vals))
        if 'user_id' in vals:
            self.filtered(lambda dispute: dispute.state == 'open')._plan_activity()
        return result

    @api.model
    def _of_customer(self, vals):
        """Return values with the commercial partner as the customer; the customer of the document where none is given."""
        if vals.get('partner_id'):
            partner = self.env['res.partner'].browse(vals['partner_id'])
        elif vals.get('move_id') and 'partner_id' not in vals and not self:
            partner = self.env['account.move'].browse(vals['move_id']).partner_id
        else:
            return vals
        return {**vals, 'partner_id': partner.commercial_partner_id.id}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(dispute.state != 'open' for dispute in self):
            raise UserError(self.env._("Closed disputes are the customer's record and cannot be deleted."))

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_settle(self):
        """Close disputes in which an agreement was found.

        :raise UserError: while nobody has written down what was agreed
        """
        return self._close('settled')

    def action_reject(self):
        """Close disputes in which the customer was wrong; what they were about is dunned again.

        :raise UserError: while nobody has written down why
        """
        return self._close('rejected')

    def action_reopen(self):
        """Open disputes again."""
        self.write({'state': 'open', 'date_closed': False})
        self._plan_activity()
        return True

    def _close(self, state):
        for dispute in self:
            if dispute.state != 'open':
                raise UserError(self.env._("“%(name)s” is closed already.", name=dispute.name))
            if not (dispute.outcome or '').strip():
                raise UserError(self.env._("Write down the outcome of “%(name)s” first.", name=dispute.name))
            dispute.write({'state': state, 'date_closed': dispute.company_id._crm_today()})
        self._end_activity()
        return True

    def _plan_activity(self):
        """Give the owner one activity, due at once."""
        self._end_activity()
        todo = self.env.ref('mail.mail_activity_data_todo')
        self.env['mail.activity'].sudo().create([{  # the owner may be a colleague
            'res_model_id': self.env['ir.model']._get_id(self._name), 'res_id': dispute.id, 'activity_type_id': todo.id,
            'user_id': dispute.user_id.id, 'date_deadline': dispute.company_id._crm_today(), 'automated': True,
            'summary': self.env._("Settle: %(name)s", name=dispute.name),
        } for dispute in self])

    def _end_activity(self):
        self.sudo().activity_ids.filtered('automated').unlink()  # whoever it was given to
