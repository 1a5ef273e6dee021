from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.cron import commit_progress

BATCH = 200


class CrmGrade(models.Model):
    """Carrying the policies of grades over to customers, resumable and in batches."""
    _inherit = 'crm.grade'

    plan_on_first = fields.Boolean(
        "Also at the first grading", help="Start the activity plan also for those who get this grade in the very first run"
                                          " of the scheme, which grades all customers at once.")
    effect_ids = fields.One2many('crm.grade.policy.effect', 'grade_id', readonly=True)
    exception_count = fields.Integer("Policy Exceptions", compute='_compute_exception_count')

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_exception_count(self):
        counts = dict(self.env['crm.grade.policy.effect']._read_group(
            [('grade_id', 'in', self.ids), ('state', '=', 'exception')], ['grade_id'], ['__count']))
        for grade in self:
            grade.exception_count = counts.get(grade, 0)

    def action_view_exceptions(self):
        """Open the customers for whom this grade's policy has met a value set by hand."""
        action = self.env['ir.actions.actions']._for_xml_id('crm_grading.crm_grade_policy_effect_action')
        return {**action, 'domain': [('grade_id', 'in', self.ids)]}

    def action_apply_policy(self):
        """Carry the present policy over to the customers that are in the grade now; no activity plan starts."""
        self.check_access('write')
        for grade in self:
            # price lists and limits need more than sales rights
            customers = self.env['crm.customer'].sudo().search([('grade_id', '=', grade.id)])
            for start in range(0, len(customers), BATCH):
                self.sudo()._reconcile({customer: grade.sudo() for customer in customers[start:start + BATCH]}, grade.company_id)

    @api.model
    def _apply_policies(self, company, batch=BATCH):
        """Carry grade changes of a company over: policies of the leading scheme, plans of lead tiers and life-cycle states.

        Customer by customer the last change counts, so that it makes no difference where the work is cut into batches. A
        change is marked as done in the same transaction that carries it over: interrupted anywhere, the next call
        continues and comes to the same end.

        :return: number of customers and leads dealt with
        """
        Grade = self.sudo().with_company(company)  # a run acts for the company, not for the person who started it
        done = 0
        while changed := Grade._pending_customers(company, batch):
            Grade._carry_over(changed, company)
            done += len(changed)
            commit_progress(self.env)
        Grade._reconcile_strays(company, batch)
        done += Grade._start_lead_plans(company, batch)
        self.env['crm.lifecycle.state'].sudo()._start_plans(company, batch)  # as above
        return done

    def _pending_customers(self, company, batch):
        """Return ``{customer: its changes not yet carried over, oldest first}`` of the leading scheme, for one batch."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT history.customer_id, ARRAY_AGG(history.id ORDER BY history.id)
                 FROM crm_grade_history AS history JOIN crm_grading_scheme AS scheme ON scheme.id = history.scheme_id
                WHERE history.company_id = %s AND history.policy_done IS NOT TRUE
                  AND history.customer_id IS NOT NULL AND scheme.is_leading
                GROUP BY history.customer_id ORDER BY MIN(history.id) LIMIT %s""", company.id, batch))
        # browsed together, so that each field is read once for the whole batch
        customers = self.env['crm.customer'].browse(customer for customer, _ids in rows)
        changes = iter(self.env['crm.grade.history'].browse(change for _customer, ids in rows for change in ids))
        return {customer: [next(changes) for _id in ids] for customer, (_customer, ids) in zip(customers, rows)}

    def _reconcile_strays(self, company, batch):
        """Bring customers in line whose grade has gone without a change of grade, such as with the leading scheme itself."""
        last = 0
        while rows := self.env.execute_query(SQL(
                """SELECT DISTINCT customer.id FROM crm_grade_policy_effect AS effect
                     JOIN crm_customer AS customer ON customer.id = effect.customer_id
                    WHERE effect.company_id = %s AND effect.state = 'applied' AND customer.id > %s
                      AND effect.grade_id IS DISTINCT FROM customer.grade_id ORDER BY customer.id LIMIT %s""",
                company.id, last, batch)):
            customers = self.env['crm.customer'].browse(row[0] for row in rows)
            self._reconcile({customer: customer.grade_id for customer in customers}, company)
            commit_progress(self.env)
            self.env.flush_all()
            last = customers[-1].id

    def _carry_over(self, changed, company):
        last = {customer: changes[-1] for customer, changes in changed.items()}
        self._reconcile({customer: change.grade_id for customer, change in last.items()}, company)
        first_runs = self._first_runs(self.env['crm.grading.scheme'].union(*(change.scheme_id for change in last.values())))
        entered = {}
        for customer, change in last.items():
            grade = change.grade_id
            initial = change.move == 'new' and change.run_id and change.run_id == first_runs.get(change.scheme_id)
            if grade.activity_plan_id and customer.active and changed[customer][0].old_grade_id != grade and (
                    grade.plan_on_first or not initial):
                entered.setdefault(grade, self.env['crm.customer'])
                entered[grade] |= customer
        for grade, customers in entered.items():
            grade.activity_plan_id._crm_start(customers.partner_id, company)
        self.env['crm.grade.history'].concat(*(change for changes in changed.values() for change in changes)).write({'policy_done': True})

    def _first_runs(self, schemes):
        """Return ``{scheme: the run that graded for the first time}``."""
        rows = self.env.execute_query(SQL(
            "SELECT scheme_id, MIN(run_id) FROM crm_grade_history WHERE scheme_id IN %s GROUP BY scheme_id",
            tuple(schemes.ids) or (0,)))
        return {
            self.env['crm.grading.scheme'].browse(scheme): self.env['crm.grading.run'].browse(run) for scheme, run in rows if run}
