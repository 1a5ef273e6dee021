from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CrmCustomer(models.Model):
    """Life cycle of a customer: history, and the state that a person has given by hand."""
    _inherit = 'crm.customer'

    lifecycle_history_ids = fields.One2many('crm.lifecycle.history', 'customer_id', "Life-Cycle History", readonly=True)
    lifecycle_override_id = fields.Many2one(
        'crm.lifecycle.state', "State Given by Hand", readonly=True, ondelete='restrict', index='btree_not_null')
    lifecycle_override_reason = fields.Char("Reason for the State", readonly=True)
    lifecycle_override_user_id = fields.Many2one('res.users', "State Given By", readonly=True, ondelete='set null')
    lifecycle_override_until = fields.Date(
        "State Given Until", readonly=True, help="Last day of the state given by hand; empty: until withdrawn.")

    def _override_lifecycle(self, state, reason, until=False):
        """Put customers into a state by hand, whatever the rules say, until it is withdrawn or ends.

        :param state: ``crm.lifecycle.state`` of the customers' company
        :param str reason: why; required
        :param until: last day; empty: until withdrawn
        :raise UserError: without a reason, for a day that has passed or a state of another company
        :raise AccessError: for anybody but a sales manager or the customers' salesperson
        """
        self._check_may_override_lifecycle()
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: others will want to know why the rules do not apply here."))
        for company in self.company_id:
            if state.company_id != company:
                raise UserError(self.env._(
                    "“%(state)s” is a state of another company than the customer's.", state=state.name))
            if until and fields.Date.to_date(until) < company._crm_today():
                raise UserError(self.env._("The last day of a state given by hand cannot lie in the past."))
        self._write_lifecycle_override({
            'lifecycle_override_id': state.id,
            'lifecycle_override_reason': reason.strip(),
            'lifecycle_override_user_id': self.env.uid,
            'lifecycle_override_until': until,
        })

    def action_withdraw_lifecycle_override(self):
        """Let the rules decide again."""
        self._check_may_override_lifecycle()
        self._write_lifecycle_override({
            'lifecycle_override_id': False,
            'lifecycle_override_reason': False,
            'lifecycle_override_user_id': False,
            'lifecycle_override_until': False,
        })

    def _check_may_override_lifecycle(self):
        if self.env.su or self.env.user.has_group('sales_team.group_sale_manager'):
            self.check_access('read')
            return
        if any(customer.user_id != self.env.user for customer in self):
            raise AccessError(self.env._("Only the customer's salesperson or a sales manager gives a state by hand."))

    def _write_lifecycle_override(self, vals):
        self.sudo().write(vals)  # profiles are read-only for people; who may do this was checked
        States = self.env['crm.lifecycle.state'].sudo()  # the new state takes effect at once
        for company, customers in self.grouped('company_id').items():
            States._assign(company, partners=customers.partner_id)
            States._start_plans(company)
