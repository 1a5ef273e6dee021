from odoo import models
from odoo.tools import SQL


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

    def _record(self, company, date, metrics, values):
        """Bring the profiles of a company up to date with measured values.

        :param metrics: metrics to keep on the profiles
        :param values: SQL name of the table of values (``subject_id`` and a column per metric)
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
        self._update_profiles(company, values, columns)
        self._create_profiles(company, values, columns)
        self.env['crm.customer'].invalidate_model()

    def _stored_sql(self, metric, value, date):
        """Return ``value`` as the type of the profile field that shows it."""
        field = self._fields[metric.profile_field]
        if field.type == 'date':
            return SQL("(%s::date - %s::int)", date, value)
        if field.type == 'integer':
            return SQL("%s::int", value)
        return SQL("%s::numeric", value) if field.type == 'monetary' else value

    def _update_profiles(self, company, values, columns):
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS customer
                  SET %s, write_uid = %s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM %s AS measured JOIN res_partner AS partner ON partner.id = measured.subject_id
                WHERE customer.company_id = %s AND customer.partner_id = measured.subject_id
                  AND (%s) IS DISTINCT FROM (%s)""",
            SQL(", ").join(SQL("%s = %s", name, value) for name, value in columns), self.env.uid,
            values, company.id,
            SQL(", ").join(SQL("customer.%s", name) for name, _value in columns),
            SQL(", ").join(value for _name, value in columns)))

    def _create_profiles(self, company, values, columns):
        self.env.cr.execute(SQL(
            """INSERT INTO crm_customer (partner_id, company_id, create_uid, write_uid, create_date, write_date, %s)
               SELECT partner.id, %s, %s, %s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC', %s
                 FROM %s AS measured JOIN res_partner AS partner ON partner.id = measured.subject_id
                WHERE NOT EXISTS (SELECT FROM crm_customer WHERE partner_id = partner.id AND company_id = %s)
                ORDER BY partner.id""",
            SQL(", ").join(name for name, _value in columns), company.id, self.env.uid, self.env.uid,
            SQL(", ").join(value for _name, value in columns), values, company.id))
