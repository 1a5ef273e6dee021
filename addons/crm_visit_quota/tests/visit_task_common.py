from .common import VisitCommon


class TaskCommon(VisitCommon):
    """Profiles of ``customer``, ``customer2`` (rep) and ``foreign`` (rep2), and a task of the manager about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = cls.profile, cls.profile2, cls.profile_foreign = cls._profiles(cls.customer + cls.customer2 + cls.foreign)
        cls.task = cls._task()

    @classmethod
    def _task(cls, user=None, **vals):
        env = cls.env(user=user or cls.manager, context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        return env['crm.visit.task'].create({
            'name': "New range", 'date_deadline': '2026-06-20', 'customer_ids': [(6, 0, cls.profiles.ids)],
            'question_ids': [(0, 0, {'name': "Interested?", 'kind': 'yes_no'}),
                             (0, 0, {'name': "How often?", 'kind': 'selection', 'choices': "Weekly; Monthly ;Never"}),
                             (0, 0, {'name': "How many?", 'kind': 'number'}), (0, 0, {'name': "What else?", 'kind': 'text'})], **vals})

    def _line(self, profile, task=None):
        return (task or self.task).sudo().line_ids.filtered(lambda line: line.customer_id.id == profile.id)

    def _mine(self, profile, user, task=None):
        return self._line(profile, task).with_env(self._as(user))

    def _states(self, task=None):
        return [self._line(profile, task).state for profile in self.profiles]

    def _answer(self, line, *values):
        names = [question['name'] for question in line.task_id.sudo().questions]
        line.answers = dict(zip(names, values, strict=False))

    def _told(self, text):
        """Return the messages on the task that hold a text."""
        return self.env['mail.message'].search([
            ('model', '=', 'crm.visit.task'), ('res_id', '=', self.task.id), ('body', 'ilike', text)])
