from odoo import models
from odoo.tools import SQL

RESULT = SQL("pg_temp.crm_grading_result")
KEPT = ('grade_id', 'settled_grade_id', 'pending_since', 'pending_runs', 'pending_on', 'override_grade_id', 'override_until')
VERDICT_COLUMNS = (
    ('status', 'status'), ('grade_id', 'in_force_id'), ('settled_grade_id', 'new_settled_id'),
    ('computed_grade_id', 'computed_grade_id'), ('score', 'score'), ('segment_id', 'segment_id'),
    ('dimension_values', 'dimension_values'), ('pending_since', 'new_pending_since'), ('pending_runs', 'new_pending_runs'),
    ('pending_on', 'new_pending_on'), ('override_grade_id', 'new_override_id'), ('override_until', 'new_override_until'),
)


class CrmGradingScheme(models.Model):
    """From computed grades to grades in force: grace, overrides, history, and what the customer shows."""
    _inherit = 'crm.grading.scheme'

    def _apply(self, run, values, partners=None):
        """Put the verdicts of a scheme in force as of the date of ``run``.

        Idempotent: the same day and the same figures change nothing.

        :param values: SQL name of the table of values
        :param partners: write these customers only (their places among all are still computed from all)
        """
        self.ensure_one()
        self._compute_result(run.date, values, partners)
        self._write_verdicts(run)
        self._append_history(run)
        if self.is_leading and self.population != 'lead':
            self._show_on_customers(run)
        self.env['crm.grade.verdict'].invalidate_model()

    def _compute_result(self, date, values, partners):
        """Fill the temporary table of results: what was in force, what is computed, what is in force from now on."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", RESULT))
        self.env.cr.execute(SQL(
            """
            CREATE TEMP TABLE crm_grading_result ON COMMIT DROP AS
            WITH graded AS MATERIALIZED (%(graded)s),
                 current AS (SELECT * FROM crm_grade_verdict WHERE scheme_id = %(scheme)s),
                 fact AS (%(fact)s),
                 ranked AS (%(ranked)s)
            %(settled)s
            """,
            graded=self._graded_sql(values), scheme=self.id, fact=self._fact_sql(partners),
            ranked=self._ranked_sql(date), settled=self._settled_sql(date)))

    def _fact_sql(self, partners):
        """Return the rows of ``graded`` beside the verdict they meet, and the verdicts that nothing was computed for."""
        field = SQL.identifier(self._subject_field())
        if self.population == 'lead':
            owner, source = SQL("graded.subject_id"), SQL("graded")
        else:
            owner = SQL("customer.id")
            source = SQL(
                "graded JOIN crm_customer AS customer ON customer.partner_id = graded.subject_id AND customer.company_id = %s",
                self.company_id.id)
        kept = SQL(", ").join(SQL("current.%s", SQL.identifier(name)) for name in KEPT)
        met = SQL(
            "SELECT %s AS owner_id, graded.*, current.id AS verdict_id, %s FROM %s LEFT JOIN current ON current.%s = %s",
            owner, kept, source, field, owner)
        if partners is not None:
            return SQL("%s WHERE customer.partner_id IN %s", met, tuple(partners.ids) or (0,))
        blank = SQL("").join(SQL(", NULL::float8, NULL::int") for _dimension in self.dimension_ids)
        return SQL(
            """%(met)s
            UNION ALL
            SELECT current.%(field)s, NULL, 'out', NULL, NULL, NULL, NULL, NULL%(blank)s, current.id, %(kept)s
              FROM current
             WHERE NOT EXISTS (SELECT FROM %(source)s WHERE %(owner)s = current.%(field)s)""",
            met=met, field=field, blank=blank, kept=kept, owner=owner, source=source)

    def _ranked_sql(self, date):
        """Return the facts with what decides about them: overridden?, below the grade in force?, for how long?"""
        return SQL(
            """SELECT fact.*, new_grade.sequence AS new_sequence,
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

    def _write_verdicts(self, run):
        """Create the missing verdicts and rewrite those that changed."""
        pairs = [(SQL.identifier(column), SQL("result.%s", SQL.identifier(source))) for column, source in VERDICT_COLUMNS]
        names = SQL(", ").join(name for name, _value in pairs)
        values = SQL(", ").join(value for _name, value in pairs)
        self.env.cr.execute(SQL(
            """UPDATE crm_grade_verdict AS verdict
                  SET %(pairs)s,
                      since = CASE WHEN verdict.grade_id IS DISTINCT FROM result.in_force_id THEN %(date)s ELSE since END,
                      override_reason = CASE WHEN result.overridden THEN override_reason END,
                      override_user_id = CASE WHEN result.overridden THEN override_user_id END,
                      write_uid = %(uid)s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM %(result)s AS result
                WHERE verdict.id = result.verdict_id AND (%(olds)s) IS DISTINCT FROM (%(values)s)""",
            pairs=SQL(", ").join(SQL("%s = %s", name, value) for name, value in pairs), date=run.date, uid=self.env.uid,
            result=RESULT, olds=SQL(", ").join(SQL("verdict.%s", name) for name, _value in pairs), values=values))
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grade_verdict (scheme_id, company_id, %(field)s, since, create_uid, write_uid, create_date,
                                              write_date, %(names)s)
               SELECT %(scheme)s, %(company)s, result.owner_id, %(date)s, %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                      NOW() AT TIME ZONE 'UTC', %(values)s
                 FROM %(result)s AS result WHERE result.verdict_id IS NULL""",
            field=SQL.identifier(self._subject_field()), names=names, values=values, scheme=self.id,
            company=self.company_id.id, date=run.date, uid=self.env.uid, result=RESULT))

    def _append_history(self, run):
        """Record every change of a grade in force."""
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grade_history (%(field)s, scheme_id, company_id, date, old_grade_id, grade_id, move, reason,
                                              score, run_id, policy_done, create_uid, write_uid, create_date, write_date)
               SELECT result.owner_id, %(scheme)s, %(company)s, %(date)s, result.grade_id, result.in_force_id, %(move)s,
                      CASE WHEN override_grade_id IS NOT NULL AND NOT overridden THEN 'expiry' ELSE 'run' END,
                      result.score, %(run)s, NOT %(leading)s, %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                 FROM %(changes)s
                ORDER BY result.owner_id""",
            field=SQL.identifier(self._subject_field()), scheme=self.id, company=self.company_id.id, date=run.date,
            move=self._move_sql(), run=run.id, leading=self.is_leading, uid=self.env.uid,
            changes=self._changes_sql(SQL("result.grade_id"), SQL("result.in_force_id"))))
        self.env['crm.grade.history'].invalidate_model()

    def _changes_sql(self, old, new):
        """Return the FROM clause of the results in which a grade changed, beside the two grades."""
        return SQL(
            """%(result)s AS result
               LEFT JOIN crm_grade AS old_grade ON old_grade.id = %(old)s
               LEFT JOIN crm_grade AS grade ON grade.id = %(new)s
               WHERE %(old)s IS DISTINCT FROM %(new)s""", result=RESULT, old=old, new=new)

    def _move_sql(self):
        return SQL(
            "CASE WHEN old_grade.id IS NULL THEN 'new' WHEN grade.id IS NULL THEN 'out'"
            " WHEN grade.sequence < old_grade.sequence THEN 'up' ELSE 'down' END")

    def _show_on_customers(self, run):
        """Show the verdict of the leading scheme on the customers."""
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS customer
                  SET verdict_id = verdict.id, grade_id = verdict.grade_id, score = verdict.score,
                      rfm_segment_id = COALESCE(verdict.segment_id, customer.rfm_segment_id), grade_date = verdict.since,
                      grade_move = CASE WHEN customer.grade_id IS DISTINCT FROM verdict.grade_id THEN %(move)s
                                        ELSE customer.grade_move END,
                      write_uid = %(uid)s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM %(result)s AS result
                 JOIN crm_grade_verdict AS verdict ON verdict.scheme_id = %(scheme)s AND verdict.customer_id = result.owner_id
                 LEFT JOIN crm_grade AS old_grade ON old_grade.id = result.grade_id
                 LEFT JOIN crm_grade AS grade ON grade.id = verdict.grade_id
                WHERE customer.id = result.owner_id
                  AND (customer.verdict_id, customer.grade_id, customer.score, customer.grade_date)
                      IS DISTINCT FROM (verdict.id, verdict.grade_id, verdict.score, verdict.since)""",
            move=self._move_sql(), uid=self.env.uid, result=RESULT, scheme=self.id))
        self.env['crm.customer'].invalidate_model()
