from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CrmPoolProtect(models.TransientModel):
    """Keep customers from being recycled until a day: once for each owner, and for so many at a time."""
    _name = 'crm.pool.protect'
    _description = "Protect Customers from Recycling"

    partner_ids = fields.Many2many('res.partner', string="Customers", required=True)
    until = fields.Date("Protected Until", required=True)

    def action_apply(self):
        """:raise UserError: beyond what the pool allows"""
        self.ensure_one()
        customers = self.partner_ids.commercial_partner_id
        for pool, group in self._pools(customers).items():
            self._check_protection(pool, group)
        # as owners, who need not be allowed to write contacts
        customers.sudo().write({'crm_pool_until': self.until, 'crm_pool_protector_id': self.env.uid})
        self.env['crm.pool.due'].sudo().search(   # shown again, with the new day, by the next run
            [('partner_id', 'in', customers.ids), ('recycle_date', '<=', self.until)]).unlink()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    def _pools(self, customers):
        """Return ``{pool: customers}`` by the pool they would go to."""
        due = self.env['crm.pool.due'].sudo().search([('partner_id', 'in', customers.ids)])  # the limits hold for everybody
        pools = {row.partner_id.id: row.pool_id for row in due}
        fallback = self.env['crm.pool'].sudo().search([('company_id', '=', self.env.company.id)], limit=1)
        grouped = customers.grouped(lambda customer: pools.get(customer.id, fallback))
        if not all(grouped):
            raise UserError(self.env._("There is no pool that would take the customers: they need no protection."))
        return grouped

    def _check_protection(self, pool, customers):
        if pool.with_env(self.env)._is_admin():
            return
        user, today = self.env.user, pool.company_id._crm_today()
        if customers.filtered(lambda customer: customer.user_id != user):
            raise AccessError(self.env._("You can protect your own customers only."))
        if again := customers.filtered(lambda customer: customer.crm_pool_until and customer.crm_pool_protector_id == user):
            raise UserError(self.env._(
                "You have protected %(customer)s until %(date)s already. Follow it up, or ask an administrator of the pool.",
                customer=again[0].display_name, date=fields.Date.to_string(again[0].crm_pool_until)))
        if self.until <= today or (self.until - today).days > pool.protect_days_max:
            raise UserError(self.env._(
                "Choose a day within the next %(days)s days.", days=pool.protect_days_max))
        held = self.env['res.partner'].sudo().search_count(  # the person's own
            [('crm_pool_protector_id', '=', user.id), ('crm_pool_until', '>=', today), ('user_id', '=', user.id),
             ('id', 'not in', customers.ids)])
        if held + len(customers) > pool.protect_max:
            raise UserError(self.env._(
                "You protect %(count)s customers; %(limit)s are allowed at a time.", count=held, limit=pool.protect_max))
