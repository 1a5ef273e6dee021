from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

SOURCES = [('recorded', "As recorded then"), ('replayed', "With the scheme as it is now")]


class CrmGradingScheme(models.Model):
    """The grades of a scheme as of any day, in a table for reports: as they were recorded, or replayed."""
    _inherit = 'crm.grading.scheme'

    def _grades_into(self, name, date, source):
        """Put everybody's grade as of a day into a temporary table that lives until the end of the transaction.

        Nothing is said about access: whoever calls decides who may see the grades of all customers of the company.

        :param str name: name of the table to be (re)made
        :param date: as-of day (included) in the company's time zone
        :param source: 'recorded' for the grades in force then, with grace and overrides; 'replayed' for the scheme as it is
            written now on the figures of then
        :return: SQL name of the table: ``subject_id`` (partner, or lead), ``grade_id`` (NULL: no grade), ``score``, ``amount``
            (of the share metric on that day), ``segment_id``
        :raise UserError: on a day in the future, or if the scheme is not complete
        """
        self.ensure_one()
        company = self.company_id.sudo()  # its calendar and clock are no secret
        if date > company._crm_today():
            raise UserError(self.env._("%(date)s is in the future. Choose today or a day in the past.", date=date))
        scheme = self.sudo()  # a customer's place is taken among all customers of the company
        scheme._check_complete()
        query = scheme._replayed_sql(date) if source == 'replayed' else scheme._recorded_sql(date)
        table = SQL("pg_temp.%s", SQL.identifier(name))
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", SQL.identifier(name), query))
        self.env.cr.execute(SQL("ANALYZE %s", table))
        return table

    def _recorded_since(self):
        """Return the first day with a recorded grade of the scheme, None if there is none."""
        history = self.env['crm.grade.history'].sudo()  # a date says nothing about whose grade it is
        return history.search([('scheme_id', '=', self.id)], order='date, id', limit=1).date or None

    def _replayed_sql(self, date):
        return SQL(
            "SELECT subject_id, computed_grade_id AS grade_id, score, amount, segment_id FROM (%s) AS graded",
            self._graded_sql(self._replay_values(date)))

    def _recorded_sql(self, date):
        """Return the query of the grades in force at the end of a day: the last entry in the history until then."""
        lead = self.population == 'lead'
        amounts = SQL("SELECT NULL::int AS subject_id, NULL::float8 AS amount")
        if self.share_metric_id:
            self.env.flush_all()
            population = (
                self._lead_population(self.company_id) if lead else self.env['crm.customer']._profiled_partners(self.company_id))
            amounts = SQL(
                "SELECT subject_id, %s AS amount FROM (%s) AS measured", SQL.identifier(self.share_metric_id._column()),
                self.share_metric_id._values_relation(self.company_id._crm_metric_scope(date), population))
        return SQL(
            """WITH last AS (
                   SELECT DISTINCT ON (history.customer_id, history.lead_id)
                          COALESCE(history.lead_id, customer.partner_id) AS subject_id, history.grade_id, history.score
                     FROM crm_grade_history AS history
                     LEFT JOIN crm_customer AS customer ON customer.id = history.customer_id
                    WHERE history.scheme_id = %s AND history.date <= %s
                    ORDER BY history.customer_id, history.lead_id, history.date DESC, history.id DESC),
                value AS MATERIALIZED (%s)
            SELECT last.subject_id, last.grade_id, last.score, value.amount, NULL::int AS segment_id
              FROM last LEFT JOIN value USING (subject_id)""", self.id, date, amounts)
