from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.cron import commit_progress

BATCH = 200


class CrmLifecycleState(models.Model):
    """Assignment: every customer's state by one statement, and the activity plans of those who entered a state."""
    _inherit = 'crm.lifecycle.state'

    @api.model
    def _assign(self, company, date=None, partners=None):
        """Put every customer of a company into its life-cycle state, by the metrics recorded on the profiles.

        Writes only the profiles whose state changes and appends the changes to the history. The same figures again
        change nothing. Archived customers stay where they are.

        :param date: as-of day in the company's time zone; default: today there
        :param partners: only these customers (contacts stand for their commercial partner)
        :return: number of customers whose state changed
        """
        states = self._ordered(company)
        if not states:
            return 0
        date = fields.Date.to_date(date) or company._crm_today()
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            WITH target AS (
                SELECT customer.id, customer.lifecycle_id AS old_id, customer.lifecycle_date AS since,
                       %(pinned)s AS pinned, CASE WHEN %(pinned)s THEN customer.lifecycle_override_id %(cases)s END AS new_id
                  FROM crm_customer AS customer
                 WHERE customer.company_id = %(company)s AND customer.active IS NOT FALSE AND %(among)s),
            moved AS (
                UPDATE crm_customer AS customer
                   SET lifecycle_id = target.new_id, lifecycle_date = %(date)s,
                       write_uid = %(uid)s, write_date = NOW() AT TIME ZONE 'UTC'
                  FROM target
                 WHERE customer.id = target.id AND target.new_id IS DISTINCT FROM target.old_id
             RETURNING target.*)
            INSERT INTO crm_lifecycle_history
                   (customer_id, company_id, date, old_state_id, state_id, days, direction, manual, plan_done)
            SELECT moved.id, %(company)s, %(date)s, moved.old_id, moved.new_id, GREATEST(%(date)s - moved.since, 0),
                   CASE WHEN moved.since IS NULL THEN 'first'
                        WHEN new_state.is_lost THEN 'lost'
                        WHEN (old_state.is_lost IS NOT TRUE AND (new_state.sequence, new_state.id) < (old_state.sequence, old_state.id))
                             OR new_state.id IS NULL THEN 'back'
                        ELSE 'forward' END,
                   moved.pinned, moved.since IS NULL OR new_state.activity_plan_id IS NULL
              FROM moved
              LEFT JOIN crm_lifecycle_state AS old_state ON old_state.id = moved.old_id
              LEFT JOIN crm_lifecycle_state AS new_state ON new_state.id = moved.new_id
             ORDER BY moved.id
            """,
            pinned=self._pinned_sql(date), cases=states._cases_sql(date), company=company.id, date=date, uid=self.env.uid,
            among=self._among_sql(partners),
        ))
        changed = self.env.cr.rowcount
        if changed:
            self.env['crm.customer'].invalidate_model(['lifecycle_id', 'lifecycle_date'])
            self.env['crm.lifecycle.history'].invalidate_model()
        return changed

    @api.model
    def _first_state_sql(self, company, date):
        """Return the state in which a profile (alias ``customer``) that is being created begins."""
        cases = self._ordered(company)._cases_sql(date)
        return SQL("(CASE WHEN FALSE THEN NULL %s END)::int", cases) if cases else SQL("NULL::int")

    @api.model
    def _first_history_sql(self, company, date):
        """Return the statement that records the first states of the rows ``created`` (id, lifecycle_id)."""
        return SQL(
            """INSERT INTO crm_lifecycle_history
                      (customer_id, company_id, date, state_id, days, direction, manual, plan_done)
               SELECT id, %(company)s, %(date)s, lifecycle_id, 0, 'first', FALSE, TRUE
                 FROM created WHERE lifecycle_id IS NOT NULL ORDER BY id""",
            company=company.id, date=date)

    def _cases_sql(self, date):
        """Return the branches of a CASE over the ordered states ``self``, the last state first."""
        branches = [
            SQL("WHEN %s THEN %s", state.rule_ids._condition_sql('customer', date), state.id)
            for state in reversed(self) if state.rule_ids
        ]
        default = self._default_state()
        if default:
            branches.append(SQL("ELSE %s", default.id))
        return SQL(" ").join(branches)

    @api.model
    def _pinned_sql(self, date):
        return SQL(
            "(customer.lifecycle_override_id IS NOT NULL"
            " AND (customer.lifecycle_override_until IS NULL OR customer.lifecycle_override_until >= %s))", date)

    @api.model
    def _among_sql(self, partners):
        if partners is None:
            return SQL("TRUE")
        return SQL("customer.partner_id IN %s", tuple(partners.commercial_partner_id.ids) or (0,))

    @api.model
    def _start_plans(self, company, batch=BATCH):
        """Start the activity plans of the states that customers have entered.

        Resumable: an entry is marked in the same transaction that plans its activities. Who has left the state again in
        the meantime gets none.
        """
        History = self.env['crm.lifecycle.history'].sudo()  # plans start for everybody, whoever asks for the run
        pending = [('company_id', '=', company.id), ('plan_done', '=', False)]
        while entries := History.search(pending, order='id', limit=batch):
            for state, entered in entries.grouped('state_id').items():
                customers = entered.customer_id.filtered_domain([('active', '=', True), ('lifecycle_id', '=', state.id)])
                state.activity_plan_id._crm_start(customers.partner_id, company)
            entries.plan_done = True
            commit_progress(self.env)
