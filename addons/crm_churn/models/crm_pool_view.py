from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPoolView(models.Model):
    """Who has looked into which customer of a pool on which day."""
    _name = 'crm.pool.view'
    _description = "View of a Customer in a Pool"
    _order = 'id desc'
    _rec_name = 'user_id'

    user_id = fields.Many2one('res.users', required=True, readonly=True, index=True, ondelete='cascade')
    entry_id = fields.Many2one('crm.pool.entry', readonly=True, index='btree_not_null', ondelete='set null')
    pool_id = fields.Many2one('crm.pool', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='pool_id.company_id', store=True, index=True)
    day = fields.Date(required=True, readonly=True)

    _user_day_idx = models.Index('(user_id, day)')

    @api.model
    def _opened(self, entries):
        """Return the ids of the entries that the user has looked into today."""
        views, opened = self.sudo(), set()  # the user's own
        for company, group in entries.grouped('company_id').items():
            opened.update(views.search([
                ('user_id', '=', self.env.uid), ('day', '=', company._crm_today()), ('entry_id', 'in', group.ids)]).entry_id.ids)
        return opened

    @api.model
    def _count(self, entry):
        """Count a look into an entry.

        :raise UserError: beyond the views of the day
        """
        pool = entry.pool_id
        if not pool.view_daily_max or pool._sees_all() or self._opened(entry):
            return
        day, views = pool.company_id._crm_today(), self.sudo()  # people do not write it themselves
        count = views.search_count([('user_id', '=', self.env.uid), ('day', '=', day), ('pool_id', '=', pool.id)])
        if count >= pool.view_daily_max:
            raise UserError(self.env._(
                "You have looked into %(count)s customers of “%(pool)s” today, which is the limit. Go on tomorrow.",
                count=count, pool=pool.name))
        views.create({'user_id': self.env.uid, 'entry_id': entry.id, 'pool_id': pool.id, 'day': day})
        entry.invalidate_recordset(['is_open'])

    @api.autovacuum
    def _gc_views(self):
        """Limits look at today only; a month is kept for whoever asks who has seen a customer."""
        self.search([('day', '<', fields.Date.subtract(fields.Date.today(), days=31))], limit=10_000).unlink()
