from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import without_compiling

BATCH = 20000
FACTS = ('delivered', 'invoiced', 'matched', 'collected')   # of :meth:`CrmContract._facts_sql`
KEY = "contract_id, user_id, event, res_model, res_id"
KNOWN_KEY = "entry.contract_id, entry.user_id, entry.event, entry.res_model, entry.res_id"
RUNS = SQL("contract.state IN ('signed', 'executing', 'suspended', 'completed', 'terminated')")


class CrmPerformanceEntry(models.Model):
    """Booking: what the books say now, less what was entered before, becomes an entry. Booking again enters nothing."""
    _inherit = 'crm.performance.entry'

    @api.model
    def _book(self, contracts=None, date=None):
        """Enter what people are to be credited with and are not yet, and take back what they are no longer to be credited with.

        A document credited for the first time is entered by its own day (not before the signature); what has changed about it
        since, by the present day. Where the month of an entry is closed, it counts in the first open one.

        :param contracts: ``crm.contract`` records; default: all that were ever signed, of all companies
        :param date: day of what has changed; default: today in the time zone of each company
        :return: number of entries made
        """
        if contracts is not None and not contracts.ids:
            return 0
        self.env.flush_all()
        if not self._has_rules():
            return 0
        condition = RUNS if contracts is None else SQL("contract.id IN %s", tuple(contracts.ids))
        without_compiling(self.env)
        Contract = self.env['crm.contract']
        with Contract._facts(contracts, condition, FACTS) as facts, Contract._at_hand(
                contracts, self._booking_definitions(condition, self._today_sql(contracts, date))) as more:
            self.env.cr.execute(self._booking_sql(SQL("%s%s", facts, more)))
            made = self.env.cr.rowcount
        if made:
            self.env.invalidate_all(flush=False)
        return made

    @api.model
    def _cron_book(self, batch=BATCH):
        """Book all contracts that were ever signed, those at their end too: refunds and write-offs come late.

        Contracts are taken in batches, each saved when it is done. Booking again enters nothing, so a job that was stopped starts anew.

        :param batch: number of contracts at a time
        """
        ids = self.env['crm.contract'].sudo().search([('date_signed', '!=', False)], order='id').ids if self._has_rules() else []
        batches = [ids[start:start + batch] for start in range(0, len(ids), batch)]
        for left, some in zip(range(len(batches) - 1, -1, -1), batches, strict=True):
            self._book(self.env['crm.contract'].browse(some))
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _has_rules(self):
        self.env.cr.execute(SQL("SELECT EXISTS (SELECT FROM crm_performance_rule) OR EXISTS (SELECT FROM crm_performance_entry)"))
        return self.env.cr.fetchone()[0]

    @api.model
    def _today_sql(self, contracts, date):
        """Return the relation ``(company_id, today)`` of the companies concerned."""
        # days of companies are no secret
        companies = self.env['res.company'].sudo().search(Domain.TRUE) if contracts is None else contracts.sudo().company_id
        return SQL(", ").join(SQL("(%s, %s::date)", company.id, date or company._crm_today()) for company in companies)

    @api.model
    def _booking_definitions(self, condition, today):
        """Return ``[(short name, query)]`` of the relations that lead from the facts to new entries."""
        facts = self.env['crm.contract']._facts_sql()
        scope = SQL("scope AS NOT MATERIALIZED (SELECT * FROM crm_fact_scope)")
        return [
            ('scope', self._scope_sql(condition)),
            ('part', SQL("WITH %s %s", scope, self._invoiced_part_sql(facts))),
            ('due', SQL(
                "WITH %s, invoiced AS NOT MATERIALIZED (SELECT * FROM crm_fact_part), fact AS (%s), credited AS (%s) %s",
                scope, self._fact_sql(facts), self._credited_sql(), self._due_sql())),
            ('entry', SQL(
                "WITH %s, due AS NOT MATERIALIZED (SELECT * FROM crm_fact_due), difference AS (%s) %s",
                scope, self._difference_sql(condition), self._entries_sql(today))),
        ]

    @api.model
    def _booking_sql(self, ctes):
        """Return the statement that enters all differences at once, each on the statement of its person and month, which is made where
        it is missing. Entries are written once: the checks of what they refer to are most of what booking costs.

        :param ctes: the facts and :meth:`_booking_definitions`, see :meth:`CrmContract._at_hand`
        """
        return SQL(
            """
            WITH %(ctes)s entry AS NOT MATERIALIZED (SELECT * FROM crm_fact_entry),
            %(statements)s
            INSERT INTO crm_performance_entry (
                   company_id, month, date, user_id, team_id, contract_id, partner_id, event, reason, number, is_back, res_model, res_id,
                   contract_currency_id, base_amount, rule_id, share_percent, weight_percent, rate, target_amount, amount, statement_id,
                   create_uid, write_uid, create_date, write_date)
            SELECT entry.*, statements.id, %(created)s
              FROM entry
              JOIN statements ON statements.company_id = entry.company_id AND statements.date = entry.month
                   AND statements.user_id = entry.user_id
             ORDER BY entry.date, entry.contract_id, entry.user_id, entry.event, entry.res_model, entry.res_id
            ON CONFLICT (contract_id, user_id, event, res_model, res_id, number) DO NOTHING
            """,
            ctes=ctes, statements=self._statements_sql(), created=self._created_sql())

    @api.model
    def _created_sql(self):
        return SQL("%(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'", uid=self.env.uid)

    @api.model
    def _entries_sql(self, today):
        """Return the entries that the relation ``difference`` calls for."""
        return SQL(
            """
            SELECT contract.company_id, GREATEST(date_trunc('month', day.date)::date, closed.next) AS month, day.date,
                   difference.user_id, COALESCE(member.crm_team_id, contract.team_id) AS team_id, contract.id AS contract_id,
                   contract.partner_id, difference.event,
                   CASE WHEN number IS NULL THEN 'event' WHEN difference.amount > 0 THEN 'more' ELSE 'back' END AS reason,
                   COALESCE(number, 0) + 1 AS number, difference.amount < 0 AS is_back, res_model, res_id, contract.currency_id,
                   COALESCE(base, 0) AS base, scope.rule_id, percent, weight, scope.rate, target, difference.amount
              FROM difference
              JOIN crm_contract AS contract ON contract.id = difference.contract_id
              JOIN (VALUES %(today)s) AS clock(company_id, today) ON clock.company_id = contract.company_id
              LEFT JOIN scope ON scope.contract_id = contract.id
             CROSS JOIN LATERAL (SELECT CASE WHEN number IS NULL
                   THEN GREATEST(COALESCE(difference.date, clock.today), contract.date_signed) ELSE clock.today END AS date) AS day
             CROSS JOIN LATERAL (SELECT (MAX(month.date) + interval '1 month')::date AS next FROM crm_performance_month AS month
                   WHERE month.company_id = contract.company_id AND month.state = 'closed') AS closed
              LEFT JOIN LATERAL (
                   SELECT member.crm_team_id FROM crm_team_member AS member JOIN crm_team AS team ON team.id = member.crm_team_id
                    WHERE member.user_id = difference.user_id AND member.active
                      AND (team.company_id IS NULL OR team.company_id = contract.company_id)
                    ORDER BY member.crm_team_id = contract.team_id DESC, member.id LIMIT 1) AS member ON TRUE
            """, today=today)

    @api.model
    def _statements_sql(self):
        """Return the common table expressions by which the relation ``entry`` finds its ``statements``."""
        return SQL(
            """
            new_month AS (
                INSERT INTO crm_performance_month (company_id, date, date_to, state, create_uid, write_uid, create_date, write_date)
                SELECT DISTINCT company_id, month, (month + interval '1 month - 1 day')::date, 'open', %(created)s FROM entry
                ON CONFLICT (company_id, date) DO NOTHING RETURNING id, company_id, date),
            months AS (SELECT id, company_id, date FROM crm_performance_month UNION ALL SELECT * FROM new_month),
            new_statement AS (
                INSERT INTO crm_performance_statement (
                       month_id, company_id, date, user_id, team_id, create_uid, write_uid, create_date, write_date)
                SELECT DISTINCT ON (months.id, entry.user_id) months.id, months.company_id, months.date, entry.user_id, entry.team_id,
                       %(created)s
                  FROM entry JOIN months ON months.company_id = entry.company_id AND months.date = entry.month
                 ORDER BY months.id, entry.user_id, entry.date, entry.contract_id, entry.event, entry.res_model, entry.res_id
                ON CONFLICT (month_id, user_id) DO NOTHING RETURNING id, company_id, date, user_id),
            statements AS (SELECT id, company_id, date, user_id FROM crm_performance_statement UNION ALL SELECT * FROM new_statement)
            """, created=self._created_sql())

    @api.model
    def _difference_sql(self, condition):
        """Return what is due less what is known, where they differ; documents that are gone are due nothing."""
        return SQL(
            """SELECT %(key)s, due.date, due.base, due.percent, due.weight, COALESCE(due.amount, 0) AS target, known.number,
                      COALESCE(due.amount, 0) - COALESCE(known.amount, 0) AS amount
                 FROM due FULL JOIN (
                      SELECT %(known_key)s, SUM(entry.amount) AS amount, MAX(entry.number) AS number
                        FROM crm_performance_entry AS entry JOIN crm_contract AS contract ON contract.id = entry.contract_id
                       WHERE %(condition)s GROUP BY %(known_key)s) AS known USING (%(key)s)
                WHERE COALESCE(due.amount, 0) <> COALESCE(known.amount, 0)""",
            key=SQL(KEY), known_key=SQL(KNOWN_KEY), condition=condition)

    @api.model
    def _credited_sql(self):
        """Return who is credited with each contract: by their shares, else its salesperson; ``upto`` adds up the percents."""
        return SQL(
            """SELECT share.contract_id, share.user_id, share.percent::numeric AS percent,
                      SUM(share.percent::numeric) OVER (PARTITION BY share.contract_id ORDER BY share.id) AS upto
                 FROM crm_contract_share AS share JOIN scope USING (contract_id)
                UNION ALL
               SELECT contract_id, user_id, 100, 100 FROM scope
                WHERE user_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM crm_contract_share AS share WHERE share.contract_id = scope.contract_id)""")

    @api.model
    def _due_sql(self):
        """Return what each document is worth to each person, in the company's currency; parts are rounded so that they add up."""
        return SQL(
            """SELECT contract_id, user_id, event, res_model, res_id, date, base, percent, weight,
                      round(total * upto / 100, digits) - round(total * (upto - percent) / 100, digits) AS amount
                 FROM (SELECT fact.*, credited.user_id, credited.percent, credited.upto, scope.digits,
                              fact.base::numeric * (fact.weight * scope.factor * scope.rate)::numeric / 100 AS total
                         FROM fact JOIN scope USING (contract_id) JOIN credited USING (contract_id)
                        WHERE fact.weight > 0) AS part""")
