from collections import defaultdict
from typing import Any, NamedTuple

from odoo import models
from odoo.tools import SQL

from ..tools.dunning import Cover, interest, left_over, next_level

SENT = 'sent'


class Assessed(NamedTuple):
    """What is to be done about an item."""
    item: Any            # crm.receivable
    level: Any           # crm.dunning.level, None where it is left out
    share: float         # of what is open, to be dunned
    reason: str | None   # why it is left out
    interest_days: int   # for which interest is claimed


class CrmDunningRun(models.Model):
    """Who is to be reminded of what: overdue items, less what is paid on account, promised or disputed, at the level each has come to."""
    _inherit = 'crm.dunning.run'

    def _assess(self):
        """Return ``{receivable id: Assessed}`` of the items that have come to a level, those left out for a reason included.

        All overdue items of a customer are looked at, however many periods of a plan are overdue.
        """
        self.ensure_one()
        self._judge_promises()
        receivables = self.env['crm.receivable'].with_context(crm_as_of=self.date, allowed_company_ids=self.company_id.ids).sudo()
        receivables.invalidate_model()  # as of another day
        # sudo: whoever may make a run sees what all customers of the company owe
        items = receivables.search([
            ('company_id', '=', self.company_id.id), ('kind', 'in', ('instalment', 'invoice', 'extra')), ('days_overdue', '>=', 1),
            ('open_amount', '>', 0)], order='partner_id, date_due, id')
        policies = self.env['crm.dunning.policy']._for_customers(items.partner_id, self.company_id)
        covers = self._covers(items)
        last, interest_days = self._last_dunned(items), self._interest_days(items)
        result = {}
        for partner, owed in items.grouped('partner_id').items():
            policy = policies.get(partner.id)
            if policy:
                result.update(self._assess_customer(partner, owed, policy, covers[partner.id], last, interest_days))
        return result

    def _assess_customer(self, partner, items, policy, covers, last, interest_days):
        left = left_over([(item.id, item.open_company) for item in items], covers)
        levels = {level.id: level for level in policy.level_ids}
        rules = policy.level_ids._as_levels()
        found = {}
        for item in items:
            amount, reason = left[item.id]
            key = next_level(rules, item.days_overdue, *last.get(item.id, (None, None)), self.date)
            if not key:
                continue
            settled = self.company_id.currency_id.compare_amounts(amount, 0) <= 0
            why = 'suspended' if item.contract_id.state == 'suspended' else reason if settled else None
            found[item.id] = Assessed(item, None if why else levels[key], amount / item.open_company, why, interest_days[item.id])
        total = sum(entry.share * entry.item.open_company for entry in found.values() if entry.level)
        least = policy.currency_id._convert(policy.min_amount, self.company_id.currency_id, self.company_id, self.date)
        until = partner.with_company(self.company_id).crm_no_dunning_until
        why = 'excluded' if until and until >= self.date else 'small' if total < least else None
        if why:
            found = {key: entry._replace(level=None, reason=entry.reason or why) for key, entry in found.items()}
        return found

    # ------------------------------------------------------------------
    # What need not be dunned
    # ------------------------------------------------------------------

    def _judge_promises(self):
        self.env['crm.payment.promise'].sudo().search([  # what came in counts, whoever follows the promise up
            ('company_id', '=', self.company_id.id), ('state', '=', 'open')])._judge()

    def _covers(self, items):
        """Return ``{partner id: [Cover]}`` in the company's currency."""
        covers = defaultdict(list)
        for partner_id, amount in self._on_account(items.partner_id):
            covers[partner_id].append(Cover('paid', amount))
        where = [('company_id', '=', self.company_id.id), ('partner_id', 'in', items.partner_id.ids), ('state', '=', 'open')]
        # sudo: promises and disputes of all people of the company count
        for dispute in self.env['crm.payment.dispute'].sudo().search([*where, ('effect', '!=', 'none')]):
            keys, exact = self._about(items, dispute.move_id, dispute.step_id)
            amount = None if dispute.effect == 'all' and exact else self._in_company(dispute.amount, dispute.currency_id)
            covers[dispute.partner_id.id].append(Cover('disputed', amount, keys))
        for promise in self.env['crm.payment.promise'].sudo().search([*where, ('date', '>=', self.date)]):
            keys, _exact = self._about(items, promise.move_ids, promise.step_ids)
            covers[promise.partner_id.id].append(Cover(
                'promised', self._in_company(promise.amount - promise.received_amount, promise.currency_id),
                keys if promise.move_ids or promise.step_ids else None))
        return covers

    def _in_company(self, amount, currency):
        return currency._convert(amount, self.company_id.currency_id, self.company_id, self.date)

    def _about(self, items, moves, steps):
        """Return the keys of the items that documents and instalments stand for, and whether those are exactly theirs.

        An invoice under a plan stands for the instalment that it was made for, else for all instalments of its contract.
        """
        steps = steps | moves.crm_step_id.filtered(lambda step: step.kind == 'collect')
        keys = {item.id for item in items if item.move_id and item.move_id in moves or item.step_id and item.step_id in steps}
        if keys or not moves:
            return frozenset(keys), True
        contracts = moves.crm_contract_id | moves.line_ids.sale_line_ids.order_id.crm_contract_id
        return frozenset(item.id for item in items if item.contract_id and item.contract_id in contracts), False

    def _on_account(self, partners):
        """Return (partner id, amount in the company's currency) of money that came and was not matched, or not booked, yet."""
        receivables = self.env['crm.receivable'].with_context(crm_as_of=self.date, allowed_company_ids=self.company_id.ids).sudo()
        found = [(partner.id, -amount) for partner, amount in receivables._read_group(
            [('company_id', '=', self.company_id.id), ('kind', '=', 'credit'), ('partner_id', 'in', partners.ids)],
            ['partner_id'], ['open_company:sum'])]
        payments = self.env['account.payment'].sudo().search([  # on their way: not in the journals yet
            ('company_id', '=', self.company_id.id), ('state', '=', 'in_process'), ('move_id', '=', False),
            ('payment_type', '=', 'inbound'), ('partner_id', 'child_of', partners.ids), ('date', '<=', self.date)])
        return found + [
            (payment.partner_id.commercial_partner_id.id, self._in_company(payment.amount, payment.currency_id)) for payment in payments]

    def _last_dunned(self, items):
        """Return ``{receivable id: (level id, day)}`` of the last time that items were dunned."""
        self.env['crm.dunning.line'].flush_model()
        return {key: (level, day) for key, level, day in self.env.execute_query(SQL(
            """SELECT DISTINCT ON (receivable_key) receivable_key, level_id, date FROM crm_dunning_line
                WHERE state = %s AND receivable_key = ANY(%s) ORDER BY receivable_key, date DESC, id DESC""", SENT, items.ids))}

    # ------------------------------------------------------------------
    # Writing it down
    # ------------------------------------------------------------------

    def _write_proposal(self, assessed):
        """Make a letter for each customer with something to dun, with a line per item; and lines for what is left out."""
        Letter = self.env['crm.dunning.letter']
        by_partner = defaultdict(list)
        for entry in assessed.values():
            if entry.level:
                by_partner[entry.item.partner_id].append(entry)
        letters = Letter.create([self._letter_vals(partner, entries) for partner, entries in by_partner.items()])
        letter_of = {letter.partner_id.id: letter.id for letter in letters}
        self.env['crm.dunning.line'].create([
            self._line_vals(entry, letter_of.get(entry.item.partner_id.id) if entry.level else False) for entry in assessed.values()])
        letters._sum_up()

    def _letter_vals(self, partner, entries):
        level = max((entry.level for entry in entries), key=lambda level: level.days)
        contact = partner.browse(partner.address_get(['invoice'])['invoice'])
        return {
            'run_id': self.id, 'company_id': self.company_id.id, 'partner_id': partner.id, 'contact_id': contact.id, 'level_id': level.id,
            'channel': 'letter' if level.channel == 'mail' and not contact.email else level.channel,
            'user_id': (partner.user_id or self.user_id).id}

    def _line_vals(self, entry, letter_id):
        item = entry.item
        amount = item.currency_id.round(item.open_amount * entry.share) if entry.level else 0
        percent = entry.level.interest_percent if entry.level else 0
        return {
            'run_id': self.id, 'letter_id': letter_id, 'company_id': self.company_id.id, 'partner_id': item.partner_id.id,
            'name': item._subject(), 'contract_id': item.contract_id.id, 'step_id': item.step_id.id, 'move_id': item.move_id.id,
            'move_line_id': item.line_id.id, 'receivable_key': item.id, 'date': self.date, 'date_due': item.date_due,
            'days_overdue': item.days_overdue, 'currency_id': item.currency_id.id, 'open_amount': item.open_amount, 'amount': amount,
            'amount_company': item.open_company * entry.share if entry.level else 0,
            'interest': item.currency_id.round(interest(amount, percent, entry.interest_days)),
            'is_charge': bool(item.move_id.crm_dunning_letter_id),
            'level_id': entry.level.id if entry.level else False, 'state': 'proposed' if entry.level else 'out', 'reason': entry.reason}

    def _take_out_settled(self):
        """Bring a proposal in line with what has happened since: what need not be dunned any more is left out, the rest cut down."""
        now = self._assess()
        for line in self.line_ids.filtered(lambda line: line.state == 'proposed'):
            entry = now.get(line.receivable_key)
            if not entry or not entry.level:
                line.write({'state': 'out', 'reason': entry.reason if entry else 'paid', 'letter_id': False, 'amount': 0, 'interest': 0,
                            'amount_company': 0})
                continue
            vals = self._line_vals(entry, line.letter_id.id)
            if any(line.currency_id.compare_amounts(vals[name], line[name]) < 0 for name in ('amount', 'interest')):
                line.write({name: vals[name] for name in ('amount', 'amount_company', 'interest', 'open_amount')})
        letters = self.letter_ids.filtered(lambda letter: letter.state == 'proposed')
        letters.filtered(lambda letter: not letter.line_ids).write({'state': 'out'})
        letters._sum_up()
