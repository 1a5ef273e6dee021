from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.reminder import HORIZON, latest_due
from ..tools.step_state import KINDS

ROLES = [
    ('responsible', "Whose turn it is"), ('rep', "Salesperson"), ('warehouse', "Warehouse"), ('finance', "Finance"),
    ('manager', "Team leader"),
]


class CrmContractReminder(models.Model):
    """A rule by which people are reminded of steps: which steps, when, whom and how.

    Of several rules for the same person and step whose day has come, the latest counts: after a long silence nobody gets the whole
    series at once.
    """
    _name = 'crm.contract.reminder'
    _description = "Contract Reminder"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: for all companies.")
    kind = fields.Selection(KINDS, "Kind of Step", help="Empty: steps of all kinds.")
    type_ids = fields.Many2many('crm.contract.type', string="Contract Types", help="Empty: contracts of all types.")
    grade_ids = fields.Many2many('crm.grade', string="Customer Grades", help="Empty: customers of all grades, and those without one.")

    # when
    trigger = fields.Selection(
        [('due', "Due day"), ('shortage', "Stock short for a delivery")], required=True, default='due',
        help="A shortage is told from so many days before the delivery is due until it is over, once.")
    days = fields.Integer(help="Days from the due day; 0: on the day itself.")
    timing = fields.Selection([('before', "before"), ('after', "after")], required=True, default='before')
    is_working_days = fields.Boolean(
        "On Working Days Only", default=True,
        help="On days off of the company nobody is reminded: before the due day it is done earlier, from the due day on later.")

    # whom, how
    role = fields.Selection(ROLES, "Remind", required=True, default='responsible')
    by_activity = fields.Boolean("Activity", default=True)
    by_mail = fields.Boolean("Message", help="One message a day with all that is new; as mail or in the inbox, as the person prefers.")
    note = fields.Char("What to Do", translate=True)
    escalate_days = fields.Integer(
        "Escalate After", help="So many days after the reminder the next person is told, unless the step is done; 0: nobody.")
    escalate_role = fields.Selection(ROLES, "Escalate To", required=True, default='manager')
    log_count = fields.Integer("Sent", compute='_compute_log_count')

    _days_positive = models.Constraint('CHECK(days >= 0 AND escalate_days >= 0)', "Days are counted from 0 on.")
    _some_way = models.Constraint('CHECK(by_activity OR by_mail)', "A reminder is an activity, a message, or both.")
    _shortage_of_deliveries = models.Constraint(
        "CHECK(trigger <> 'shortage' OR (kind = 'deliver' AND timing = 'before'))",
        "Stock runs short for deliveries, before they are due. Choose the kind “Deliver” and “before”.")

    def _compute_log_count(self):
        counts = dict(self.env['crm.contract.reminder.log']._read_group([('reminder_id', 'in', self.ids)], ['reminder_id'], ['__count']))
        for rule in self:
            rule.log_count = counts.get(rule, 0)

    def action_open_log(self):
        """Open what was sent by the rules."""
        return {**self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_contract_reminder_log_action'),
                'domain': [('reminder_id', 'in', self.ids)]}

    # ------------------------------------------------------------------
    # Which reminders are due
    # ------------------------------------------------------------------

    @api.model
    def _days_off(self, company, today):
        """Return a function that says whether a day around ``today`` is one on which the company does not work."""
        calendar = company.sudo().resource_calendar_id   # the calendar of a company is no secret
        if not calendar:
            return lambda day: False
        zone = pytz.timezone(company._crm_tz())
        start, end = (
            zone.localize(datetime.combine(today + timedelta(days=days), time.min)) for days in (-2 * HORIZON, 2 * HORIZON))
        intervals = calendar._work_intervals_batch(start, end)[False]
        worked = {begin.astimezone(zone).date() for begin, _end, _meta in intervals}
        return lambda day: day not in worked

    def _thresholds(self, company, today):
        """Return ``[(rule, days after the due day, latest due day)]`` of the rules whose day may have come."""
        is_off = self._days_off(company, today)
        found = []
        for rule in self.filtered(lambda rule: rule.company_id in (company, company.browse())):
            if rule.is_working_days and is_off(today):
                continue
            offset = -rule.days if rule.timing == 'before' else rule.days
            found.append((rule, offset, latest_due(today, offset, is_off) if rule.is_working_days else latest_due(today, offset)))
        return found

    def _applies_sql(self):
        """Return the condition that a rule (``reminder``) is for a step (``step``) of a contract (``contract``)."""
        return SQL(
            """(reminder.kind IS NULL OR reminder.kind = step.kind)
               AND step.state NOT IN ('done', 'void')
               AND (step.contract_state IN ('signed', 'executing') OR step.is_settlement AND step.contract_state = 'terminated')
               AND (NOT EXISTS (SELECT FROM crm_contract_reminder_crm_contract_type_rel AS rel
                                 WHERE rel.crm_contract_reminder_id = reminder.id)
                    OR EXISTS (SELECT FROM crm_contract_reminder_crm_contract_type_rel AS rel
                                WHERE rel.crm_contract_reminder_id = reminder.id AND rel.crm_contract_type_id = contract.type_id))
               AND (NOT EXISTS (SELECT FROM crm_contract_reminder_crm_grade_rel AS rel WHERE rel.crm_contract_reminder_id = reminder.id)
                    OR EXISTS (SELECT FROM crm_contract_reminder_crm_grade_rel AS rel
                                 JOIN crm_customer AS customer ON customer.grade_id = rel.crm_grade_id
                                WHERE rel.crm_contract_reminder_id = reminder.id
                                  AND customer.partner_id = step.partner_id AND customer.company_id = step.company_id))""")

    def _due_sql(self, company, today):
        """Return the query for ``(step_id, reminder_id, date_due, level)`` of reminders of due days that have come and were not given.

        None where no rule has anything to say today.
        """
        rules = self.filtered(lambda rule: rule.trigger == 'due')._thresholds(company, today)
        if not rules:
            return None
        values = SQL(", ").join(SQL("(%s, %s, %s::date)", rule.id, offset, latest) for rule, offset, latest in rules)
        return SQL(
            """SELECT found.*
                 FROM (SELECT DISTINCT ON (step.id, reminder.role)
                              step.id AS step_id, reminder.id AS reminder_id, step.date_due, 'remind' AS level
                         FROM (VALUES %(rules)s) AS rule (id, days, latest)
                         JOIN crm_contract_reminder AS reminder ON reminder.id = rule.id
                         JOIN crm_contract_step AS step ON step.company_id = %(company)s AND step.date_due <= rule.latest
                              AND (rule.days >= 0 OR step.date_due >= %(today)s)
                         JOIN crm_contract AS contract ON contract.id = step.contract_id
                        WHERE %(applies)s
                        ORDER BY step.id, reminder.role, rule.days DESC, reminder.id) AS found
                WHERE NOT EXISTS (
                      SELECT FROM crm_contract_reminder_log AS log
                       WHERE log.step_id = found.step_id AND log.reminder_id = found.reminder_id AND log.date_due = found.date_due
                         AND log.level = found.level)""",
            rules=values, company=company.id, today=today, applies=self._applies_sql())

    def _shortage_sql(self, company, today):
        """Like :meth:`_due_sql`, of deliveries for which stock runs short."""
        rules = self.filtered(lambda rule: rule.trigger == 'shortage')._thresholds(company, today)
        if not rules:
            return None
        values = SQL(", ").join(SQL("(%s, %s::date)", rule.id, latest) for rule, _offset, latest in rules)
        deliveries = self.env['crm.contract.delivery'].with_context(allowed_company_ids=company.ids)
        return SQL(
            """SELECT DISTINCT step.id AS step_id, reminder.id AS reminder_id, step.date_due, 'shortage' AS level
                 FROM (VALUES %(rules)s) AS rule (id, latest)
                 JOIN crm_contract_reminder AS reminder ON reminder.id = rule.id
                 JOIN (%(deliveries)s) AS delivery ON delivery.company_id = %(company)s AND delivery.shortage > 0
                 JOIN crm_contract_step AS step ON step.id = delivery.step_id AND step.date_due <= rule.latest
                 JOIN crm_contract AS contract ON contract.id = step.contract_id
                WHERE %(applies)s
                  AND NOT EXISTS (
                      SELECT FROM crm_contract_reminder_log AS log
                       WHERE log.step_id = step.id AND log.reminder_id = reminder.id AND log.date_due = step.date_due
                         AND log.level = 'shortage')""",
            rules=values, company=company.id, deliveries=deliveries._table_query, applies=self._applies_sql())

    def _escalation_sql(self, company, today):
        """Like :meth:`_due_sql`, of steps that are still open so many days after their reminder."""
        rules = self.filtered(lambda rule: rule.escalate_days and rule.company_id in (company, company.browse()))
        is_off = self._days_off(company, today)
        values = SQL(", ").join(
            SQL("(%s, %s::date)", rule.id, today - timedelta(days=rule.escalate_days))
            for rule in rules if not (rule.is_working_days and is_off(today)))
        if not values.code:
            return None
        return SQL(
            """SELECT log.step_id, log.reminder_id, log.date_due, 'escalate' AS level
                 FROM (VALUES %(rules)s) AS rule (id, day)
                 JOIN crm_contract_reminder AS reminder ON reminder.id = rule.id
                 JOIN crm_contract_reminder_log AS log
                      ON log.reminder_id = rule.id AND log.level IN ('remind', 'shortage') AND log.date <= rule.day
                 JOIN crm_contract_step AS step
                      ON step.id = log.step_id AND step.date_due = log.date_due AND step.company_id = %(company)s
                 JOIN crm_contract AS contract ON contract.id = step.contract_id
                WHERE %(applies)s
                  AND NOT EXISTS (
                      SELECT FROM crm_contract_reminder_log AS told
                       WHERE told.step_id = log.step_id AND told.reminder_id = log.reminder_id AND told.date_due = log.date_due
                         AND told.level = 'escalate')""",
            rules=values, company=company.id, applies=self._applies_sql())
