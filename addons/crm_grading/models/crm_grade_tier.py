from odoo import fields, models
from odoo.tools import SQL

from ..tools.cron import commit_progress


class CrmGrade(models.Model):
    """Tiers of prospects: grades with a follow-up plan for leads."""
    _inherit = 'crm.grade'

    lead_plan_id = fields.Many2one(
        'mail.activity.plan', "Follow-Up Plan", check_company=True, domain=[('res_model', '=', 'crm.lead')], ondelete='restrict',
        help="Activities planned on an open lead or opportunity when it enters this tier.")

    def _start_lead_plans(self, company, batch):
        """Start the follow-up plans of leads and prospects whose tier has changed; resumable like the policies.

        Changes of schemes that neither lead nor grade prospects are only marked: nothing hangs on them.

        :return: number of changes dealt with
        """
        done = 0
        while changes := self._pending_tier_changes(company, batch):
            self._start_plans_of(changes, company)
            changes.write({'policy_done': True})
            done += len(changes)
            commit_progress(self.env)
        return done

    def _pending_tier_changes(self, company, batch):
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT id FROM crm_grade_history AS history
                WHERE company_id = %s AND policy_done IS NOT TRUE ORDER BY id LIMIT %s""", company.id, batch))
        return self.env['crm.grade.history'].browse(row[0] for row in rows)

    def _start_plans_of(self, changes, company):
        first_runs = self._first_runs(changes.scheme_id)
        by_grade = {}
        for change in changes.filtered(lambda change: change.scheme_id.population in ('lead', 'prospect')):
            grade = change.grade_id
            initial = change.move == 'new' and change.run_id and change.run_id == first_runs.get(change.scheme_id)
            if grade.lead_plan_id and (grade.plan_on_first or not initial):
                by_grade.setdefault(grade, []).append(change)
        for grade, entered in by_grade.items():
            leads = self.env['crm.lead'].browse([change.lead_id.id for change in entered if change.lead_id])
            partners = [change.partner_id.id for change in entered if change.customer_id]
            leads |= self.env['crm.lead'].search([
                ('partner_id.commercial_partner_id', 'in', partners), ('company_id', 'in', (company.id, False))])
            grade.lead_plan_id._crm_start(leads.filtered(self._follows_up), company)

    def _follows_up(self, lead):
        """Return whether a lead is still worth a follow-up: open, and in the tier."""
        return lead.active and lead.won_status == 'pending'
