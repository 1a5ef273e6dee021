"""What the demo company did about whom it lost or may lose, and what its people answered."""
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from .rescue_story import ALERTS, ASLEEP, BORROWED, CALLS, CASES, GIVEN_UP, STARTED


class DemoRescue:
    """Warnings, win-back cases and calls for information of the demo company.

    :param past: the :class:`~.past.DemoChurn` before it
    """

    def __init__(self, past):
        self.env, self.company, self.today = past.env, past.company, past.today
        self.partners, self.competitors, self.past = past.partners, past.competitors, past
        self.users = {login: self.env.ref(f'crm_grading.demo_user_{login}') for login in ('rep', 'rep2', 'lead', 'manager')}

    def live(self):
        self.company.write({'crm_churn_medium': 40.0, 'crm_churn_high': 65.0})   # many small customers buy less than once in a horizon
        self._plan()
        self._warn_of_old()
        self._warn()
        for case in CASES:
            if case.customer in self.partners:
                self._try(case)
        self.env['crm.churn.case'].sudo()._propose(self.company)   # as the nightly run
        for call in CALLS:
            self._call(call)
        self._explain_borrowed()

    def _day(self, ago):
        return self.today - relativedelta(days=ago)

    def _profile(self, key):
        return self.env['crm.customer'].search([('company_id', '=', self.company.id), ('partner_id', '=', self.partners[key].id)])

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    def _plan(self):
        """What to do for a customer that may leave, and for one that has left."""
        call, todo = self.env.ref('mail.mail_activity_data_call').id, self.env.ref('mail.mail_activity_data_todo').id
        rescue, win_back = self.env['mail.activity.plan'].create([{
            'name': name, 'company_id': self.company.id, 'res_model': model, 'template_ids': [Command.create({
                'activity_type_id': kind, 'summary': summary, 'responsible_type': 'on_demand', 'delay_count': days, 'delay_unit': 'days',
                'delay_from': 'after_plan_date'})
                for kind, summary, days in steps]}
            for name, model, steps in (
                ("Save a customer", 'res.partner', ((call, "Ask what is wrong", 0), (todo, "Say what we will do about it", 3))),
                ("Win a customer back", 'crm.churn.case', (
                    (call, "Ask what would bring them back", 1), (todo, "Make an offer", 5), (call, "Ask for the decision", 14))))])
        self.env['crm.grade'].search([('company_id', '=', self.company.id)]).churn_plan_id = rescue
        self.plan = win_back

    def _warn_of_old(self):
        """Warnings of the past, with what came of them."""
        signals = {(signal.metric_id.code, signal.value): signal.id for signal in self.env['crm.churn.signal'].search(
            [('company_id', '=', self.company.id)])}
        alerts = self.env['crm.churn.alert'].sudo()   # raised and closed by runs and buttons, on their days
        alerts.create([{
            'customer_id': profile.id, 'partner_id': profile.partner_id.id, 'company_id': self.company.id,
            'user_id': profile.partner_id.user_id.id, 'grade_id': profile.grade_id.id, 'date': self._day(alert.raised),
            'risk': alert.risk, 'priority': alert.risk * 0.8, 'at_stake': alert.at_stake,
            'reason_ids': [signals[signal] for signal in alert.signals if signal in signals],
            **dict.fromkeys(('plan_date', 'acted_on'), self._day(alert.raised - 2) if alert.outcome == 'saved' else False),
            'state': 'done', 'outcome': alert.outcome,
            'date_done': self._day(alert.closed), 'note': alert.note}
            for alert in ALERTS if alert.customer in self.partners for profile in [self._profile(alert.customer)] if profile])

    def _warn(self):
        """Raise today's, and have some of them worked on."""
        self.env['crm.grading.run']._run(self.company)
        raised = self.env['crm.churn.alert'].search([('company_id', '=', self.company.id), ('state', '=', 'open')])
        by_key = {key: alert for key, partner in self.partners.items() for alert in raised if alert.partner_id == partner}
        for key in STARTED:
            if key in by_key and by_key[key].plan_id:
                by_key[key].action_start_plan()
        for key in ASLEEP:
            if key in by_key:
                by_key[key].action_snooze()
        for key, outcome, note in GIVEN_UP:
            if key in by_key:
                by_key[key].note = note
                getattr(by_key[key], f'action_{outcome}')()

    # ------------------------------------------------------------------
    # Win-back
    # ------------------------------------------------------------------

    def _try(self, case):
        """Open a case, make its offers, and end it as it ended."""
        partner, day = self.partners[case.customer], self._day(case.opened)
        losses = self.past.events.search([
            ('company_id', '=', self.company.id), ('partner_id', '=', partner.id),
            *([('name', '=', case.about)] if case.about else [('kind', 'in', ('silent', 'leave'))])])
        record = self.env['crm.churn.case'].sudo().create({   # of the past, which only runs and buttons write
            'partner_id': partner.id, 'company_id': self.company.id, 'user_id': (partner.user_id or self.users['manager']).id,
            'date_open': day, 'event_ids': [Command.set(losses.ids)],
            'measure_ids': [Command.set([self.env.ref(f'crm_churn.crm_churn_measure_{name}').id for name in case.measures])],
            'plan_id': self.plan.id if case.state == 'open' else False})
        self._offer(case, record)
        if case.has_plan:
            record.action_start_plan()
        if case.state == 'won_back':
            record.date_again = record.proposed_on = self._day(case.closed)
        if case.state != 'open':
            record._close(case.state, case.outcome)
            record.date_closed = self._day(case.closed)

    def _offer(self, case, record):
        if case.lead:
            self.env['crm.lead'].search(
                [('company_id', '=', self.company.id), ('name', '=', case.lead)], limit=1).crm_churn_case_id = record
        if case.offer:
            product, quantity, discount, ago = case.offer
            self.env['sale.order'].create({
                'partner_id': record.partner_id.id, 'company_id': self.company.id, 'user_id': record.user_id.id, 'state': 'sent',
                'crm_churn_case_id': record.id, 'date_order': datetime.combine(self._day(ago), time(11)),
                'validity_date': self._day(ago - 30), 'order_line': [Command.create({
                    'product_id': self.past._product(product).id, 'product_uom_qty': quantity, 'discount': discount, 'tax_ids': False})]})

    # ------------------------------------------------------------------
    # Calls for information
    # ------------------------------------------------------------------

    def _call(self, call):
        """Ask people, with what they have returned so far."""
        asked = [self.users[login] for login in ('rep', 'rep2', 'lead')]
        record = self.env['crm.churn.call'].create({
            'name': call.name, 'company_id': self.company.id, 'user_id': self.users['manager'].id, 'frequency': call.frequency,
            'description': call.announcement, 'date_start': self._day(call.start), 'user_ids': [Command.set([user.id for user in asked])],
            'question_ids': [Command.create({'sequence': 10 * place, 'name': name, 'kind': kind, 'is_required': required})
                             for place, (name, kind, required) in enumerate(call.questions, start=1)]})
        for period, login, after, answers in call.returns:
            day = fields.Date.add(record.date_start, days=7 * period)
            self._return(record, self.users[login], day, day + relativedelta(days=after), answers)
        record.action_start()
        if call.is_closed:
            record.action_close()

    def _return(self, record, user, day, done, answers):
        self.env['crm.churn.call.return'].sudo().create({   # of the past
            'call_id': record.id, 'user_id': user.id, 'date': day, 'date_due': day + relativedelta(days=record.answer_days),
            'state': 'done' if answers else 'missed', 'date_done': min(done, self.today) if answers else False, 'answer_ids': [
                Command.create({'question_id': question.id, **(self._answer(question.kind, answers[place]) if answers else {})})
                for place, question in enumerate(record.question_ids)]})

    def _answer(self, kind, value):
        if kind == 'competitor':
            return {'competitor_id': self.competitors[value].id} if value else {}
        if kind == 'reason':
            return {'reason_id': self.env.ref(f'crm_churn.crm_churn_reason_{value}').id} if value else {}
        return {} if value == "" else {{'number': 'value_number', 'yes': 'value_yes', 'text': 'value_text'}[kind]: value}

    # ------------------------------------------------------------------
    # Odoo's own demo
    # ------------------------------------------------------------------

    def _explain_borrowed(self):
        """Say why the opportunities of Odoo's own demo were lost, which comes with them lost and without a reason."""
        for name, reason in BORROWED:
            lead = self.env.ref(f'crm.{name}', raise_if_not_found=False)
            events = self.past.events.search([('lead_id', '=', lead.id), ('main_reason_id', '=', False)]) if lead else self.past.events
            for event in events.with_context(allowed_company_ids=events.company_id.ids):
                event._explain(self.past._reasons(((reason, 100),)), note=self.env._(
                    "Was lost before losses were recorded: taken over when the app was installed."))
