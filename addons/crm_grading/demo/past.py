"""A year of monthly gradings of the demo company, and what people decided by hand meanwhile."""
from datetime import datetime, time, timedelta
from time import monotonic

MONTHS = 12
DAYS_PER_MONTH = 30.4
OVERRIDE_SET, OVERRIDE_ENDS = 6, 3    # months ago


class Past:
    """The runs of one demo company."""

    def __init__(self, env, company, partners, today):
        self.env, self.company, self.today = env, company, today
        self.by_key = {customer.key: partner for customer, partner in partners.items()}

    def live(self, leading):
        """Run month by month until today; only who changes grade today gets activities."""
        self._decide_by_hand()
        for age in range(MONTHS, 0, -1):
            self._run(self._day(age))
            if age == OVERRIDE_SET and 'staal' in self.by_key:
                self._keep_grade(leading, age)
        self.env['crm.grade']._apply_policies(self.company)
        self._plan_from_now_on(leading)
        self._run(self.today)
        self._override(leading)
        self.env['crm.grade']._apply_policies(self.company)
        self._settle_an_exception()

    def _day(self, age):
        return self.today - timedelta(days=round(age * DAYS_PER_MONTH))

    def _run(self, day):
        begun = monotonic()
        run = self.env['crm.grading.run']._run(self.company, day, kind='nightly')
        seconds, moment = monotonic() - begun, datetime.combine(day, time(1, 30))
        run.write({
            'start': moment, 'end': moment + timedelta(seconds=seconds), 'duration': seconds,
            'user_id': self.env.ref('base.user_root').id})

    def _decide_by_hand(self):
        """Terms agreed by people before grades came: the policies will leave them alone and report them."""
        for key, vals in {
            'vandijk': {'property_product_pricelist': self.env.ref('crm_grading.demo_pricelist_trade_fair').id},
            'stahlbau': {'credit_limit': 100000},
            'polska': {'property_payment_term_id': self.env.ref('account.account_payment_term_end_following_month').id},
            'zuivel': {'credit_limit': 4000},
        }.items():
            if key in self.by_key:
                self.by_key[key].write(vals)

    def _keep_grade(self, leading, age):
        """A manual grade of the past, which has run out since."""
        verdict = self._verdict(leading, 'staal')
        best = self.env['crm.grade'].search([('company_id', '=', self.company.id)], limit=1)
        if verdict.grade_id == best:
            return
        manager = self.env.ref('crm_grading.demo_user_manager')
        reason = "New owner announced, give them time to settle"
        self.env['crm.grade.history'].create({
            'scheme_id': leading.id, 'company_id': self.company.id, 'customer_id': verdict.customer_id.id, 'date': self._day(age),
            'old_grade_id': verdict.grade_id.id, 'grade_id': best.id, 'move': 'up', 'reason': 'override', 'note': reason,
            'score': verdict.score, 'policy_done': False})
        verdict.write({
            'override_grade_id': best.id, 'override_reason': reason, 'override_user_id': manager.id, 'grade_id': best.id,
            'override_until': self._day(OVERRIDE_ENDS), 'since': self._day(age)})

    def _verdict(self, scheme, key):
        return self.env['crm.grade.verdict'].search(
            [('scheme_id', '=', scheme.id), ('customer_id.partner_id', '=', self.by_key[key].id)])

    def _plan_from_now_on(self, leading):
        for name, plan in (('A1', 'demo_plan_welcome'), ('A2', 'demo_plan_welcome'), ('C', 'demo_plan_rescue')):
            grade = leading.band_ids.grade_id.filtered(lambda grade, name=name: grade.name == name)
            plan = self.env.ref(f'crm_grading.{plan}')
            if not plan.company_id or plan.company_id == self.company:
                grade.activity_plan_id = plan

    def _override(self, leading):
        """A manual grade in force, with an end."""
        if 'molen' in self.by_key:
            best = leading.band_ids.grade_id.sorted('sequence')[:1]
            self._verdict(leading, 'molen')._set_override(
                best, "Framework agreement signed, volume starts next quarter", until=self.today + timedelta(days=90),
                user=self.env.ref('crm_grading.demo_user_manager'))

    def _settle_an_exception(self):
        """One exception was looked at and the value set by hand kept."""
        if 'polska' in self.by_key:
            self.env['crm.grade.policy.effect'].search([
                ('state', '=', 'exception'), ('customer_id.partner_id', '=', self.by_key['polska'].id)]).action_dismiss()
