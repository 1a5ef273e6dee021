from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure

RECEIVED = SQL("fact.channel = 'received'")


class CrmMetric(models.Model):
    """Contact: touches with the customer in any channel.

    A touch is a message that a contact of the customer wrote (received) or that was addressed to one (sent), whatever the
    document; a call or a meeting done, from the planned activities; an appointment in the calendar that has begun and
    was not declined. Not a touch: internal notes, tracking, automatic messages. What belongs to no company (such as a message
    on the contact itself) counts in each.
    """
    _inherit = 'crm.metric'

    def _fact_touch(self, scope):
        """Return the fact of touches: ``channel`` is received, sent, activity, meeting or what other addons add."""
        return Fact('touch', SQL(" UNION ALL ").join(self._touch_sources(scope)))

    def _touch_sources(self, scope):
        """Return the relations ``(subject_id, date, channel)`` that touches are read from.

        An addon whose records are touches adds its relation. What they stand for among activities and appointments it takes
        out by :meth:`_is_touching_activity` and :meth:`_is_touching_meeting`: nothing is counted twice.
        """
        return [
            SQL("SELECT subject_id, date, channel FROM (%s) AS message", self._touch_messages(scope)),
            SQL("SELECT subject_id, date, 'activity' AS channel FROM (%s) AS activity", self._touch_activities(scope)),
            SQL("SELECT subject_id, date, 'meeting' AS channel FROM (%s) AS meeting", self._touch_meetings(scope)),
        ]

    def _is_touching_activity(self):
        """Return the condition that ``activity`` is a call or meeting done; meetings in the calendar are counted there."""
        return SQL(
            """NOT activity.active AND activity.date_done IS NOT NULL AND activity.calendar_event_id IS NULL
               AND activity.activity_type_id IN (SELECT id FROM mail_activity_type WHERE category IN ('phonecall', 'meeting'))""")

    def _is_touching_meeting(self):
        """Return the condition that the calendar's ``event`` takes place."""
        return SQL("event.active")

    def _is_touching_message(self):
        """Return the condition that ``message`` is one between people."""
        return SQL(
            """message.message_type NOT IN ('notification', 'user_notification', 'auto_comment', 'out_of_office')
               AND message.model IS NOT NULL AND message.is_internal IS NOT TRUE
               AND (message.subtype_id IS NULL OR message.subtype_id NOT IN (SELECT id FROM mail_message_subtype WHERE internal))""")

    def _touch_messages(self, scope):
        # a message from one contact of a customer to another one is one touch
        day = scope.day(SQL("message.date"))
        return SQL(
            """SELECT partner.commercial_partner_id AS subject_id, %(day)s AS date, MIN(side.channel) AS channel
                 FROM (SELECT id AS message_id, author_id AS partner_id, 'received' AS channel
                         FROM mail_message message WHERE author_id IS NOT NULL AND %(touching)s
                        UNION ALL
                       SELECT mail_message_id, res_partner_id, 'sent' FROM mail_notification WHERE res_partner_id IS NOT NULL
                        UNION ALL
                       SELECT mail_message_id, res_partner_id, 'sent' FROM mail_message_res_partner_rel) AS side
                 JOIN mail_message message ON message.id = side.message_id
                 JOIN res_partner partner ON partner.id = side.partner_id
                WHERE %(touching)s AND %(day)s <= %(date)s
                  AND (message.record_company_id = %(company)s OR message.record_company_id IS NULL)
             GROUP BY partner.commercial_partner_id, message.id""",
            day=day, touching=self._is_touching_message(), date=scope.date, company=scope.company.id)

    def _touch_activities(self, scope):
        return self._activities(scope, self._is_touching_activity(), SQL("activity.date_done"))

    def _touch_meetings(self, scope):
        day = self._meeting_day(scope)
        return SQL(
            """SELECT partner.commercial_partner_id AS subject_id, %(day)s AS date
                 FROM calendar_event event
                 JOIN calendar_attendee attendee ON attendee.event_id = event.id AND attendee.state <> 'declined'
                 JOIN res_partner partner ON partner.id = attendee.partner_id
            LEFT JOIN crm_lead lead ON lead.id = event.opportunity_id
                WHERE %(touching)s AND %(day)s <= %(date)s
                  AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
             GROUP BY partner.commercial_partner_id, event.id""",
            day=day, touching=self._is_touching_meeting(), date=scope.date, company=scope.company.id)

    def _meeting_day(self, scope):
        return SQL("CASE WHEN event.allday THEN event.start_date ELSE %s END", scope.day(SQL("event.start")))

    def _metric_touch_count(self, scope):
        """Number of touches in any channel."""
        fact = self._fact_touch(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_touch_recency(self, scope):
        """Days since the last touch in any channel; 0 on the day itself."""
        fact = self._fact_touch(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date))))

    def _metric_message_received(self, scope):
        """Number of messages that contacts of the customer wrote."""
        fact = self._fact_touch(scope)
        return Measure(fact, fact.count(self._window(scope.date), RECEIVED))

    def _metric_message_recency(self, scope):
        """Days since a contact of the customer last wrote."""
        fact = self._fact_touch(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date), RECEIVED)))

    def _fact_contact(self, scope):
        """Return the fact of the people known at the customer; addresses for invoices and deliveries are none."""
        day = scope.day(SQL("create_date"))
        return Fact('contact', SQL(
            """SELECT commercial_partner_id AS subject_id, %(day)s AS date
                 FROM res_partner
                WHERE id <> commercial_partner_id AND active AND type = 'contact' AND is_company IS NOT TRUE
                  AND (company_id = %(company)s OR company_id IS NULL) AND %(day)s <= %(date)s""",
            day=day, company=scope.company.id, date=scope.date))

    def _metric_contact_count(self, scope):
        """Number of active contacts."""
        fact = self._fact_contact(scope)
        return Measure(fact, fact.count(self._window(scope.date)))
