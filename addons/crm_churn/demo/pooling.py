"""The customer pools of the demo company, and what went in and out of them."""
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tools import SQL

from odoo.addons.crm_grading.demo.cast import CAST
from odoo.addons.crm_grading.demo.stage import customers

from .pools import DIVIDED, FILLED, HANDED_OVER, MOVES, POOLS, PROTECTED, YOUNG


class DemoPools:
    """Two pools with their rules and their history."""

    def __init__(self, env, company):
        self.env, self.company, self.today = env, company, company._crm_today()
        self.partners = customers(env)
        self.users = {login: env.ref(f'crm_grading.demo_user_{login}') for login in ('rep', 'rep2', 'lead', 'manager')}

    def fill(self):
        self.pools = {key: self._create(number, pool) for number, (key, pool) in enumerate(POOLS.items(), start=1)}
        for key, pool in POOLS.items():
            forgotten = self._partners(*pool.filled).filtered(lambda partner: not partner.user_id)
            self._carry('imported', forgotten, self.pools[key], self.users['manager'], FILLED, False)
        for kind, customer, user, pool, ago, reason in MOVES:
            self._carry(kind, self._partners(customer), self.pools[pool], self.users[user], ago, reason)
        for customer, days in PROTECTED:
            for partner in self._partners(customer):
                partner.sudo().write({   # its owner has asked for it
                    'crm_pool_until': self.today + relativedelta(days=days), 'crm_pool_protector_id': partner.user_id.id})
        self._divide()
        self._warn()

    def _divide(self):
        """Since the territories were divided everybody looks after the customers of today."""
        moment = datetime.combine(self.today - relativedelta(days=DIVIDED), time(8))
        grown = (customer.key for customer in CAST if customer.character not in YOUNG and customer.key not in HANDED_OVER)
        kept = self._partners(*grown).filtered(lambda partner: partner.user_id and partner.user_id != self.users['manager'])
        moves = self.env['crm.pool.move'].sudo()   # of the past: it is written by moves only
        moves.create([{
            'kind': 'transferred', 'direction': 'owner', 'date': moment, 'day': moment.date(), 'partner_id': partner.id,
            'partner_name': partner.name, 'company_id': self.company.id, 'from_user_id': self.users['manager'].id,
            'to_user_id': partner.user_id.id, 'rep_id': partner.user_id.id, 'author_id': self.users['manager'].id,
            'reason': "Territories divided", 'starts_clock': True}
            for partner in kept - moves.search([('partner_id', 'in', kept.ids)]).partner_id])

    def _warn(self):
        """Warn the owners as the nightly run does, some of them in the days before."""
        due = self.env['crm.pool.due'].sudo()   # as the scheduled action
        due._refresh(self.company)
        due._warn(self.company)
        for number, row in enumerate(due.search([('company_id', '=', self.company.id), ('is_told', '=', True)])):
            row.warned_on = self.today - relativedelta(days=number % 6)
        due._refresh(self.company)

    def _partners(self, *keys):
        return self.env['res.partner'].union(*(self.partners[key] for key in keys if key in self.partners))

    def _create(self, number, pool):
        grades = {grade.name: grade.id for grade in self.env['crm.grade'].search([('company_id', '=', self.company.id)])}
        return self.env['crm.pool'].create({
            'name': pool.name, 'sequence': number, 'company_id': self.company.id, 'claim_daily_max': pool.daily,
            'holding_max': pool.holding, 'responsible_id': self.users['manager'].id, 'admin_ids': [Command.set(self.users['manager'].ids)],
            'member_ids': [Command.set([self.users[login].id for login in pool.members])],
            'country_ids': [Command.set([self.env.ref(f'base.{code}').id for code in pool.countries])],
            'rule_ids': [Command.create({
                'name': name, 'days_contact': contact, 'days_opportunity': opportunity, 'days_order': order, 'combine': combine,
                'team_ids': [Command.set(self.env.ref(f'crm_grading.demo_team_{pool.team}').ids)],   # the parts shop keeps its customers
                'exempt_grade_ids': [Command.set([grades[grade] for grade in stay if grade in grades])]})
                for name, contact, opportunity, order, combine, stay in pool.rules]})

    def _carry(self, kind, partners, pool, user, ago, reason):
        """Move customers as it happened so many days ago, by whoever did it. By SQL: the history is dated by itself."""
        if not partners:
            return
        author = self.env.ref('base.user_root') if kind == 'recycled' else user
        moves = self.env['crm.pool.move'].with_user(author).with_company(self.company)._carry_out(
            kind, partners, pool=pool, user=user if kind == 'claimed' else None, reason=reason)
        self.env.flush_all()
        moment = datetime.combine(self.today - relativedelta(days=ago), time(9, 30))
        self.env.cr.execute(SQL(
            "UPDATE crm_pool_move SET date = %s, day = %s WHERE id IN %s", moment, moment.date(), tuple(moves.ids)))
        self.env.cr.execute(SQL(
            "UPDATE crm_pool_entry SET date_in = %s WHERE partner_id IN %s AND pool_id = %s", moment, tuple(partners.ids), pool.id))
        self.env.invalidate_all()
