from collections import defaultdict

from odoo.fields import Domain

SUMS = (
    'working_days', 'working_days_to_date', 'visit_count', 'target_visits', 'distinct_count', 'new_count', 'signing_count',
    'signing_amount', 'new_signed_count', 'lead_visit_count', 'order_visit_count',
)


class QuotaFigures:
    """The figures of a workbook: sums of the monthly results that the user may see; customers of several months from the
    counted visits, so that each is one.

    :param wizard: a ``crm.visit.quota.workbook`` record
    """

    def __init__(self, wizard):
        self.env = wizard.env
        first, last = wizard._months()
        domain = Domain('company_id', '=', wizard.company_id.id)
        domain &= Domain('period', '=', 'month') & Domain('date_from', '>=', first) & Domain('date_from', '<=', last)
        if wizard.team_id:
            domain &= Domain('team_id', '=', wizard.team_id.id)
        self.results = self.env['crm.visit.quota.result'].search(domain, order='date_from, user_id, kind desc')
        self.entries = (
            Domain('company_id', '=', wizard.company_id.id) & Domain('month', '>=', first) & Domain('month', '<=', last)
            & Domain('user_id', 'in', self.results.user_id.ids) & Domain('is_repeat', '=', False))

    def _sum(self, results):
        row = {name: sum(results.mapped(name)) for name in SUMS}
        row['regular_count'] = sum(results.filtered(lambda result: result.kind == 'regular').mapped('visit_count'))
        return row

    def _customers(self, groupby):
        """Return ``{group: (distinct customers, new customers)}``: customers with more visits entered than taken back."""
        found = self.env['crm.visit.quota.entry']._read_group(
            self.entries, [*groupby, 'partner_id', 'is_new'], ['sign:sum'])
        visits, news = defaultdict(int), defaultdict(int)
        for *group, partner, is_new, sign in found:
            visits[(*group, partner)] += sign
            news[(*group, partner)] += sign if is_new else 0
        counts = defaultdict(lambda: [0, 0])
        for key, number in visits.items():
            if number > 0:
                counts[key[:-1]][0] += 1
                counts[key[:-1]][1] += news[key] > 0
        return counts

    def by_month(self):
        """Return ``[(first day, figures)]`` of all persons together; customers of a month count per person."""
        return [(month, self._sum(results)) for month, results in self.results.grouped('date_from').items()]

    def by_person(self):
        """Return ``[(name, team, figures)]``, the most visits first."""
        customers = self._customers(['user_id'])
        rows = []
        for user, results in self.results.grouped('user_id').items():
            row = self._sum(results)
            row['distinct_count'], row['new_count'] = customers[(user,)]
            rows.append((user.sudo().name, results[-1].team_id.sudo().name or '', row))  # names of colleagues are no secret
        return sorted(rows, key=lambda row: (-row[2]['visit_count'], row[0]))

    def by_team(self):
        """Return ``[(name or '', persons, figures)]``; a customer visited by two of a team is one customer of the team."""
        counts, persons = defaultdict(lambda: [set(), set()]), self.results.grouped('team_id')
        teams = {user: results[-1].team_id for user, results in self.results.grouped('user_id').items()}
        found = self.env['crm.visit.quota.entry']._read_group(self.entries, ['user_id', 'partner_id', 'is_new'], ['sign:sum'])
        for user, partner, is_new, sign in found:
            if sign > 0:
                counts[teams[user]][0].add(partner)
                if is_new:
                    counts[teams[user]][1].add(partner)
        rows = []
        for team, results in persons.items():
            row = self._sum(results)
            row['distinct_count'], row['new_count'] = map(len, counts[team])
            rows.append((team.sudo().name or '', len(results.user_id), row))
        return sorted(rows, key=lambda row: (-row[2]['visit_count'], row[0]))

    def matrix(self):
        """Return the months and ``[(name, [visits per month])]``."""
        months = sorted(set(self.results.mapped('date_from')))
        rows = []
        for user, results in self.results.grouped('user_id').items():
            visits = {month: sum(found.mapped('visit_count')) for month, found in results.grouped('date_from').items()}
            rows.append((user.sudo().name, [visits.get(month, 0) for month in months]))  # as above
        return months, sorted(rows, key=lambda row: (-sum(row[1]), row[0]))

    def quotas(self):
        """Return ``[(name, first day, result)]`` of the regular results, month by month."""
        regular = self.results.filtered(lambda result: result.kind == 'regular')
        return [(result.user_id.sudo().name, result.date_from, result) for result in regular]  # as above
