from odoo import models
from odoo.tools import SQL

RESULT = SQL("pg_temp.crm_grading_result")
KEPT = ('grade_id', 'settled_grade_id', 'since', 'pending_since', 'pending_runs', 'pending_on', 'override_grade_id', 'override_until')
VERDICT_COLUMNS = (
    ('status', 'status'), ('grade_id', 'in_force_id'), ('settled_grade_id', 'new_settled_id'), ('since', 'new_since'),
    ('computed_grade_id', 'computed_grade_id'), ('score', 'score'), ('segment_id', 'segment_id'),
    ('dimension_values', 'dimension_values'), ('pending_since', 'new_pending_since'), ('pending_runs', 'new_pending_runs'),
    ('pending_on', 'new_pending_on'), ('override_grade_id', 'new_override_id'), ('override_until', 'new_override_until'),
)
MOVE = SQL(
    "CASE WHEN old_grade.id IS NULL THEN 'new' WHEN grade.id IS NULL THEN 'out'"
    " WHEN grade.sequence < old_grade.sequence THEN 'up' ELSE 'down' END")


class CrmGradingScheme(models.Model):
    """From computed grades to grades in force: grace, overrides, history.

    Everything about a run of a scheme is decided in one temporary table of results, keyed by subject; what follows only
    stores it. The profiles take their grade from the same table (``crm.customer._record``), so that each is written once.
    """
    _inherit = 'crm.grading.scheme'

    def _compute_result(self, date, values, partners=None):
        """Fill the table of results: what was in force, what is computed, what is in force from now on.

        :param date: as-of day in the company's time zone
        :param values: SQL name of the table of values
        :param partners: these customers only (their places among all are still computed from all)
        """
        self.ensure_one()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", RESULT))
        self.env.cr.execute(SQL(
            """
            CREATE TEMP TABLE crm_grading_result ON COMMIT DROP AS
            WITH graded AS MATERIALIZED (%(graded)s),
                 given AS MATERIALIZED (%(given)s),
                 fact AS (%(fact)s),
                 ranked AS (%(ranked)s),
                 settled AS (%(settled)s)
            SELECT settled.*,
                   CASE WHEN grade_id IS DISTINCT FROM in_force_id THEN %(date)s ELSE since END AS new_since,
                   CASE WHEN grade_id IS DISTINCT FROM in_force_id THEN %(move)s END AS move
              FROM settled
              LEFT JOIN crm_grade AS old_grade ON old_grade.id = grade_id
              LEFT JOIN crm_grade AS grade ON grade.id = in_force_id
            """,
            graded=self._graded_sql(values), given=self._given_sql(), fact=self._fact_sql(partners),
            ranked=self._ranked_sql(date), settled=self._settled_sql(date), date=date, move=MOVE))
        self.env.cr.execute(SQL("ANALYZE %s (subject_id, verdict_id, move)", RESULT))

    def _given_sql(self):
        """Return the verdicts that the scheme has given so far, by subject."""
        return SQL(
            """SELECT COALESCE(verdict.lead_id, customer.partner_id) AS subject_id, verdict.id AS verdict_id, %s
                 FROM crm_grade_verdict AS verdict LEFT JOIN crm_customer AS customer ON customer.id = verdict.customer_id
                WHERE verdict.scheme_id = %s""",
            SQL(", ").join(SQL("verdict.%s", SQL.identifier(name)) for name in KEPT), self.id)

    def _fact_sql(self, partners):
        """Return the rows of ``graded`` beside the verdict they meet, and the verdicts that nothing was computed for."""
        kept = SQL(", ").join(SQL("given.%s", SQL.identifier(name)) for name in ('verdict_id', *KEPT))
        met = SQL("SELECT graded.*, %s FROM graded LEFT JOIN given USING (subject_id)", kept)
        if partners is not None:
            return SQL("%s WHERE subject_id IN %s", met, tuple(partners.ids) or (0,))
        return SQL(
            """%(met)s
            UNION ALL
            SELECT subject_id, 'out', NULL, NULL, NULL, NULL, NULL%(blank)s, %(kept)s
              FROM given
             WHERE NOT EXISTS (SELECT FROM graded WHERE graded.subject_id = given.subject_id)""",
            met=met, blank=self._blank_sql(), kept=kept)

    def _blank_sql(self):
        """Return the columns per dimension of a subject for which nothing was computed."""
        return SQL("").join(SQL(", NULL::float8, NULL::int") for _dimension in self.dimension_ids)

    def _ranked_sql(self, date):
        """Return the facts with what decides about them: overridden?, below the grade in force?, for how long?"""
        return SQL(
            """SELECT fact.*,
                      COALESCE(override_grade_id IS NOT NULL AND (override_until IS NULL OR override_until >= %(date)s), FALSE)
                          AS overridden,
                      COALESCE(status = 'graded' AND new_grade.sequence > settled.sequence, FALSE) AS below,
                      CASE WHEN pending_on = %(date)s THEN pending_runs ELSE COALESCE(pending_runs, 0) + 1 END AS runs_below,
                      COALESCE(pending_since, %(date)s) AS below_since
                 FROM fact
                 LEFT JOIN crm_grade AS new_grade ON new_grade.id = fact.computed_grade_id
                 LEFT JOIN crm_grade AS settled ON settled.id = fact.settled_grade_id""", date=date)

    def _settled_sql(self, date):
        """Promotion is at once; a demotion waits for its grace; an override in force goes before both."""
        over = {
            'immediate': SQL("TRUE"),
            'runs': SQL("runs_below >= %s", self.demotion_count),
            'days': SQL("%s::date - below_since >= %s", date, self.demotion_count),
        }[self.demotion]
        return SQL(
            """SELECT ranked.*, grace.*,
                      CASE WHEN overridden THEN override_grade_id ELSE new_settled_id END AS in_force_id,
                      CASE WHEN overridden THEN override_grade_id END AS new_override_id,
                      CASE WHEN overridden THEN override_until END AS new_override_until
                 FROM ranked CROSS JOIN LATERAL (
                    SELECT CASE WHEN waiting THEN settled_grade_id ELSE computed_grade_id END AS new_settled_id,
                           CASE WHEN waiting THEN below_since END AS new_pending_since,
                           CASE WHEN waiting THEN runs_below END AS new_pending_runs,
                           CASE WHEN waiting THEN %(date)s::date END AS new_pending_on
                      FROM (SELECT below AND NOT (%(over)s) AS waiting) AS wait) AS grace""",
            date=date, over=over)

    # ------------------------------------------------------------------
    # Storing
    # ------------------------------------------------------------------

    def _store_result(self, run):
        """Store the results as verdicts and history. Idempotent: the same day and figures change nothing."""
        self._update_verdicts()
        self._create_verdicts()
        self._append_history(run)
        self.env['crm.grade.verdict'].invalidate_model()
        self.env['crm.grade.history'].invalidate_model()

    def _owned_sql(self):
        """Return the results with the id of the profile (or lead) that owns the verdict."""
        if self.population == 'lead':
            return SQL("(SELECT *, subject_id AS owner_id FROM %s)", RESULT)
        return SQL(
            """(SELECT result.*, customer.id AS owner_id
                  FROM %s AS result
                  JOIN crm_customer AS customer ON customer.partner_id = result.subject_id AND customer.company_id = %s)""",
            RESULT, self.company_id.id)

    def _update_verdicts(self):
        pairs = [(SQL.identifier(column), SQL.identifier('result', source)) for column, source in VERDICT_COLUMNS]
        self.env.cr.execute(SQL(
            """UPDATE crm_grade_verdict AS verdict
                  SET %(pairs)s,
                      override_reason = CASE WHEN result.overridden THEN override_reason END,
                      override_user_id = CASE WHEN result.overridden THEN override_user_id END,
                      write_uid = %(uid)s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM %(result)s AS result
                WHERE verdict.id = result.verdict_id AND (%(olds)s) IS DISTINCT FROM (%(values)s)""",
            pairs=SQL(", ").join(SQL("%s = %s", name, value) for name, value in pairs), uid=self.env.uid, result=RESULT,
            olds=SQL(", ").join(SQL("verdict.%s", name) for name, _value in pairs),
            values=SQL(", ").join(value for _name, value in pairs)))

    def _create_verdicts(self):
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grade_verdict (scheme_id, company_id, %(field)s, create_uid, write_uid, create_date, write_date,
                                              %(names)s)
               SELECT %(scheme)s, %(company)s, result.owner_id, %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                      NOW() AT TIME ZONE 'UTC', %(values)s
                 FROM %(owned)s AS result WHERE result.verdict_id IS NULL""",
            field=SQL.identifier(self._subject_field()), scheme=self.id, company=self.company_id.id, uid=self.env.uid,
            names=SQL(", ").join(SQL.identifier(column) for column, _source in VERDICT_COLUMNS),
            values=SQL(", ").join(SQL.identifier('result', source) for _column, source in VERDICT_COLUMNS),
            owned=self._owned_sql()))

    def _append_history(self, run):
        """Record every change of a grade in force; the policies of the leading grade are then to be carried over."""
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grade_history (%(field)s, scheme_id, company_id, date, old_grade_id, grade_id, move, reason,
                                              score, run_id, policy_done, create_uid, write_uid, create_date, write_date)
               SELECT result.owner_id, %(scheme)s, %(company)s, %(date)s, result.grade_id, result.in_force_id, result.move,
                      CASE WHEN override_grade_id IS NOT NULL AND NOT overridden THEN 'expiry' ELSE 'run' END,
                      result.score, %(run)s, %(done)s, %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                 FROM %(owned)s AS result
                WHERE result.move IS NOT NULL
                ORDER BY result.owner_id""",
            field=SQL.identifier(self._subject_field()), scheme=self.id, company=self.company_id.id, date=run.date,
            run=run.id, done=not self.is_leading, uid=self.env.uid, owned=self._owned_sql()))
