from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.crm_grading.tools.cron import commit_progress
from odoo.addons.crm_grading.tools.locking import lock_fresh_rows, lock_rows

from ..tools.assignment import OPEN, Receiver, pick

BATCH = 200


class GivenOut(NamedTuple):
    """What a hand-out came to."""
    count: int
    is_busy: bool = False   # somebody else was handing out at this moment


class CrmAssignmentRule(models.Model):
    """Handing out. One at a time in a company, so that loads and capacities hold; nobody waits and nothing fails:

    * The receivers' rows are the turn: who cannot lock all of them lets the other go on. Each hand-out touches them, so that a
      transaction which still sees the world before it is refused the lock, instead of counting with old loads.
    * Each lead is locked and was not changed since the transaction saw it without a salesperson.
    """
    _inherit = 'crm.assignment.rule'

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    def action_give_out(self):
        """Give out what waits in the present company, now.

        :return: the action that tells how many were given out
        :raise AccessError: for anybody but sales managers
        """
        if not self.env.user.has_group('sales_team.group_sale_manager'):
            raise AccessError(self.env._("Only a sales manager may give out leads and customers."))
        given = self.sudo()._give_out(self.env.company)  # checked above; rules reach leads that nobody owns
        if given.is_busy or given.count >= BATCH:
            self.env.ref('crm_visit_quota.ir_cron_assignment_give_out').sudo()._trigger()  # goes on in the background
        text = self.env._("%(count)s given out.", count=given.count)
        if given.is_busy:
            text = self.env._("Somebody is giving out at this moment. Whatever is left follows by itself in a minute.")
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'message': text, 'type': 'info' if given.is_busy else 'success',
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    @api.model
    def _cron_give_out(self):
        """Give out whatever waits, company by company, in batches that are saved one by one."""
        for company, in self._read_group([], ['company_id']):
            while self._give_out(company).count:
                commit_progress(self.env)

    @api.model
    def _give_out(self, company, limit=BATCH):
        """Give out up to ``limit`` leads and customers of a company.

        :return: :class:`GivenOut`
        """
        rules = self.search([('company_id', '=', company.id)])
        receivers = rules.receiver_ids
        if not receivers:
            return GivenOut(0)
        if not self._take_turn(receivers):
            return GivenOut(0, is_busy=True)
        loads, count = self._loads(company, receivers.user_id), 0
        for rule in rules:
            if count < limit:
                count += rule._give_out_by(loads[rule.target], limit - count)
        if count:
            receivers.turn_at = fields.Datetime.now()
        return GivenOut(count)

    @api.model
    def _take_turn(self, receivers):
        """Return whether this transaction alone hands out from now on, and sees all that was handed out before."""
        locked = lock_rows(receivers)
        return locked is not None and len(locked) == len(receivers)

    # ------------------------------------------------------------------
    # By one rule
    # ------------------------------------------------------------------

    @api.model
    def _loads(self, company, users):
        """Return ``{target: {user id: what the person has}}``: open leads, and customers looked after."""
        leads = self.env['crm.lead']._read_group([
            ('user_id', 'in', users.ids), ('won_status', '=', 'pending'), ('company_id', 'in', (company.id, False))],
            ['user_id'], ['__count'])
        customers = self.env['crm.customer']._read_group(
            [('user_id', 'in', users.ids), ('company_id', '=', company.id)], ['user_id'], ['__count'])
        return {
            'lead': defaultdict(int, {user.id: count for user, count in leads}),
            'customer': defaultdict(int, {user.id: count for user, count in customers})}

    def _give_out_by(self, loads, limit):
        """Give out by one rule; ``loads`` ({user id: number}) grows with what is given.

        :return: number of leads or customers given out
        """
        records = lock_fresh_rows(self._candidates(limit))
        shares = defaultdict(records.browse)
        for record in records:
            user = self._owner_of(record) or self._next(loads)
            if user:
                shares[user] |= record
                loads[user.id] += 1
        for user, share in shares.items():
            user._crm_take_over(share, self.company_id)
        self.env['crm.assignment']._note(self, shares)
        return sum(len(share) for share in shares.values())

    def _owner_of(self, record):
        """Return who looks after the customer of a lead, where such leads go there."""
        if self.target != 'lead' or not self.to_owner:
            return self.env['res.users']
        owner = record.partner_id.user_id or record.partner_id.commercial_partner_id.user_id
        return owner.filtered(lambda user: user.active and self.company_id in user.company_ids)

    def _next(self, loads, without=()):
        """Return who gets the next one, nobody where all are full.

        :param without: ids of users who are left out
        """
        receivers = self.receiver_ids.filtered(lambda receiver: receiver.user_id.active)
        chosen = pick([
            Receiver(receiver.user_id.id, loads[receiver.user_id.id], receiver.weight, receiver.capacity) for receiver in receivers],
            without)
        return self.env['res.users'].browse(chosen.id if chosen else ())


class CrmAssignment(models.Model):
    _inherit = 'crm.assignment'

    @api.model
    def _note(self, rule, shares, previous=None):
        """Put on record what was given out, with the moment until when the receiver is to follow up.

        :param shares: ``{user: leads or contacts}``
        :param previous: ``{record: assignment}`` that the new ones follow
        :return: the assignments
        """
        if not shares:
            return self
        records = next(iter(shares.values())).browse().union(*shares.values())
        link = 'lead_id' if records._name == 'crm.lead' else 'partner_id'
        self.search([(link, 'in', records.ids), ('company_id', '=', rule.company_id.id), ('state', 'in', OPEN)]).write(
            {'state': 'closed', 'deadline': False})
        self.flush_model()   # there is one open assignment of a lead at a time
        users = self.env['res.users'].union(*shares)
        deadlines = users._crm_deadlines(rule.hours_remind, rule.company_id) if rule.hours_remind else {}
        return self.create([{
            'rule_id': rule.id, 'company_id': rule.company_id.id, link: record.id, 'user_id': user.id,
            'deadline': deadlines.get(user) or False, 'note': self._no_deadline(rule, deadlines, user),
            'previous_id': previous[record].id if previous else False,
        } for user, share in shares.items() for record in share])

    def _no_deadline(self, rule, deadlines, user):
        """Return why there is no deadline, False where there is one."""
        if deadlines.get(user):
            return False
        if not rule.hours_remind:
            return self.env._("The rule asks for no follow-up.")
        return self.env._("No deadline: %(user)s has no working time in the next months.", user=user.name)
