from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_pool_move import MOVING


class ResPartner(models.Model):
    """The salesperson of a customer: whoever writes it, the pool takes notice, and its limits hold."""
    _inherit = 'res.partner'

    crm_pool_entry_ids = fields.One2many('crm.pool.entry', 'partner_id', "Pool Entry", groups='base.group_system')
    crm_pool_id = fields.Many2one(
        'crm.pool', "Customer Pool", compute='_compute_crm_pool_id', store=True, index='btree_not_null', compute_sudo=True,
        copy=False, help="Where the contact's company waits for somebody to look after it.")
    crm_pool_until = fields.Date("Protected Until", copy=False, readonly=True, help="No rule takes the customer into a pool before.")
    crm_pool_protector_id = fields.Many2one('res.users', "Protected By", copy=False, readonly=True, index='btree_not_null')

    @api.depends('commercial_partner_id.crm_pool_entry_ids.pool_id')
    def _compute_crm_pool_id(self):
        entries = self.env['crm.pool.entry'].with_context(active_test=False).search_fetch(
            [('partner_id', 'in', self.commercial_partner_id.ids)], ['partner_id', 'pool_id'])
        pools = {entry.partner_id.id: entry.pool_id for entry in entries}
        for partner in self:
            partner.crm_pool_id = pools.get(partner.commercial_partner_id.id)

    def write(self, vals):
        if 'user_id' not in vals or self.env.context.get('crm_pool_moving') is MOVING:
            return super().write(vals)
        moves, user = self.env['crm.pool.move'], self.env['res.users'].browse(vals['user_id'] or ())
        owned = self._crm_before_owner(user)
        if user:   # before the write, while the former owners are known
            moves._carry_out('transferred', owned, user=user)
            return super().write(vals)
        released = {
            pool: share for company, group in owned.grouped(lambda customer: customer.company_id or self.env.company).items()
            for pool, share in self.env['crm.pool']._choose(group, company).items()}
        if not released:
            return super().write(vals)
        # what goes to a pool may be withheld from the user: whatever else is written comes first
        gone = self.browse().union(*(share.with_env(self.env) for share in released.values()))
        others = {name: value for name, value in vals.items() if name != 'user_id'}
        if others:
            super().write(others)
        if self - gone:
            super(ResPartner, self - gone).write({'user_id': False})
        for pool, share in released.items():
            moves._carry_out('released', share, pool=pool)
        return True

    def _crm_before_owner(self, user):
        """Let pooled customers go to their new owner.

        :param user: the owner to be, may be empty
        :return: the other customers, that lose an owner
        :raise AccessError: on a pooled customer for somebody else, unless by who decides about the pool
        :raise UserError: beyond the limits of the pool
        """
        partners = self.sudo()  # to find out about pools; rights are checked below and by the write itself
        customers = partners.filtered(lambda partner: partner.commercial_partner_id == partner)
        pooled = customers.filtered('crm_pool_id')
        if not self.env.su and (partners - customers).filtered('crm_pool_id') and user:
            raise UserError(self.env._("The company of this contact is in a customer pool. Claim the company first."))
        if user and pooled:
            self._crm_leave_pool(pooled, user)
        owned = (customers - pooled).filtered(lambda customer: customer.user_id and customer.user_id != user)
        if not owned or not self.env['crm.pool'].sudo().search_count([], limit=1):  # whether there are pools is no secret
            return self.browse()
        owned.with_env(self.env).check_access('write')
        return owned

    def _crm_leave_pool(self, pooled, user):
        """Let customers leave the pool to an owner that somebody writes: whoever may assign does, others claim for themselves."""
        for pool, group in pooled.grouped('crm_pool_id').items():
            if pool.with_env(self.env)._is_admin():
                self.env['crm.pool.move']._carry_out('assigned', group, pool=pool, user=user)
            elif user == self.env.user:
                entries = self.env['crm.pool.entry'].sudo().search([('partner_id', 'in', group.ids)])  # the claim checks rights
                if len(entries.with_env(self.env)._claim(user)) < len(group):
                    raise UserError(self.env._("Somebody else was faster with one of these customers. Reload and choose again."))
            else:
                raise AccessError(self.env._(
                    "These customers are in the pool “%(pool)s”: only its administrators give them to somebody.", pool=pool.name))
