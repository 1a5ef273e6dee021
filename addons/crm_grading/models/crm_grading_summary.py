from odoo import models
from odoo.tools import SQL

from .crm_grading_apply import MOVE, RESULT


class CrmGradingRun(models.Model):
    """What a run found, scheme by scheme: customers and value per grade, and the values that separate the levels."""
    _inherit = 'crm.grading.run'

    def _summarize(self, scheme):
        """Append the distribution of a scheme's results and its cut points to the run."""
        simulated = self.kind == 'simulation'
        before, after = SQL("grade_id"), SQL("computed_grade_id") if simulated else SQL("in_force_id")
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grading_run_result (run_id, date, company_id, scheme_id, grade_id, status, sequence, customers,
                      amount, customer_share, amount_share, arrived, gone, create_uid, write_uid, create_date, write_date)
               SELECT %(run)s, %(date)s, %(company)s, %(scheme)s, side.grade_id, side.status, COALESCE(grade.sequence, 1000000),
                      SUM(customers), SUM(amount),
                      100.0 * SUM(customers) / NULLIF(SUM(SUM(customers)) OVER (), 0),
                      100.0 * SUM(amount) / NULLIF(SUM(SUM(amount)) OVER (), 0),
                      SUM(arrived), SUM(gone), %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                 FROM (SELECT %(after)s AS grade_id, CASE WHEN %(after)s IS NULL THEN status ELSE 'graded' END AS status,
                              COUNT(*) AS customers, SUM(amount) AS amount,
                              COUNT(*) FILTER (WHERE %(before)s IS DISTINCT FROM %(after)s) AS arrived, 0 AS gone
                         FROM %(result)s WHERE status <> 'out' GROUP BY 1, 2
                       UNION ALL
                       SELECT %(before)s, 'graded', 0, 0, 0, COUNT(*)
                         FROM %(result)s WHERE %(before)s IS NOT NULL AND %(before)s IS DISTINCT FROM %(after)s GROUP BY 1
                      ) AS side
                 LEFT JOIN crm_grade AS grade ON grade.id = side.grade_id
                GROUP BY side.grade_id, side.status, grade.sequence""",
            run=self.id, date=self.date, company=self.company_id.id, scheme=scheme.id, uid=self.env.uid, result=RESULT,
            before=before, after=after))
        self.env['crm.grading.run.result'].invalidate_model()
        self.cut_points = {**(self.cut_points or {}), **self._cut_points(scheme)}

    def _cut_points(self, scheme):
        """Return by dimension id the lowest and highest value of each level and of each computed grade."""
        found = {}
        for dimension in scheme.dimension_ids:
            ranges = {'levels': SQL.identifier(f'l{dimension.id}'), 'grades': SQL("computed_grade_id")}
            found[str(dimension.id)] = {
                name: {str(key): [low, high] for key, low, high in self.env.execute_query(SQL(
                    "SELECT %(key)s, MIN(%(value)s), MAX(%(value)s) FROM %(result)s"
                    " WHERE %(key)s IS NOT NULL AND %(value)s IS NOT NULL GROUP BY 1 ORDER BY 1",
                    key=key, value=SQL.identifier(f'v{dimension.id}'), result=RESULT))}
                for name, key in ranges.items()}
        return found

    def _append_movers(self, scheme):
        """Append the customers whose grade a simulated scheme would change."""
        subject = SQL("lead_id") if scheme.population == 'lead' else SQL("partner_id")
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grading_run_mover (run_id, scheme_id, %(subject)s, old_grade_id, grade_id, move, score, amount,
                                                  create_uid, write_uid, create_date, write_date)
               SELECT %(run)s, %(scheme)s, result.subject_id, old_grade.id, grade.id, %(move)s, result.score, result.amount,
                      %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                 FROM %(result)s AS result
                 LEFT JOIN crm_grade AS old_grade ON old_grade.id = result.grade_id
                 LEFT JOIN crm_grade AS grade ON grade.id = result.computed_grade_id
                WHERE result.grade_id IS DISTINCT FROM result.computed_grade_id
                ORDER BY result.subject_id""",
            subject=subject, run=self.id, scheme=scheme.id, move=MOVE, uid=self.env.uid, result=RESULT))
        self.env['crm.grading.run.mover'].invalidate_model()


class CrmGradingScheme(models.Model):
    """Replay: the scheme as it is written now, on the figures of any day, without putting anything in force."""
    _inherit = 'crm.grading.scheme'

    def _simulate(self, date=None):
        """Compute the scheme as of a day and compare with the grades in force.

        :param date: as-of day in the company's time zone; default: today there
        :return: a run of kind simulation with the distribution and the movers
        :raise UserError: if the scheme is not complete
        """
        self.ensure_one()
        self._check_complete()
        company = self.company_id
        run = self.env['crm.grading.run'].sudo().create({  # only runs write runs; who may read this scheme may dry-run it
            'company_id': company.id, 'kind': 'simulation',
            'date': company._crm_metric_scope(date).date})
        scheme = self.sudo()  # a dry run counts all customers of the company, as the run itself would
        values = scheme._replay_values(run.date)
        scheme._compare_result(values)
        run._summarize(scheme)
        run._append_movers(scheme)
        run.population = self.env.execute_query(SQL("SELECT COUNT(*) FROM %s WHERE status <> 'out'", RESULT))[0][0]
        run._finish()
        run.write({
            f'{move}_count': sum(mover.move == move for mover in run.mover_ids) for move in ('up', 'down')})
        return run

    def _replay_values(self, date):
        """Measure the scheme's metrics as of a day and return the name of the table."""
        self.env.flush_all()
        company = self.company_id
        if self.population == 'lead':
            return self._metrics()._measure_into('lead', company, date, self._lead_population(company))
        return self._metrics()._measure_into('customer', company, date, self.env['crm.customer']._profiled_partners(company))

    def _lead_population(self, company):
        """Return the sub-select of the open leads of a company that no contact stands behind yet."""
        return SQL(
            "SELECT id FROM crm_lead WHERE active AND partner_id IS NULL AND (company_id IS NULL OR company_id = %s)", company.id)

    def _compare_result(self, values):
        """Fill the table of results with computed grades beside the grades that the scheme (or its origin) has given."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", RESULT))
        self.env.cr.execute(SQL(
            """
            CREATE TEMP TABLE crm_grading_result ON COMMIT DROP AS
            WITH graded AS MATERIALIZED (%(graded)s),
                 given AS MATERIALIZED (%(given)s)
            SELECT graded.*, given.grade_id FROM graded LEFT JOIN given USING (subject_id)
            UNION ALL
            SELECT subject_id, 'out', NULL, NULL, NULL, NULL, NULL%(blank)s, grade_id
              FROM given
             WHERE grade_id IS NOT NULL AND NOT EXISTS (SELECT FROM graded WHERE graded.subject_id = given.subject_id)
            """,
            graded=self._graded_sql(values), given=(self.origin_id or self)._given_sql(), blank=self._blank_sql()))

    def _replay(self, date):
        """Compute the scheme as of a day, without grace and overrides.

        :param date: as-of day in the company's time zone
        :return: ``{partner (or lead) id: (grade id or None, score, amount)}`` of the members
        """
        self.ensure_one()
        scheme = self.sudo()  # a customer's place is taken among all customers of the company
        query = scheme._graded_sql(scheme._replay_values(self.company_id._crm_metric_scope(date).date))
        return {
            subject: (grade, score, amount)
            for subject, grade, score, amount in self.env.execute_query(SQL(
                "SELECT subject_id, computed_grade_id, score, amount FROM (%s) AS graded", query))}
