from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.sla_match import choose

SHOWN = 8   # policies passed over that an explanation names


class CrmTicket(models.Model):
    """What is promised on a ticket: found for a whole batch, with the reason."""
    _inherit = 'crm.ticket'

    def _sla_choices(self, promises, grades):
        """Return the most specific policy of each promise for each ticket of one company.

        :param promises: keys of PROMISES
        :param grades: see :meth:`_sla_grades`
        :return: {(ticket, promise): (policy or None, choice)} with a policy as in ``crm.sla.policy._in_force``, and what
            :meth:`crm.ticket.sla._explain` puts into words
        """
        policies = defaultdict(list)
        for policy in self.env['crm.sla.policy']._in_force(self.company_id.id):
            policies[policy['promise']].append(policy)
        wanted = [promise for promise in promises if policies[promise]]
        if not wanted:
            return {}
        facts = self._sla_facts([policy for promise in wanted for policy in policies[promise]], grades)
        choices = {}
        for ticket in self:
            for promise in wanted:
                chosen, passed = choose(policies[promise], facts[ticket])
                choices[ticket, promise] = chosen, {
                    'criteria': [name for name, values in (chosen or {'criteria': {}})['criteria'].items() if values],
                    'passed': [[policy['id'], reason] for policy, reason in passed[:SHOWN]],
                    'more': max(len(passed) - SHOWN, 0)}
        return choices

    def _sla_facts(self, policies, grades):
        """Return what is true of each ticket, of all that the policies ask for: {ticket: {condition: set}}."""
        asked = {name for policy in policies for name, values in policy['criteria'].items() if values}
        facts = {ticket: {
            'type': {ticket.type_id.id}, 'kind': {ticket.kind}, 'priority': {ticket.priority}, 'team': {ticket.team_id.id},
            'tag': set(ticket.tag_ids.ids) if 'tag' in asked else set(), 'domain': set(),
        } for ticket in self}
        segments = self._sla_segments(policies) if 'segment' in asked else {}
        for ticket, known in facts.items():
            known['grade'] = {grades.get(ticket.commercial_partner_id.id)}
            known['segment'] = segments.get(ticket.commercial_partner_id.id, set())
            known['category'] = ticket._sla_categories() if 'category' in asked else set()
        for policy in policies:
            if policy['criteria']['domain']:
                own = Domain('id', 'in', self.ids) & self.env['crm.sla.policy'].browse(policy['id'])._parsed_domain()
                for ticket in self.with_context(active_test=False).search(own).with_env(self.env):
                    facts[ticket]['domain'].add(policy['id'])
        return facts

    def _sla_grades(self):
        """Return {id of a customer: id of its grade in the company of the tickets}."""
        profiles = self.env['crm.customer'].sudo().with_context(active_test=False).search_fetch([  # whatever the user may see of customers
            ('partner_id', 'in', self.commercial_partner_id.ids), ('company_id', '=', self.company_id.id), ('grade_id', '!=', False)],
            ['partner_id', 'grade_id'])
        return {profile.partner_id.id: profile.grade_id.id for profile in profiles}

    def _sla_segments(self, policies):
        """Return {id of a customer: ids of the segments that it is in}, of the segments that the policies name."""
        wanted = {segment for policy in policies for segment in policy['criteria']['segment']}
        segments = self.env['crm.segment'].sudo().browse(sorted(wanted)).exists()  # whatever the user may see of customers
        found = defaultdict(set)
        for segment, partner in segments._union(
                lambda segment, query: query.select(SQL("%s::int", segment.id), SQL.identifier(query.table, 'partner_id')),
                Domain('partner_id', 'in', self.commercial_partner_id.ids)):
            found[partner].add(segment)
        return found

    def _sla_categories(self):
        """Return the ids of the category of the product and of all above it."""
        path = self.product_id.sudo().categ_id.parent_path or ""  # of the ticket's own product
        return {int(part) for part in path.split('/') if part}


class CrmTicketSla(models.Model):
    _inherit = 'crm.ticket.sla'

    def _explain(self):
        """Return in words why the ticket was given this policy and not another one."""
        self.ensure_one()
        names = {
            'segment': self.env._("the segment"), 'grade': self.env._("the grade"), 'category': self.env._("the product category"),
            'tag': self.env._("a tag"), 'type': self.env._("the type"), 'domain': self.env._("its condition"),
            'team': self.env._("the team"), 'priority': self.env._("the priority"), 'kind': self.env._("the sort")}
        choice = self.choice or {}
        found = [names[name] for name in choice.get('criteria', ()) if name in names]
        text = (
            self.env._("Chosen because of %(conditions)s.", conditions=", ".join(found)) if found
            else self.env._("Chosen because it is for all tickets."))
        reasons = {
            'general': self.env._("less specific"), 'order': self.env._("comes later"),
            **{name: self.env._("%(condition)s does not fit", condition=label) for name, label in names.items()}}
        policies = self.policy_id.browse(policy for policy, _reason in choice.get('passed', ())).exists()
        passed = [
            f"“{self.policy_id.browse(policy).name}” ({reasons.get(reason, reason)})" for policy, reason in choice.get('passed', ())
            if policy in policies.ids]
        if choice.get('more'):
            passed.append(self.env._("and %(count)s more", count=choice['more']))
        return " ".join([text, self.env._("Passed over: %(policies)s.", policies="; ".join(passed))]) if passed else text
