from odoo import api, models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """How well we know somebody, and leads: their own figures and the touches with them.

    Leads of no company count in each, as Odoo shows them there.
    """
    _inherit = 'crm.metric'

    @api.model
    def _profile_fields(self, model):
        """Return the stored fields whose share filled in is the completeness of a customer's or a lead's profile."""
        return {
            'res.partner': ['email', 'phone', 'street', 'city', 'country_id', 'industry_id', 'website', 'vat'],
            'crm.lead': ['email_from', 'phone', 'contact_name', 'partner_name', 'function', 'city', 'country_id', 'website'],
        }[model]

    def _completeness(self, model, alias):
        """Return the SQL of the percentage of the profile fields of the row ``alias`` that are filled in."""
        names = self._profile_fields(model)
        filled = SQL(" + ").join(
            SQL("(COALESCE(%s::varchar, '') <> '')::int", SQL.identifier(alias, name)) for name in names)
        return SQL("100.0 * (%s) / %s", filled, len(names))

    def _fact_profile(self, scope):
        """Return the fact of the customer's own address, as it is now."""
        return Fact('profile', SQL(
            "SELECT id AS subject_id, %s AS date, %s AS completeness FROM res_partner partner WHERE id = commercial_partner_id",
            scope.date, self._completeness('res.partner', 'partner')))

    def _metric_completeness(self, scope):
        """Percentage of the customer's profile that is filled in: email, phone, address, industry, website, tax number."""
        return Measure(self._fact_profile(scope), SQL("MAX(fact.completeness)"))

    # ------------------------------------------------------------------
    # Leads
    # ------------------------------------------------------------------

    def _fact_lead(self, scope):
        """Return the fact of leads and opportunities: one row each."""
        day = scope.day(SQL("lead.create_date"))
        return Fact('lead', SQL(
            """SELECT lead.id AS subject_id, %(day)s AS date, lead.probability, lead.expected_revenue,
                      %(completeness)s AS completeness
                 FROM crm_lead lead
                WHERE (lead.company_id = %(company)s OR lead.company_id IS NULL) AND %(day)s <= %(date)s""",
            day=day, completeness=self._completeness('crm.lead', 'lead'), company=scope.company.id, date=scope.date))

    def _metric_lead_probability(self, scope):
        """Probability of success of the lead, as Odoo or a person put it."""
        return Measure(self._fact_lead(scope), SQL("MAX(fact.probability)"))

    def _metric_lead_revenue(self, scope):
        """Expected revenue of the lead."""
        return Measure(self._fact_lead(scope), SQL("MAX(fact.expected_revenue)"))

    def _metric_lead_completeness(self, scope):
        """Percentage of the lead's profile that is filled in."""
        return Measure(self._fact_lead(scope), SQL("MAX(fact.completeness)"))

    def _metric_lead_age(self, scope):
        """Days since the lead arose; 0 on the day itself."""
        return Measure(self._fact_lead(scope), SQL("%s - MIN(fact.date)", scope.date))

    def _fact_lead_touch(self, scope):
        """Return the fact of touches with a lead."""
        return Fact('lead_touch', SQL(
            """SELECT touch.lead_id AS subject_id, touch.date
                 FROM (%(sources)s) AS touch
                 JOIN crm_lead lead ON lead.id = touch.lead_id
                WHERE (lead.company_id = %(company)s OR lead.company_id IS NULL) AND touch.date <= %(date)s""",
            sources=SQL(" UNION ALL ").join(self._lead_touch_sources(scope)), company=scope.company.id, date=scope.date))

    def _lead_touch_sources(self, scope):
        """Return the relations ``(lead_id, date)`` of messages on a lead, calls and meetings done, appointments that have begun.

        Other addons add theirs, as to :meth:`_touch_sources`.
        """
        return [
            SQL(
                """SELECT message.res_id AS lead_id, %s AS date
                     FROM mail_message message WHERE message.model = 'crm.lead' AND %s""",
                scope.day(SQL("message.date")), self._is_touching_message()),
            SQL(
                """SELECT activity.res_id AS lead_id, activity.date_done AS date
                     FROM mail_activity activity WHERE activity.res_model = 'crm.lead' AND %s""", self._is_touching_activity()),
            SQL(
                """SELECT event.opportunity_id AS lead_id, %s AS date
                     FROM calendar_event event WHERE event.opportunity_id IS NOT NULL AND %s""",
                self._meeting_day(scope), self._is_touching_meeting()),
        ]

    def _metric_lead_touch_count(self, scope):
        """Number of touches with the lead."""
        fact = self._fact_lead_touch(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_lead_touch_recency(self, scope):
        """Days since the last touch with the lead; 0 on the day itself."""
        fact = self._fact_lead_touch(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date))))
