from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import count_anew

MANY = 1000   # new entries after which the planner is told


class CrmVisitQuotaEntry(models.Model):
    """The ledger of counted visits: which visit was counted for whom, in which month.

    Every figure about visits is a sum over these entries, so a figure and the visits behind it are always the same. The
    entries of an open month follow the visits each time the month is counted; those of a closed month stay as they are. What
    has changed about a closed month since is entered as ``correction`` in the oldest open month: +1 for a visit that came
    late, -1 for one that no longer counts. Months are closed one after the other, so there is exactly one such month.
    """
    _name = 'crm.visit.quota.entry'
    _description = "Counted Visit"
    _order = 'date desc, id desc'
    _rec_name = 'visit_id'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', readonly=True)
    month = fields.Date("Counted In", required=True, readonly=True, help="First day of the month in which the visit counts.")
    kind = fields.Selection(
        [('regular', "Regular"), ('correction', "Correction")], required=True, default='regular', readonly=True)
    visit_id = fields.Many2one('crm.visit', required=True, index=True, ondelete='cascade', readonly=True)
    user_id = fields.Many2one('res.users', "Made By", required=True, index=True, ondelete='restrict', readonly=True)
    team_id = fields.Many2one(related='visit_id.team_id', store=False)
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='cascade', readonly=True)
    date = fields.Date("Day", required=True, readonly=True)
    sign = fields.Integer("Visits", required=True, default=1, readonly=True, help="-1 takes back what a closed month has counted.")
    is_new = fields.Boolean("New Customer", readonly=True)
    is_repeat = fields.Boolean("Same Day Again", readonly=True,
                               help="A further visit to the customer on the same day, which does not count.")

    _entry_uniq = models.UniqueIndex('(company_id, month, kind, visit_id, user_id, sign)')
    _person_idx = models.Index('(company_id, user_id, month)')
    _customer_idx = models.Index('(user_id, partner_id, date)')

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Count a visit that does not count as none."""
        if aggregate_spec != 'sign:sum':
            return super()._read_group_select(aggregate_spec, query)
        sign, repeat = (self._field_to_sql(self._table, name, query) for name in ('sign', 'is_repeat'))
        return SQL("COALESCE(SUM(%s) FILTER (WHERE %s IS NOT TRUE), 0)", sign, repeat)

    def action_open_visit(self):
        """Open the visit behind the entry."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.visit', 'res_id': self.visit_id.id, 'views': [(False, 'form')]}

    # ------------------------------------------------------------------
    # Counting an open month
    # ------------------------------------------------------------------

    @api.model
    def _count_month(self, month, people):
        """Bring the regular entries of an open month into step with the visits, writing only what differs.

        :param month: an open ``crm.visit.quota.month``
        :param people: relation of the persons, see ``crm.visit.quota.result._people_sql``
        """
        self.env.cr.execute(SQL(
            """
            WITH person AS MATERIALIZED (%(people)s),
            made AS (
                SELECT visit.id AS visit_id, visit.user_id, visit.partner_id, visit.date, person.new_definition, person.new_months,
                       COALESCE(visit.actual_start, visit.date_start) AS start,
                       person.once_a_day AND ROW_NUMBER() OVER (
                           PARTITION BY visit.user_id, visit.partner_id, visit.date
                           ORDER BY COALESCE(visit.actual_start, visit.date_start), visit.id) > 1 AS is_repeat
                  FROM crm_visit AS visit JOIN person USING (user_id)
                 WHERE visit.company_id = %(company)s AND visit.state = 'done' AND visit.counts_for_quota
                   AND visit.date BETWEEN %(first)s AND %(last)s),
            fact AS MATERIALIZED (SELECT made.*, NOT made.is_repeat AND %(new)s AS is_new FROM made),
            gone AS (
                DELETE FROM crm_visit_quota_entry AS entry
                 WHERE company_id = %(company)s AND month = %(first)s AND kind = 'regular'
                   AND (visit_id, user_id) NOT IN (SELECT visit_id, user_id FROM fact))
            INSERT INTO crm_visit_quota_entry AS entry
                   (company_id, month, kind, visit_id, user_id, partner_id, date, sign, is_new, is_repeat, create_date, write_date)
            SELECT %(company)s, %(first)s, 'regular', fact.visit_id, fact.user_id, fact.partner_id, fact.date, 1, fact.is_new,
                   fact.is_repeat, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
              FROM fact
              LEFT JOIN crm_visit_quota_entry AS known
                     ON known.company_id = %(company)s AND known.month = %(first)s AND known.kind = 'regular'
                    AND known.visit_id = fact.visit_id AND known.user_id = fact.user_id
             WHERE known.id IS NULL OR (known.partner_id, known.date, known.is_new, known.is_repeat)
                   IS DISTINCT FROM (fact.partner_id, fact.date, fact.is_new, fact.is_repeat)
            ON CONFLICT (company_id, month, kind, visit_id, user_id, sign) DO UPDATE
               SET partner_id = EXCLUDED.partner_id, date = EXCLUDED.date, is_new = EXCLUDED.is_new,
                   is_repeat = EXCLUDED.is_repeat, write_date = EXCLUDED.write_date
            """,
            people=people, company=month.company_id.id, first=month.date, last=month.date_to,
            new=self._new_sql(month.company_id, SQL("made"))))
        if self.env.cr.rowcount >= MANY:
            count_anew(self.env, 'crm_visit_quota_entry')

    @api.model
    def _new_sql(self, company, visit):
        """Return the condition that a visit found a new customer, by the definition that holds for its person.

        Only visits that count make a customer an old one; of two on one day the earlier one found it.

        :param visit: alias of a relation with visit_id, user_id, partner_id, date, start, new_definition, new_months
        """
        return SQL(
            """NOT EXISTS (
                SELECT FROM crm_visit AS before
                 WHERE before.company_id = %(company)s AND before.partner_id = %(visit)s.partner_id AND before.state = 'done'
                   AND before.counts_for_quota AND before.date <= %(visit)s.date
                   AND (before.date, COALESCE(before.actual_start, before.date_start), before.id)
                     < (%(visit)s.date, %(visit)s.start, %(visit)s.visit_id)
                   AND (%(visit)s.new_definition <> 'rep' OR before.user_id = %(visit)s.user_id)
                   AND (%(visit)s.new_definition <> 'months'
                        OR before.date > %(visit)s.date - make_interval(months => %(visit)s.new_months)))""",
            company=company.id, visit=visit)

    # ------------------------------------------------------------------
    # Corrections of closed months
    # ------------------------------------------------------------------

    @api.model
    def _count_corrections(self, month):
        """Enter into the oldest open month what has changed about the closed ones since; other open months have none.

        Only visits written since their month was closed are looked at. A transaction may have begun before the closing and been
        saved after it, therefore a day more.
        """
        company = month.company_id
        self.env.cr.execute(SQL(
            """DELETE FROM crm_visit_quota_entry
                WHERE company_id = %(company)s AND kind = 'correction' AND month IN (
                      SELECT date FROM crm_visit_quota_month WHERE company_id = %(company)s AND state = 'open')""", company=company.id))
        self.env.cr.execute(SQL(
            """
            WITH closed AS MATERIALIZED (
                SELECT date AS first, closed_on - interval '1 day' AS since
                  FROM crm_visit_quota_month WHERE company_id = %(company)s AND state = 'closed'),
            written AS MATERIALIZED (
                SELECT id, user_id, partner_id, date, state, write_date FROM crm_visit
                 WHERE company_id = %(company)s AND write_date >= (SELECT MIN(since) FROM closed)),
            touched AS MATERIALIZED (%(touched)s),
            settled AS MATERIALIZED (
                SELECT entry.visit_id, user_id, partner_id, date, BOOL_OR(entry.is_new) AS is_new
                  FROM crm_visit_quota_entry AS entry JOIN touched USING (user_id, partner_id, date)
                 WHERE entry.company_id = %(company)s AND entry.is_repeat IS NOT TRUE
                   AND entry.month IN (SELECT first FROM closed)
                 GROUP BY 1, 2, 3, 4 HAVING SUM(entry.sign) > 0),
            truth AS (%(truth)s),
            changed AS (
                SELECT visit_id, user_id, partner_id, date, 1 AS sign, %(new)s AS is_new FROM truth AS late
                 WHERE counts AND (visit_id, user_id, partner_id, date) NOT IN (SELECT visit_id, user_id, partner_id, date FROM settled)
                UNION ALL
                SELECT visit_id, user_id, partner_id, date, -1, is_new FROM settled
                 WHERE (visit_id, user_id, partner_id, date) NOT IN (
                       SELECT visit_id, user_id, partner_id, date FROM truth WHERE counts))
            INSERT INTO crm_visit_quota_entry
                   (company_id, month, kind, visit_id, user_id, partner_id, date, sign, is_new, is_repeat, create_date, write_date)
            SELECT %(company)s, %(month)s, 'correction', visit_id, user_id, partner_id, date, sign, is_new, FALSE,
                   NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
              FROM changed
            """,
            company=company.id, month=month.date, touched=self._touched_sql(company), truth=self._truth_sql(company),
            new=self._new_sql(company, SQL("late"))))

    @api.model
    def _touched_sql(self, company):
        """Return the (person, customer, day) of closed months about which something was written since."""
        return SQL(
            """SELECT written.user_id, written.partner_id, written.date
                 FROM written JOIN closed ON closed.first = date_trunc('month', written.date)::date
                WHERE written.state = 'done' AND written.write_date >= closed.since
                UNION
               SELECT entry.user_id, entry.partner_id, entry.date
                 FROM written JOIN crm_visit_quota_entry AS entry ON entry.visit_id = written.id
                 JOIN closed ON closed.first = date_trunc('month', entry.date)::date
                WHERE entry.company_id = %s AND written.write_date >= closed.since""", company.id)

    @api.model
    def _truth_sql(self, company):
        """Return the visits of what was touched, and which of them count today; whatever counted already goes first on its day."""
        return SQL(
            """SELECT visit.id AS visit_id, visit.user_id, visit.partner_id, visit.date,
                      COALESCE(visit.actual_start, visit.date_start) AS start,
                      COALESCE(result.new_definition, 'company') AS new_definition, COALESCE(result.new_months, 12) AS new_months,
                      result.once_a_day IS FALSE OR ROW_NUMBER() OVER (
                          PARTITION BY visit.user_id, visit.partner_id, visit.date
                          ORDER BY settled.visit_id IS NULL, COALESCE(visit.actual_start, visit.date_start), visit.id) = 1 AS counts
                 FROM crm_visit AS visit
                 JOIN touched ON (touched.user_id, touched.partner_id, touched.date) = (visit.user_id, visit.partner_id, visit.date)
                 LEFT JOIN settled ON settled.visit_id = visit.id AND (settled.user_id, settled.partner_id, settled.date)
                                                                    = (visit.user_id, visit.partner_id, visit.date)
                 LEFT JOIN crm_visit_quota_result AS result
                        ON result.company_id = %(company)s AND result.user_id = visit.user_id AND result.period = 'month'
                       AND result.kind = 'regular' AND result.date_from = date_trunc('month', visit.date)::date
                WHERE visit.company_id = %(company)s AND visit.state = 'done' AND visit.counts_for_quota""", company=company.id)
