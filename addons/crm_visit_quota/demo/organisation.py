"""What surrounds the visits of the demo company: frequencies, quotas, tasks, buying centers, playbook, handover, stand-in."""
from datetime import timedelta

from odoo import Command

from .diary import utc, working_day_before

# grade -> visits per period
FREQUENCY = {'A1': (2, 'month'), 'A2': (1, 'month'), 'B': (1, 'quarter'), 'C': (1, 'year'), 'Hot': (1, 'month'), 'Warm': (1, 'quarter')}
# stage, the customer's step, our actions: what, evidence, required
PLAYBOOK = (
    ('crm.stage_lead1', "Notices a need", (("First visit on site", 'visit', True), ("Note who uses the machines", 'manual', False))),
    ('crm.stage_lead2', "Compares solutions", (
        ("Visit with a technician", 'visit', True), ("Sketch of the solution", 'attachment', False))),
    ('crm.stage_lead3', "Decides on an offer", (("Quotation sent", 'quotation', True), ("Decision maker met", 'role', True))),
)
# customer, its people beside the one that is known: name, function, role, influence, relationship, stance
PEOPLE = {
    'vandijk': (
        ("Henk Dekker", "Managing director", 'dp', 5, 0, 'unknown'), ("Joris Smeets", "Head of maintenance", 'tp', 4, 2, 'supporter'),
        ("Els Vermeer", "Purchasing", 'bp', 3, -1, 'neutral'), ("Piet Kok", "Crane operator", 'up', 2, 1, 'supporter')),
    'suzhou': (
        ("陈国华", "总经理", 'dp', 5, 1, 'supporter'), ("王磊", "设备科长", 'tp', 4, 1, 'supporter'),
        ("张艳", "采购", 'bp', 3, 0, 'neutral')),
    'polska': (("Zofia Lis", "Owner", 'dp', 5, 1, 'supporter'), ("Adam Wilk", "Warehouse", 'up', 2, 0, 'neutral')),
    'batterie': (("Dr. Jens Rabe", "Plant manager", 'dp', 5, -1, 'opponent'), ("Mira Kern", "Engineering", 'tp', 4, 1, 'supporter')),
    'agrar': (("Tim Müller", "Workshop", 'up', 3, 2, 'supporter'),),
}


class Organisation:
    """The sales organisation of one demo company."""

    def __init__(self, env, company, partners, today):
        self.env, self.company, self.today = env, company, today
        self.by_key = {customer.key: partner for customer, partner in partners.items()}
        self.users = {login: env.ref(f'crm_grading.demo_user_{login}') for login in ('rep', 'rep2', 'lead', 'manager')}

    def set_up(self):
        """What must be there before the first visit."""
        self._frequencies()
        self._quotas()
        self._playbook()
        self._buying_centers()

    def live(self):
        """What follows once there are visits."""
        self._spare_the_shop()
        self.env['crm.customer'].sudo()._plan_visits(self.company)
        self._tasks()
        self._months()
        self._ownership()

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def _frequencies(self):
        for grade in self.env['crm.grade'].search([('company_id', '=', self.company.id), ('name', 'in', list(FREQUENCY))]):
            grade.visit_count, grade.visit_period = FREQUENCY[grade.name]

    def _quotas(self):
        first = (self.today - timedelta(days=200)).replace(day=1)
        for name in ('base.user_admin', 'crm_grading.demo_user_shop'):   # do not visit
            self.env.ref(name).crm_quota_until = first - timedelta(days=1)
        self.env['crm.visit.quota'].create([
            {'company_id': self.company.id, 'date_from': first, 'daily_target': 0.9, 'distinct_target': 65, 'new_target': 5,
             'new_definition': 'months', 'new_months': 3, 'stretch': 20, 'portfolio_limit': 25},
            {'company_id': self.company.id, 'team_id': self.env.ref('crm_grading.demo_team_asia').id, 'date_from': first,
             'daily_target': 0.8, 'distinct_target': 60, 'portfolio_limit': 15},
            {'company_id': self.company.id, 'user_id': self.users['lead'].id, 'date_from': first, 'daily_target': 0.5,
             'distinct_target': 65, 'portfolio_limit': 25},
        ])

    def _playbook(self):
        """What is done in each stage of a deal; moving on without it is possible, but noted."""
        for name, customer_step, actions in PLAYBOOK:
            stage = self.env.ref(name, raise_if_not_found=False)
            if stage:
                stage.crm_customer_step = customer_step
                self.env['crm.stage.action'].create([
                    {'stage_id': stage.id, 'name': action, 'kind': kind, 'is_required': required, 'sequence': 10 * number, **(
                        {'role_id': self.env.ref('crm_visit_quota.crm_stakeholder_role_dp').id} if kind == 'role' else {})}
                    for number, (action, kind, required) in enumerate(actions, start=1)])
        self.company.crm_playbook_mode = 'warn'

    def _buying_centers(self):
        role = {code: self.env.ref(f'crm_visit_quota.crm_stakeholder_role_{code}') for code in ('dp', 'tp', 'up', 'bp', 'ip')}
        for key, people in PEOPLE.items():
            partner = self.by_key.get(key, self.env['res.partner'])
            lead = self.env['crm.lead'].search([('partner_id', '=', partner.id), ('type', '=', 'opportunity')], limit=1)
            if not partner or not lead:
                continue
            persons = self.env['res.partner'].create([
                {'name': name, 'function': function, 'parent_id': partner.id, 'company_id': self.company.id, 'user_id': partner.user_id.id}
                for name, function, *_rest in people])
            known = partner.child_ids.filtered(lambda child, persons=persons: child not in persons)[:1]
            stakeholders = self.env['crm.stakeholder'].create([
                {'lead_id': lead.id, 'partner_id': person.id, 'role_ids': [Command.set(role[code].ids)], 'influence': influence,
                 'relationship': relationship, 'stance': stance}
                for person, (_name, _function, code, influence, relationship, stance) in zip(persons, people)])
            if known:
                stakeholders |= self.env['crm.stakeholder'].create({
                    'lead_id': lead.id, 'partner_id': known.id, 'role_ids': [Command.set(role['ip'].ids)], 'influence': 2,
                    'relationship': 2, 'stance': 'supporter'})
            (stakeholders - stakeholders[0]).reports_to_id = stakeholders[0]

    def _spare_the_shop(self):
        """Nobody drives to who orders online, whatever the grade."""
        self.env['crm.customer'].search([
            ('company_id', '=', self.company.id), ('user_id', '=', self.env.ref('crm_grading.demo_user_shop').id),
        ]).with_user(self.users['manager'])._set_own_frequency(0, 'year', "Orders in the parts shop")

    # ------------------------------------------------------------------
    # Work
    # ------------------------------------------------------------------

    def _tasks(self):
        """A running inquiry that is half answered, and one that has just been dispatched."""
        customers = self.env['crm.customer'].search([
            ('company_id', '=', self.company.id), ('user_id', 'in', [self.users['rep'].id, self.users['rep2'].id]),
            ('last_visit_date', '!=', False)], order='id', limit=14)
        Task = self.env['crm.visit.task'].with_user(self.users['manager'])
        inquiry, fair = Task.create([{
            'name': "Who plans to convert to frequency drives?", 'company_id': self.company.id,
            'customer_ids': [Command.set(customers.ids)],
            'purpose': "We want to know which plants replace their drives next year, and who decides about it.",
            'date_deadline': self.today + timedelta(days=20), 'question_ids': [
                Command.create({'name': "Conversion planned?", 'kind': 'yes_no'}),
                Command.create({'name': "When?", 'kind': 'selection', 'choices': "This year; Next year; Later"}),
                Command.create({'name': "Number of drives", 'kind': 'number'})],
        }, {
            'name': "Invite to the open house", 'company_id': self.company.id, 'customer_ids': [Command.set(customers[:6].ids)],
            'purpose': "Hand over the invitation and note who comes.", 'date_deadline': self.today + timedelta(days=9),
            'question_ids': [Command.create({'name': "Comes?", 'kind': 'yes_no'})],
        }])
        (inquiry + fair).action_dispatch()
        self._answer(inquiry)

    def _answer(self, task):
        lines = task.sudo().line_ids.sorted('id')   # the answers of several people
        for number, line in enumerate(lines[:len(lines) * 2 // 3]):
            line = line.with_user(line.user_id)
            if number == 3:
                line._decline("Closed for works until spring")
                continue
            line.action_accept()
            if number % 4 == 2:
                continue
            names = [question._property_name() for question in task.sudo().question_ids.sorted('id')]
            when = ("This year", "Next year", "Later")[number % 3]
            start = utc(working_day_before(self.today, number % 3 + 1), 17, 5 * number)
            self.env['crm.visit'].with_user(line.user_id).sudo()._record([{
                'partner_id': line.partner_id.id, 'user_id': line.user_id.id, 'company_id': self.company.id,
                'kind_id': self.env.ref('crm_visit_quota.crm_visit_kind_phone').id, 'actual_start': start,
                'actual_end': start + timedelta(minutes=20), 'outcome': 'reached', 'note': "Asked about the conversion of drives."}])
            line.answers = dict(zip(names, ('yes' if number % 3 else 'no', when, float(3 + number % 5))))

    def _months(self):
        """Count all months since the first visit; all but the last one before this are closed."""
        months = self.env['crm.visit.quota.month']._ensure(self.company)
        for month in months:
            month._refresh()
        months.sorted('date')[:-2].action_close()

    def _ownership(self):
        """A handover of two small customers, a stand-in for next week, and a rule for new leads."""
        handed = self.env['res.partner'].union(*(self.by_key[key] for key in ('muehle', 'fischerei') if key in self.by_key))
        if handed:
            handover = self.env['crm.handover'].create({
                'company_id': self.company.id, 'user_id': self.users['lead'].id, 'scope': 'some', 'partner_ids': [Command.set(handed.ids)],
                'split': 'one', 'new_user_ids': [Command.set(self.users['rep'].ids)],
                'reason': "Small customers in the north go to Robin, who drives there every week."})
            handover.action_execute()
        self.env['crm.standin'].create({
            'company_id': self.company.id, 'user_id': self.users['rep2'].id, 'standin_id': self.users['rep'].id,
            'date_from': self.today + timedelta(days=3), 'date_to': self.today + timedelta(days=10), 'note': "Holidays in Suzhou."})
        self.env['crm.assignment.rule'].create([{
            'name': "Leads from China", 'company_id': self.company.id, 'country_ids': [Command.set(self.env.ref('base.cn').ids)],
            'receiver_ids': [Command.create({'user_id': self.users['rep2'].id, 'capacity': 40})],
        }, {
            'name': "All other leads", 'company_id': self.company.id, 'sequence': 20, 'receiver_ids': [
                Command.create({'user_id': self.users['rep'].id, 'weight': 2, 'capacity': 40}),
                Command.create({'user_id': self.users['lead'].id, 'capacity': 20})],
        }])
