from odoo import models
from odoo.tools import SQL

from .crm_grading_apply import RESULT

SHOWN = (('grade_id', 'in_force_id'), ('score', 'score'), ('rfm_segment_id', 'segment_id'), ('grade_date', 'new_since'))


class CrmCustomer(models.Model):
    """Recording: profiles come into being and take over the measured values, set-based, rewriting only what changes."""
    _inherit = 'crm.customer'

    def _profiled_partners(self, company):
        """Return the sub-select of the partners that get a profile in a company.

        Commercial partners of this company or of none, neither internal users nor companies of this database, nor pure
        vendors. Archived partners keep the profile they have, but take no part in runs.
        """
        return SQL(
            """SELECT partner.id
                 FROM res_partner AS partner
                WHERE partner.commercial_partner_id = partner.id
                  AND partner.active
                  AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                  AND (partner.customer_rank > 0 OR COALESCE(partner.supplier_rank, 0) = 0)
                  AND NOT EXISTS (SELECT FROM res_users WHERE partner_id = partner.id AND share IS NOT TRUE)
                  AND NOT EXISTS (SELECT FROM res_company WHERE partner_id = partner.id)""",
            company=company.id)

    def _record(self, company, date, metrics, values, graded=False):
        """Bring the profiles of a company up to date, each written once.

        :param metrics: metrics to keep on the profiles
        :param values: SQL name of the table of values (``subject_id`` and a column per metric)
        :param graded: whether the table of results holds what the leading scheme says
        """
        columns = [(SQL.identifier('active'), SQL("partner.active")), (SQL.identifier('user_id'), SQL("partner.user_id"))]
        loose = []
        for metric in metrics:
            value = SQL.identifier('measured', metric._column())
            if not metric.profile_field:
                loose.append(SQL("%s, %s", str(metric.id), value))
                continue
            columns.append((SQL.identifier(metric.profile_field), self._stored_sql(metric, value, date)))
        document = SQL("NULLIF(jsonb_strip_nulls(jsonb_build_object(%s)), '{}')", SQL(", ").join(loose)) if loose else SQL("NULL::jsonb")
        columns.append((SQL.identifier('metric_values'), document))
        source = SQL("%s AS measured JOIN res_partner AS partner ON partner.id = measured.subject_id", values)
        if graded:
            source = SQL("%s LEFT JOIN %s AS result ON result.subject_id = measured.subject_id", source, RESULT)
            columns += [(SQL.identifier(column), SQL.identifier('result', name)) for column, name in SHOWN]
        self._update_profiles(company, source, columns, graded)
        moved = [(SQL.identifier('grade_move'), SQL.identifier('result', 'move'))] if graded else []
        self._create_profiles(company, date, source, columns + moved)
        self.env['crm.customer'].invalidate_model()

    def _stored_sql(self, metric, value, date):
        """Return ``value`` as the type of the profile field that shows it."""
        field = self._fields[metric.profile_field]
        if field.type == 'date':
            return SQL("(%s::date - %s::int)", date, value)
        if field.type == 'integer':
            return SQL("%s::int", value)
        return SQL("%s::numeric", value) if field.type == 'monetary' else value

    def _update_profiles(self, company, source, columns, graded):
        move = SQL(", grade_move = COALESCE(result.move, customer.grade_move)") if graded else SQL()
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS customer
                  SET %s%s, write_uid = %s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM %s
                WHERE customer.company_id = %s AND customer.partner_id = measured.subject_id
                  AND (%s) IS DISTINCT FROM (%s)""",
            SQL(", ").join(SQL("%s = %s", name, value) for name, value in columns), move, self.env.uid,
            source, company.id,
            SQL(", ").join(SQL("customer.%s", name) for name, _value in columns),
            SQL(", ").join(value for _name, value in columns)))

    def _create_profiles(self, company, date, source, columns):
        """Create the missing profiles, in their first life-cycle state: assigning it later would write each row twice."""
        columns = [
            (SQL.identifier('partner_id'), SQL("partner.id")), (SQL.identifier('company_id'), SQL("%s", company.id)),
            (SQL.identifier('create_uid'), SQL("%s", self.env.uid)), (SQL.identifier('write_uid'), SQL("%s", self.env.uid)),
            (SQL.identifier('create_date'), SQL("NOW() AT TIME ZONE 'UTC'")),
            (SQL.identifier('write_date'), SQL("NOW() AT TIME ZONE 'UTC'")), *columns]
        States = self.env['crm.lifecycle.state'].sudo()  # the states of the company, whoever starts the run
        self.env.cr.execute(SQL(
            """WITH created AS (
                   INSERT INTO crm_customer (%(names)s, lifecycle_id, lifecycle_date)
                   SELECT customer.*, %(state)s, CASE WHEN %(state)s IS NOT NULL THEN %(date)s::date END
                     FROM (SELECT %(values)s
                             FROM %(source)s
                            WHERE NOT EXISTS (
                                  SELECT FROM crm_customer WHERE partner_id = partner.id AND company_id = %(company)s)
                            ORDER BY partner.id) AS customer
                RETURNING id, lifecycle_id)
               %(history)s""",
            names=SQL(", ").join(name for name, _value in columns),
            values=SQL(", ").join(SQL("%s AS %s", value, name) for name, value in columns),
            state=States._first_state_sql(company, date), date=date, source=source, company=company.id,
            history=States._first_history_sql(company, date)))

    def _drop_left_grades(self, company):
        """Take the grade off the profiles that take no part in runs any more (archived, or under another company)."""
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS customer
                  SET grade_id = result.in_force_id, score = NULL, grade_date = result.new_since, grade_move = result.move,
                      rfm_segment_id = NULL, write_uid = %s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM %s AS result
                WHERE customer.company_id = %s AND customer.partner_id = result.subject_id
                  AND result.status = 'out' AND result.move IS NOT NULL
                  AND customer.grade_id IS DISTINCT FROM result.in_force_id""", self.env.uid, RESULT, company.id))
