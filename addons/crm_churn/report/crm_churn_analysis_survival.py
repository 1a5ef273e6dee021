from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.survival import customers, kaplan_meier, log_rank, mean_until, median, survival_at, thinned

# what curves are told apart by: expression, model of the value
GROUPS = {
    'grade': (SQL("customer.grade_id"), 'crm.grade'),
    'rfm': (SQL("customer.rfm_segment_id"), 'crm.rfm.segment'),
    'industry': (SQL("partner.industry_id"), 'res.partner.industry'),
    'country': (SQL("partner.country_id"), 'res.country'),
    'user': (SQL("partner.user_id"), 'res.users'),
}
SHOWN = 8            # curves that can still be told apart
YEAR = 365.25
MILESTONES = (0.25, 0.5, 1, 2, 3, 5)      # years


class CrmChurnAnalysis(models.AbstractModel):
    """Survival curves: how long customers stay."""
    _inherit = 'crm.churn.analysis'

    @api.model
    @api.readonly
    def get_survival(self, options=None):
        """Return the survival curves of all customers or of groups of them.

        :param dict options: those of ``get_bridge``; ``basis``, *silence* or *record*, see ``crm.sales.history._life_tables``; ``by``, a
            key of ``GROUPS``, *segment* or nothing; ``pair``, the keys of two groups to compare (default: the two largest)
        :return: ``{'curves': [{'key', 'name', 'customers', 'lost', 'median', 'mean', 'shares': [[years, share]],
            'points': [[days, share, lower, upper]]}], 'horizon': days over which means are taken, 'test': None or {'pair', 'statistic',
            'p_value'}, 'hidden': groups not shown, …}``; lives in days
        :raise UserError: on options that make no sense
        """
        company, until, options = self._asked(options)
        by, basis = options.get('by') or None, options.get('basis') or 'silence'
        if basis not in ('silence', 'record') or by not in (None, 'segment', *GROUPS):
            raise UserError(self.env._("There is no such group. Choose another one."))
        tables = self._tables(company, until, options, basis, by) if until else {}
        largest = sorted(tables, key=lambda key: -customers(tables[key]))
        shown = largest[:SHOWN]
        names = self._group_names(by, shown)
        horizon = min((tables[key][-1].time for key in shown), default=0)
        order = sorted(shown, key=lambda key: (key is None, names[key][0]))
        return {
            'curves': [self._curve(key, names[key][1], tables[key], horizon) for key in order],
            'horizon': horizon, 'hidden': len(largest) - len(shown), 'test': self._test(tables, order, shown, options.get('pair')),
            'by': by or '', 'basis': basis, **self._echo(until, options)}

    def _tables(self, company, until, options, basis, by):
        """Return ``{key of the group: life table}``; one query, or one per segment: segments overlap."""
        history, subjects = self.env['crm.sales.history'], self._population(company)
        given = {'basis': basis, 'lost_after': options['lost_after']}
        if by != 'segment':
            return history._life_tables(company, until, group=GROUPS[by][0] if by else None, subjects=subjects, **given)
        tables = {}
        for segment in self.env['crm.segment'].search([('company_id', '=', company.id)], limit=3 * SHOWN):
            members = self.env['crm.customer']._search(segment.customer_domain())
            [tables[segment.id]] = history._life_tables(
                company, until, subjects=members.subselect(SQL.identifier(members.table, 'partner_id')), **given).values() or [[]]
        return {key: table for key, table in tables.items() if table}

    def _group_names(self, by, keys):
        """Return ``{key: (place in the order, name)}``."""
        if not by:
            return {key: (0, self.env._("All customers")) for key in keys}
        model = 'crm.segment' if by == 'segment' else GROUPS[by][1]
        # names of groups are no secret to whoever sees their customers
        records = self.env[model].sudo().with_context(active_test=False).search([('id', 'in', [key for key in keys if key])])
        names = {record.id: (place, record.display_name) for place, record in enumerate(records)}
        return {key: names.get(key, (len(names), self.env._("None"))) for key in keys}

    def _curve(self, key, name, table, horizon):
        points = kaplan_meier(table)
        return {
            'key': key or 0, 'name': name, 'customers': customers(table), 'lost': sum(row.died for row in table),
            'median': median(points), 'mean': mean_until(points, horizon),
            'shares': [[years, survival_at(points, years * YEAR)] for years in MILESTONES if years * YEAR <= table[-1].time],
            'points': [[point.time, point.survival, point.lower, point.upper] for point in thinned(points)]}

    def _test(self, tables, order, largest, pair):
        """Return the log-rank test of two groups (the two largest unless two are given), None where there is nothing to compare."""
        keys = {key or 0: key for key in order}
        pair = [key for key in pair or [] if key in keys]
        if len(pair) != 2:
            pair = [key or 0 for key in sorted(largest[:2], key=order.index)]
        if len(set(pair)) < 2:
            return None
        chosen = pair
        result = log_rank(*(tables[keys[key]] for key in chosen))
        return {
            'pair': chosen, 'statistic': result.statistic if result else None, 'p_value': result.p_value if result else None}
