from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmPoolRelease(models.TransientModel):
    """Give customers back to a pool, or put those into it that nobody looks after."""
    _name = 'crm.pool.release'
    _description = "Give Customers to a Pool"

    partner_ids = fields.Many2many('res.partner', string="Customers", required=True)
    pool_id = fields.Many2one('crm.pool', compute='_compute_pool_id', store=True, readonly=False)
    reason = fields.Char("Why", required=True)

    @api.depends('partner_ids')
    def _compute_pool_id(self):
        for wizard in self:
            company, pools = self.env.company, self.env['crm.pool']
            chosen = pools._choose(wizard.partner_ids.commercial_partner_id._origin, company)
            wizard.pool_id = next(iter(chosen), pools).id or pools.search([('company_id', '=', company.id)], limit=1).id

    def action_apply(self):
        """:raise AccessError: on customers of others, unless by an administrator of the pool"""
        self.ensure_one()
        if not self.pool_id:
            raise UserError(self.env._("Choose the pool."))
        customers = self.partner_ids.commercial_partner_id
        pooled = customers.filtered('crm_pool_id')
        if pooled:
            raise UserError(self.env._("%(customer)s is in a pool already.", customer=pooled[0].display_name))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the customers go to the pool: whoever claims them will want to know."))
        mine = customers.filtered(lambda customer: customer.user_id == self.env.user)
        if customers != mine and not self.pool_id._is_admin():
            raise AccessError(self.env._("You can give back your own customers only."))
        moves = self.env['crm.pool.move']
        owned = customers.filtered('user_id')
        owned.check_access('write')
        moves._carry_out('released', owned, pool=self.pool_id, reason=self.reason)
        moves._carry_out('imported', customers - owned, pool=self.pool_id, reason=self.reason)
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}


class CrmPoolAssign(models.TransientModel):
    """Give customers of a pool to somebody, or move them to another pool."""
    _name = 'crm.pool.assign'
    _description = "Assign or Move Customers of a Pool"

    entry_ids = fields.Many2many('crm.pool.entry', string="Customers", required=True)
    what = fields.Selection([('assign', "Assign to a person"), ('move', "Move to another pool")], required=True, default='assign')
    user_id = fields.Many2one('res.users', "Salesperson", domain=[('share', '=', False)])
    pool_id = fields.Many2one('crm.pool', "To the Pool")
    reason = fields.Char("Why")

    def action_apply(self):
        """:raise AccessError: for anybody but administrators of the pools"""
        self.ensure_one()
        entries = self.entry_ids.exists()
        if len(entries) < len(self.entry_ids) or not entries:
            raise UserError(self.env._("Somebody else was faster with one of these customers. Reload and choose again."))
        entries.check_access('read')
        if not entries.pool_id._is_admin():
            raise AccessError(self.env._("Only administrators of the pool assign and move its customers."))
        customers = entries.sudo().partner_id   # administrators decide about all customers of the pool
        moves = self.env['crm.pool.move']
        if self.what == 'assign':
            if not self.user_id or entries.company_id - self.user_id.company_ids:
                raise UserError(self.env._("Choose somebody who works in the company of the pool."))
            moves._carry_out('assigned', customers, user=self.user_id, reason=self.reason)
        else:
            if not self.pool_id or self.pool_id.company_id != entries.company_id:
                raise UserError(self.env._("Choose another pool of the same company."))
            moves._carry_out('moved', customers, pool=self.pool_id, reason=self.reason)
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}
