from odoo import Command

from .common import ChurnCommon


class PoolCommon(ChurnCommon):
    """A pool of ``rep`` and ``rep2``, administered by ``lead``, whose open records go to ``manager``; no limits but those a test sets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.pool.rule'].search([]).active = False
        cls.env['crm.pool'].search([]).active = False
        cls.pool = cls._pool("North")

    @classmethod
    def _pool(cls, name, company=None, **vals):
        return cls.env['crm.pool'].create({
            'name': name, 'company_id': (company or cls.company).id, 'member_ids': [Command.set((cls.rep + cls.rep2).ids)],
            'admin_ids': [Command.set(cls.lead.ids)], 'responsible_id': cls.manager.id, 'claim_daily_max': 0, 'cooldown_days': 0, **vals})

    @classmethod
    def _put(cls, customers, pool=None, kind='imported', **kwargs):
        """Put customers into a pool.

        :return: their entries
        """
        cls.env['crm.pool.move']._carry_out(kind, customers, pool=pool or cls.pool, **kwargs)
        return cls._entries(customers)

    @classmethod
    def _entries(cls, customers):
        return cls.env['crm.pool.entry'].search([('partner_id', 'in', customers.ids)])

    def _moves(self, customers):
        """Return ``[(kind, from, to, author)]`` of the history, oldest first."""
        moves = self.env['crm.pool.move'].search([('partner_id', 'in', customers.ids)], order='id')
        return [(move.kind, move.from_user_id, move.to_user_id, move.author_id) for move in moves]
