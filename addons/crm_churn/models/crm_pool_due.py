from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPoolDue(models.Model):
    """A customer that a rule will take from its owner: the preview, the warning and the work of the recycling job.

    Rows are made anew by :meth:`_refresh` from what is open, bought and talked about; what is no longer due disappears.
    """
    _name = 'crm.pool.due'
    _description = "Customer About to Be Recycled"
    _order = 'recycle_date, id'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    rule_id = fields.Many2one('crm.pool.rule', required=True, readonly=True, index=True, ondelete='cascade')
    pool_id = fields.Many2one('crm.pool', "To the Pool", required=True, readonly=True, index=True, ondelete='cascade')
    user_id = fields.Many2one('res.users', "Salesperson", required=True, readonly=True, index=True, ondelete='cascade')
    due_date = fields.Date(required=True, readonly=True, help="When the rule is met, if nothing happens until then.")
    recycle_date = fields.Date("Recycled On", required=True, readonly=True, help="Not before the owner has been warned in time.")
    warned_on = fields.Date(readonly=True)
    is_told = fields.Boolean("Owner Knows", readonly=True)
    since = fields.Date("Owner Since", readonly=True)
    contact_date = fields.Date("Last Follow-up", readonly=True)
    opportunity_date = fields.Date("Last Opportunity", readonly=True)
    order_date = fields.Date("Last Order", readonly=True)
    ended_date = fields.Date("Contract Ended", readonly=True)
    days_left = fields.Integer(compute='_compute_days_left')

    _partner_company_uniq = models.UniqueIndex('(partner_id, company_id)')
    _recycle_idx = models.Index('(company_id, recycle_date, id)')

    @api.depends('recycle_date')
    def _compute_days_left(self):
        for due in self:
            due.days_left = (due.recycle_date - due.company_id._crm_today()).days

    def _why(self):
        """Return why the customer is recycled, for people."""
        rule, today = self.rule_id, self.company_id._crm_today()
        parts = []
        for days, date, text in (
            (rule.days_contact, self.contact_date, self.env._("no follow-up for %s days")),
            (rule.days_opportunity, self.opportunity_date, self.env._("no opportunity for %s days")),
            (rule.days_order, self.order_date, self.env._("no order for %s days")),
        ):
            idle = (today - max(date or self.since, self.since)).days
            if days and idle >= days:
                parts.append(text % idle)
        if rule.days_ended and self.ended_date and (today - max(self.ended_date, self.since)).days >= rule.days_ended:
            parts.append(self.env._("contract ended %s days ago", (today - self.ended_date).days))
        return f"{rule.name}: {', '.join(parts)}"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_protect(self):
        """Open the wizard that protects the customers."""
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.pool.protect', 'views': [(False, 'form')], 'target': 'new',
                'name': self.env._("Protect"), 'context': {'default_partner_ids': self.partner_id.ids}}

    def action_recycle(self):
        """Recycle these customers now instead of on their day.

        :raise UserError: for anybody but administrators of the pools
        """
        if not self.pool_id._is_admin():
            raise UserError(self.env._("Only an administrator of the pool recycles customers before their day."))
        self.check_access('read')
        self.sudo()._recycle()  # checked above
        return True

    def action_open_customer(self):
        """Open the contact."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'res_id': self.partner_id.id, 'views': [(False, 'form')]}
