from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.crm_grading.tools.cron import commit_progress

BATCH = 500
ACTIVITY = 'crm_contract_exec.mail_activity_contract_step'


class CrmContractReminder(models.Model):
    """Giving the reminders: activities on the steps, one message per person, and the log that keeps them from being repeated."""
    _inherit = 'crm.contract.reminder'

    @api.model
    def _cron_remind(self):
        """Give all reminders that are due where their company is; takes back those of steps that are done.

        Killed anywhere and run again it goes on: what was given is logged in the same transaction.
        """
        self._silence()
        for company in self.env['res.company'].sudo().search(Domain.TRUE):
            while self._remind(company):
                commit_progress(self.env)

    @api.model
    def _remind(self, company, date=None, limit=BATCH):
        """Give the next reminders of a company.

        :param date: the day; default: today in the company's time zone
        :param limit: how many at most, of each sort
        :return: how many were given
        """
        today = date or company._crm_today()
        rules = self.sudo().search([('company_id', 'in', (company.id, False))])   # everybody is reminded, whoever sets the job going
        self.env.flush_all()
        rows = []
        for query in (rules._due_sql(company, today), rules._shortage_sql(company, today), rules._escalation_sql(company, today)):
            if query:
                rows += self.env.execute_query_dict(SQL("SELECT * FROM (%s) AS due ORDER BY date_due, step_id LIMIT %s", query, limit))
        logs = self.env['crm.contract.reminder.log'].sudo().create(self._with_people(rows, today))
        logs._tell()
        return len(logs)

    @api.model
    def _with_people(self, rows, today):
        """Return the values of the log of ``rows``, each with the person who is told: somebody at work who may see the step."""
        steps = self.env['crm.contract.step'].sudo().browse([row['step_id'] for row in rows])
        rules = self.sudo().browse([row['reminder_id'] for row in rows])
        steps.fetch(['acting_user_id', 'contract_id', 'company_id'])
        candidates = [
            [user for user in (step._person(rule.escalate_role if row['level'] == 'escalate' else rule.role), step._person('manager'))
             if user.active and not user.share]
            for row, step, rule in zip(rows, steps, rules, strict=True)]
        visible = {
            user: set(steps.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)._filtered_access('read').ids)
            for user in {user for users in candidates for user in users}}
        return [
            {**row, 'date': today, 'user_id': next((user.id for user in users if row['step_id'] in visible[user]), False)}
            for row, users in zip(rows, candidates, strict=True)]

    # ------------------------------------------------------------------
    # Taking them back
    # ------------------------------------------------------------------

    @api.model
    def _silence(self, contracts=None):
        """Remove the activities of steps that are done or void, or whose contract is not carried out any more.

        :param contracts: default: all
        """
        self.env.flush_all()
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind or (contracts is not None and not contracts):
            return
        rows = self.env.execute_query(SQL(
            """SELECT activity.id
                 FROM mail_activity AS activity
                 JOIN crm_contract_step AS step ON step.id = activity.res_id
                WHERE activity.res_model = 'crm.contract.step' AND activity.activity_type_id = %s AND activity.active
                  AND (step.state IN ('done', 'void') OR step.contract_state NOT IN ('signed', 'executing')
                       AND NOT (step.is_settlement IS TRUE AND step.contract_state = 'terminated')) AND %s""",
            kind.id, SQL("TRUE") if contracts is None else SQL("step.contract_id IN %s", tuple(contracts.ids))))
        self.env['mail.activity'].sudo().browse([row[0] for row in rows]).unlink()   # they were given by the system


class CrmContractReminderLog(models.Model):
    """How people are told."""
    _inherit = 'crm.contract.reminder.log'

    def _tell(self):
        """Give the people of the logs an activity on each step, and a message with all that is new for them."""
        for user, logs in self.filtered('user_id').grouped('user_id').items():
            told = logs.with_context(lang=user.lang, mail_activity_quick_update=True)
            told.filtered(lambda log: log.reminder_id.by_activity)._give_activities(user)
            told.filtered(lambda log: log.reminder_id.by_mail)._send_message(user)

    def _give_activities(self, user):
        kind = self.env.ref(ACTIVITY)
        activity = self.env['mail.activity'].sudo()   # people are given work by the system
        given = {given.res_id: given for given in activity.search([
            ('res_model', '=', 'crm.contract.step'), ('res_id', 'in', self.step_id.ids), ('activity_type_id', '=', kind.id),
            ('user_id', '=', user.id)])}
        vals_list = {}
        for log in self:
            vals = {'summary': log._text(), 'date_deadline': log.date_due}
            if log.step_id.id in given:
                given[log.step_id.id].write(vals)
            else:
                vals_list[log.step_id.id] = {
                    **vals, 'res_model_id': self.env['ir.model']._get_id('crm.contract.step'), 'res_id': log.step_id.id,
                    'activity_type_id': kind.id, 'user_id': user.id, 'automated': True}
        activity.create(list(vals_list.values()))

    def _send_message(self, user):
        if not self:
            return
        lines = Markup("").join(
            Markup("<li><a href='/odoo/crm.contract.step/%s'>%s</a>: %s</li>") % (
                log.step_id.id, f"{log.contract_id.name} {log.step_id.partner_id.display_name}", log._text()) for log in self)
        self.env['mail.thread'].message_notify(
            partner_ids=user.partner_id.ids, subject=self.env._("Contracts: %(count)s steps need you", count=len(self)),
            body=Markup("<ul>%s</ul>") % lines, email_layout_xmlid='mail.mail_notification_light')

    def _text(self):
        """Return what a person reads, in the language of the context."""
        self.ensure_one()
        step, day = self.step_id, format_date(self.env, self.date_due)
        if self.level == 'shortage':
            text = self.env._("%(step)s, due %(day)s: not enough in stock", step=step.name, day=day)
        elif self.level == 'escalate':
            text = self.env._("%(step)s, due %(day)s: still not done", step=step.name, day=day)
        else:
            text = self.env._("%(step)s, due %(day)s", step=step.name, day=day)
        return f"{text}. {self.reminder_id.note}" if self.reminder_id.note else text


class CrmContractStep(models.Model):
    _inherit = 'crm.contract.step'

    def _person(self, role):
        """Return who has a role for the step; empty where nobody has."""
        self.ensure_one()
        contract, company = self.contract_id, self.company_id
        return {
            'responsible': self.acting_user_id, 'rep': contract.user_id, 'warehouse': company.crm_contract_warehouse_user_id,
            'finance': company.crm_contract_finance_user_id,
            'manager': contract.team_id.user_id or company.crm_contract_manager_user_id}[role]


class CrmContract(models.Model):
    _inherit = 'crm.contract'

    @api.model
    def _refresh(self, contracts=None, date=None):
        """Besides, reminders of what is done by now fall silent."""
        changed = super()._refresh(contracts, date)
        if changed:
            self.env['crm.contract.reminder']._silence(contracts)
        return changed
