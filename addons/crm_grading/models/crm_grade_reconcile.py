from collections import defaultdict

from odoo import models

from ..tools.policy import KINDS, decide
from .crm_grade_policy_effect import plain

IN_FORCE = ('applied', 'exception', 'dismissed')


class CrmGrade(models.Model):
    """One batch of customers brought in line with their grades' policies: read together, decided one by one, written
    together by value."""
    _inherit = 'crm.grade'

    def _policy_value(self, kind):
        """Return what the grade asks for: an id or an amount; None where it leaves the value alone."""
        if kind == 'pricelist':
            return self.pricelist_id.id or None
        if kind == 'payment_term':
            return self.payment_term_id.id or None
        uses_limit = self.credit_mode in ('minimum', 'fixed') and self.company_id.account_use_credit_limit
        return self.credit_limit if uses_limit else None

    def _reconcile(self, grades, company):
        """Bring values in line with grades.

        :param dict grades: ``{customer: its grade, empty for none}``
        :param company: the customers' company
        """
        work = PolicyWork(self.env, company)
        effects = self.env['crm.grade.policy.effect'].search([
            ('customer_id', 'in', [customer.id for customer in grades]), ('state', 'in', IN_FORCE)], order='id')
        by_subject = defaultdict(effects.browse)
        for effect in effects:
            by_subject[effect.customer_id, effect.kind, effect.category_id] |= effect
        nothing = effects.browse()
        for customer, grade in grades.items():
            for kind in KINDS:
                work.value(customer, grade, kind, by_subject.get((customer, kind, effects.category_id.browse()), nothing))
        work.tags(grades, by_subject)
        work.carry_out()


class PolicyWork:
    """The writes of one batch, collected so that equal ones go together."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.today = company._crm_today()
        self.Partner = env['res.partner'].with_company(company)
        self.blanks = {
            kind: plain(self.Partner._fields[field].get_company_dependent_fallback(self.Partner))
            for kind, (field, _value, _previous) in KINDS.items()
        }
        self.values = defaultdict(dict)   # partner id -> {field: value}
        self.commands = defaultdict(list)  # partner id -> [(command, tag id)]
        self.created = []
        self.ended = defaultdict(list)    # state -> effect ids
        self.regraded = defaultdict(list)  # grade id -> effect ids

    def value(self, customer, grade, kind, effects):
        """Decide on one value of one customer."""
        field, value_field, previous_field = KINDS[kind]
        current = plain(customer.partner_id.with_company(self.company)[field])
        wanted = grade._policy_value(kind)
        applied = effects.filtered(lambda effect: effect.state == 'applied')
        # a merge of two customers may bring two: the one whose value the customer has is in force
        matching = applied.filtered(lambda effect: effect._value() == current)[-1:] or applied[-1:]
        self.ended['closed'] += (applied - matching).ids
        step = decide(current, self.blanks[kind], wanted, matching._value() if matching else None,
                      at_least=kind == 'credit_limit' and grade.credit_mode == 'minimum')
        base = {value_field: plain(matching[value_field]) if wanted is None else wanted, 'take_back': wanted is None}
        self._settle(step, customer, grade, kind, matching, effects - applied, base, wanted)
        if step.action == 'set':
            self.values[customer.partner_id.id][field] = wanted
            ours = bool(step.ends)
            self._create(customer, grade, kind, 'applied', {
                value_field: wanted,
                previous_field: plain(matching[previous_field]) if ours else current,
                'previous_blank': matching.previous_blank if ours else current == self.blanks[kind],
            })
        elif step.action == 'restore':
            self.values[customer.partner_id.id][field] = matching._previous()

    def _settle(self, step, customer, grade, kind, applied, reported, base, wanted):
        """End what is over and report what was met."""
        if step.ends:
            self.ended['reverted' if step.action in ('restore', 'set') else 'closed'] += applied.ids
        elif applied and applied.grade_id != grade:
            self.regraded[grade.id] += applied.ids
        known = reported.filtered(lambda effect: effect.grade_id == grade and not effect.take_back and effect._value() == wanted)
        if step.action == 'report' and not known:
            previous = {} if kind == 'tag' or not applied else {
                KINDS[kind][2]: plain(applied[KINDS[kind][2]]), 'previous_blank': applied.previous_blank}
            self._create(customer, grade or applied.grade_id, kind, 'exception', {**base, **previous, 'reason': step.reason})
        settled = reported - known if step.action == 'report' else reported
        self.ended['closed'] += settled.filtered(
            lambda effect: effect.state == 'exception' and not (effect.take_back and wanted is None)).ids

    def _create(self, customer, grade, kind, state, vals):
        self.created.append({
            'customer_id': customer.id, 'grade_id': grade.id, 'kind': kind, 'state': state, 'date': self.today, **vals})

    def tags(self, grades, by_subject):
        """Decide on the tags of all customers: those the grades ask for and those that policies have set."""
        elsewhere = self._set_elsewhere(grades)
        subjects = {(customer, tag) for customer, kind, tag in by_subject if kind == 'tag'}
        subjects |= {(customer, tag) for customer, grade in grades.items() for tag in grade.category_ids}
        none = self.env['crm.grade.policy.effect']
        for customer, tag in sorted(subjects, key=lambda subject: (subject[0].id, subject[1].id)):
            self._tag(customer, grades[customer], tag, by_subject.get((customer, 'tag', tag), none),
                      (customer.partner_id.id, tag.id) in elsewhere)

    def _tag(self, customer, grade, tag, effects, elsewhere):
        wanted = True if tag in grade.category_ids else None
        current = tag in customer.partner_id.category_id
        applied = effects.filtered(lambda effect: effect.state == 'applied')
        step = decide(current, False, wanted, True if applied else None)
        base = {'category_id': tag.id, 'take_back': wanted is None}
        self._settle(step, customer, grade, 'tag', applied, effects - applied, base, wanted)
        if step.action == 'set':
            self.commands[customer.partner_id.id].append((4, tag.id))
        elif step.action == 'restore' and not elsewhere:
            self.commands[customer.partner_id.id].append((3, tag.id))
        # tags are shared by companies: the last company whose policy set it takes it back
        if step.action == 'set' or (step.action == 'keep' and wanted and elsewhere and not applied):
            self._create(customer, grade, 'tag', 'applied', {'category_id': tag.id, 'previous_blank': True})

    def _set_elsewhere(self, grades):
        """Return the ``(partner id, tag id)`` that policies of other companies have set."""
        partners = [customer.partner_id.id for customer in grades]
        return {
            (effect.partner_id.id, effect.category_id.id)
            for effect in self.env['crm.grade.policy.effect'].search([
                ('kind', '=', 'tag'), ('state', '=', 'applied'), ('customer_id.partner_id', 'in', partners),
                ('company_id', '!=', self.company.id)])
        }

    def carry_out(self):
        """Write everything, one write for all contacts with equal changes. The effects are the log: no messages."""
        Partner = self.Partner.with_context(tracking_disable=True)
        alike = defaultdict(list)
        for partner in self.values.keys() | self.commands.keys():
            alike[tuple(sorted(self.values[partner].items())), tuple(self.commands[partner])].append(partner)
        for (values, commands), ids in alike.items():
            Partner.browse(sorted(ids)).write({**dict(values), **({'category_id': list(commands)} if commands else {})})
        Effect = self.env['crm.grade.policy.effect']
        for state, ids in self.ended.items():
            Effect.browse(ids).write({'state': state, 'date_end': self.today})
        for grade, ids in self.regraded.items():
            Effect.browse(ids).write({'grade_id': grade})
        Effect.create(self.created)
