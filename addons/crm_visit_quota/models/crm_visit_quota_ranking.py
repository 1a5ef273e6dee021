from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.period_name import SKELETONS, period_name

from ..tools.quota import ranked

ALL = 'sales_team.group_sale_salesman_all_leads'
MEASURES = {   # field -> unit
    'fulfilment': 'percent', 'visit_count': 'count', 'new_count': 'count', 'signing_count': 'count', 'signing_amount': 'monetary',
    'new_signed_count': 'count', 'collected_amount': 'monetary', 'order_share': 'percent', 'lead_share': 'percent',
}
BOARD = ('fulfilment', 'signing_amount', 'new_count', 'order_share')


class CrmVisitQuotaResult(models.Model):
    """Rankings, the board on the wall and the card of a person: all of them show stored results."""
    _inherit = 'crm.visit.quota.result'

    @api.model
    @api.readonly
    def get_ranking(self, measure='fulfilment', period='month', date=None, limit=None):
        """Return who has how much of something in a period, the most first; equals share a place, who has nothing has none.

        :param str measure: one of ``MEASURES``
        :param str period: 'month', 'quarter' or 'year'
        :param date: any day of the period; default: today in the company's time zone
        :return: ``{measure, label, unit, period, title, currency_id, rows: [{rank, user_id, name, team, value, mine, result_id}]}``;
            what a salesperson sees of others is for the company to say: then ``value`` is None or rows are left out
        :raise UserError: for a measure or a period that does not exist
        """
        self.check_access('read')
        if measure not in MEASURES or period not in SKELETONS:
            raise UserError(self.env._("There is no such ranking. Choose one of the list."))
        company = self.env.company
        day = fields.Date.to_date(date) or company._crm_today()
        results = self.sudo().search([  # what is shown of others follows below
            ('company_id', '=', company.id), ('period', '=', period), ('kind', '=', 'regular'),
            ('date_from', '<=', day), ('date_to', '>=', day)])
        takes_part = results.filtered(lambda result: result.target_visits) if measure == 'fulfilment' else results
        some = takes_part.filtered(measure)
        rows = [self._ranking_row(rank, result, value) for rank, result, value in ranked(
            [(result, result[measure]) for result in some.sorted(lambda result: (result.user_id.name or '', result.id))])]
        return {
            'measure': measure, 'label': self._fields[measure]._description_string(self.env), 'unit': MEASURES[measure],
            'period': period,
            'title': period_name(day, period, self.env.lang), 'currency_id': company.currency_id.id,
            'rows': self._allowed(rows)[:limit]}

    def _ranking_row(self, rank, result, value):
        return {
            'rank': rank, 'user_id': result.user_id.id, 'name': result.user_id.name, 'team': result.team_id.name or '', 'value': value,
            'mine': result.user_id.id == self.env.uid, 'result_id': result.id}

    def _allowed(self, rows):
        """Return what the user may see of a ranking: everything with all documents, else what the company has decided."""
        shown = self.env.company.sudo().crm_quota_board
        if shown == 'figures' or self.env.user.has_group(ALL):
            return rows
        if shown == 'own':
            return [row for row in rows if row['mine']]
        return [row if row['mine'] else {**row, 'value': None} for row in rows]

    @api.model
    @api.readonly
    def get_board(self, period='month'):
        """Return what the board on the wall shows: the first ten by each of its measures, in the present period.

        :return: ``{company, title, counted_on, rankings: [as of get_ranking]}``; ``counted_on`` is naive UTC or False
        """
        rankings = [self.get_ranking(measure, period, limit=10) for measure in BOARD]
        return {
            'company': self.env.company.name, 'title': rankings[0]['title'], 'counted_on': self._counted_on(), 'rankings': rankings}

    def _counted_on(self):
        month = self.env['crm.visit.quota.month'].sudo().search(  # when figures were counted is no secret
            [('company_id', '=', self.env.company.id), ('state', '=', 'open')], order='date desc', limit=1)
        return fields.Datetime.to_string(month.counted_on)

    @api.model
    @api.readonly
    def get_my_month(self):
        """Return how the user stands this month, for the personal card.

        :return: the fields of the result, its ``result_id``, ``title``, ``explanation``, ``persons`` ranked in company and team,
            ``since``: visits made that are not counted yet; ``result_id`` is False before the user is counted for the first time
        """
        company = self.env.company
        today = company._crm_today()
        result = self.search([
            ('company_id', '=', company.id), ('user_id', '=', self.env.uid), ('period', '=', 'month'), ('kind', '=', 'regular'),
            ('date_from', '<=', today), ('date_to', '>=', today)], limit=1)
        names = [
            'visit_count', 'target_visits', 'missing', 'behind', 'working_days', 'working_days_left', 'average', 'target_daily',
            'distinct_count', 'distinct_share', 'target_distinct', 'reached_distinct', 'new_count', 'new_share', 'target_new',
            'reached_new',
            'reached_visits', 'fulfilment', 'status', 'is_stretch', 'target_stretch', 'rank_team', 'rank_company', 'signing_count',
            'change_previous', 'has_previous', 'explanation']
        return {
            **{name: result[name] for name in names}, 'result_id': result.id, 'title': period_name(today, 'month', self.env.lang),
            'name': self.env.user.name, 'counted_on': self._counted_on(), 'since': self._since_count(company, today),
            **self._persons_ranked(result)}

    def _persons_ranked(self, result):
        same = [('company_id', '=', result.company_id.id), ('period', '=', 'month'), ('kind', '=', 'regular'),
                ('date_from', '=', result.date_from), ('target_visits', '>', 0)]
        groups = self.sudo()._read_group(same, ['team_id'], ['__count'])  # how many take part is no secret
        counts = {team.id: count for team, count in groups}
        return {'persons_company': sum(counts.values()), 'persons_team': counts.get(result.team_id.id, 0)}

    def _since_count(self, company, today):
        """Return how many of the user's visits of this month are not in the ledger yet."""
        return self.env.execute_query(SQL(
            """SELECT COUNT(*) FROM crm_visit AS visit
                WHERE visit.company_id = %s AND visit.user_id = %s AND visit.state = 'done' AND visit.counts_for_quota AND visit.date >= %s
                  AND NOT EXISTS (SELECT FROM crm_visit_quota_entry AS entry WHERE entry.visit_id = visit.id)""",
            company.id, self.env.uid, today.replace(day=1)))[0][0]
