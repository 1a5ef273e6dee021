from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLifecycleState(models.Model):
    """A state of the customer's life with the company.

    A customer is in the last state in order whose rules all hold. The first state without rules is the default: it holds
    whoever fits nowhere else. Any other state without rules is only given by hand.
    """
    _name = 'crm.lifecycle.state'
    _description = "Life-Cycle State"
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="From the first acquaintance to the end.")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    rule_ids = fields.One2many('crm.lifecycle.rule', 'state_id', "Rules", copy=True)
    rule_text = fields.Char("Condition", compute='_compute_rule_text')
    is_won = fields.Boolean(
        "Counts as won", help="Reaching this state is the success against which earlier states are measured:"
                              " how many prospects does one contract take.")
    is_lost = fields.Boolean(
        "Counts as lost", help="Entering this state is a step back, wherever it stands in the order.")
    activity_plan_id = fields.Many2one(
        'mail.activity.plan', check_company=True, domain=[('res_model', '=', 'res.partner')], ondelete='restrict',
        help="Activities planned when a customer enters this state.")
    customer_count = fields.Integer("Customers", compute='_compute_customer_count')

    _name_company_uniq = models.Constraint('UNIQUE(name, company_id)', "The company has a state of this name already.")

    @api.depends('rule_ids.display_name', 'sequence', 'active')
    def _compute_rule_text(self):
        defaults = {company: self._ordered(company)._default_state() for company in self.company_id}
        for state in self:
            if state.rule_ids:
                text = self.env._("; ").join(state.rule_ids.mapped('display_name'))
            elif state._origin == defaults.get(state.company_id):
                text = self.env._("whoever fits no other state")
            else:
                text = self.env._("only by hand")
            state.rule_text = text

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_customer_count(self):
        counts = dict(self.env['crm.customer']._read_group(
            [('lifecycle_id', 'in', self.ids), ('active', '=', True)], ['lifecycle_id'], ['__count']))
        for state in self:
            state.customer_count = counts.get(state, 0)

    @api.model
    def _ordered(self, company):
        """Return the states of a company, from the first to the last."""
        # whose state it is does not depend on the reader
        return self.sudo().search([('company_id', '=', company.id)], order='sequence, id')

    def _default_state(self):
        """Return the first of the ordered states ``self`` that has no rules; none if all have rules."""
        return self.filtered(lambda state: not state.rule_ids)[:1]

    def action_view_customers(self):
        """Open the customers that are in this state."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': 'crm.customer',
            'view_mode': 'list,form',
            'domain': [('lifecycle_id', '=', self.id)],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lived_in(self):
        for state in self:
            used = self.env['crm.lifecycle.history'].sudo().search_count(  # history counts even where the user cannot see it
                ['|', ('state_id', '=', state.id), ('old_state_id', '=', state.id)], limit=1)
            if used:
                raise UserError(self.env._(
                    "Customers have been in “%(state)s”: it belongs to their history. Archive it instead.", state=state.name))
