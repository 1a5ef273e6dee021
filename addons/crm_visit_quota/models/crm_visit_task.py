from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.visit_task import OPEN, split_evenly

LIMIT = 10_000  # customers in a task: beyond, it is a project


class CrmVisitTask(models.Model):
    """What a manager wants to be done or asked at many customers: each gets a line, each line a person who accepts it and
    finishes it by visiting."""
    _name = 'crm.visit.task'
    _description = "Visit Task"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date_deadline desc, id desc'
    _check_company_auto = True

    name = fields.Char("Task", required=True, tracking=True)
    purpose = fields.Text(help="What is to be found out or done; shown to whoever visits.")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', "Dispatched By", required=True, index=True, default=lambda self: self.env.user, domain=[('share', '=', False)])
    kind_id = fields.Many2one(
        'crm.visit.kind', "Kind of Visit", check_company=True, ondelete='restrict', help="Empty: any visit will do.")
    date_deadline = fields.Date(
        "Deadline", required=True, index=True, tracking=True, help="Last day on which a visit still counts.",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14))
    state = fields.Selection(
        [('draft', "Draft"), ('running', "Running"), ('done', "Done"), ('cancelled', "Cancelled")],
        required=True, default='draft', copy=False, readonly=True, tracking=True, index=True)

    # whom
    source = fields.Selection([('list', "Chosen customers"), ('segment', "A segment")], "Which Customers", required=True, default='list')
    segment_id = fields.Many2one('crm.segment', check_company=True, ondelete='restrict')
    customer_ids = fields.Many2many('crm.customer', string="Chosen Customers", domain="[('company_id', '=', company_id)]", copy=False)
    split = fields.Selection(
        [('owner', "Each to its salesperson"), ('even', "Evenly among")], "Who Visits", required=True, default='owner')
    plannable_ids = fields.Many2many('res.users', compute='_compute_plannable_ids')
    assignee_ids = fields.Many2many('res.users', string="People", domain="[('id', 'in', plannable_ids)]")

    question_ids = fields.One2many('crm.visit.task.question', 'task_id', "Questions", copy=True)
    questions = fields.PropertiesDefinition("Definition of the Questions", copy=False)
    line_ids = fields.One2many('crm.visit.task.line', 'task_id', "Customers", copy=False)

    line_count = fields.Integer("Visits", compute='_compute_counts')
    open_count = fields.Integer("Open", compute='_compute_counts')
    waiting_count = fields.Integer("To Accept", compute='_compute_counts')
    declined_count = fields.Integer("Returned", compute='_compute_counts', help="Declined, or without anybody to visit.")
    done_count = fields.Integer("Done", compute='_compute_counts')
    expired_count = fields.Integer("Expired", compute='_compute_counts')
    progress = fields.Float(compute='_compute_counts', help="Percent of the visits that are done.")

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('company_id')
    def _compute_plannable_ids(self):
        self.plannable_ids = self.env.user._crm_plannable()

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('line_ids.state')
    def _compute_counts(self):
        counts = {}
        for task, state, count in self.env['crm.visit.task.line']._read_group(
                [('task_id', 'in', self.ids), ('state', '!=', 'cancelled')], ['task_id', 'state'], ['__count']):
            counts.setdefault(task, {})[state] = count
        for task in self:
            found = counts.get(task._origin, {})
            task.line_count = sum(found.values())
            task.open_count = sum(found.get(state, 0) for state in OPEN)
            task.waiting_count = found.get('new', 0)
            task.declined_count = found.get('declined', 0) + found.get('unassigned', 0)
            task.done_count = found.get('done', 0)
            task.expired_count = found.get('expired', 0)
            task.progress = 100 * task.done_count / task.line_count if task.line_count else 0

    # ------------------------------------------------------------------
    # Dispatching
    # ------------------------------------------------------------------

    def action_dispatch(self):
        """Give the customers out: a line each, to the people who are to visit them, who are told.

        Customers added to a running task are given out by the next call; those that have a line keep it.

        :raise AccessError: for people for whom the user may not plan
        :raise UserError: without customers or people, or after the deadline
        """
        for task in self:
            task.check_access('write')
            if task.state not in ('draft', 'running'):
                raise UserError(self.env._("“%(task)s” is over. Duplicate it to give it out again.", task=task.name))
            if task.date_deadline < task.company_id._crm_today():
                raise UserError(self.env._("The deadline of “%(task)s” has passed. Choose a later day.", task=task.name))
            customers = task._customers() - task.sudo().line_ids.customer_id  # lines of others count, too
            if not customers and task.state == 'draft':
                raise UserError(self.env._("“%(task)s” has no customers yet. Choose some, or a segment.", task=task.name))
            task._build_questions()
            task.state = 'running'
            task._give_out(customers)
        return True

    def _customers(self):
        """Return the customers of the task that the user may see."""
        self.ensure_one()
        domain = Domain('company_id', '=', self.company_id.id)
        if self.source == 'segment':
            domain &= self.segment_id.customer_domain() if self.segment_id else Domain.FALSE
        else:
            domain &= Domain('id', 'in', self.customer_ids.ids)
        found = self.env['crm.customer'].search(domain, limit=LIMIT + 1, order='id')
        if len(found) > LIMIT:
            raise UserError(self.env._("More than %(limit)s customers are too many for one task. Narrow the segment.", limit=LIMIT))
        return found

    def _shares(self, customers):
        """Return ``{customer: person}``; whoever has no salesperson is left to the dispatcher."""
        if self.split == 'owner':
            return {customer: customer.user_id for customer in customers}
        if not self.assignee_ids:
            raise UserError(self.env._("Choose the people among whom the customers of “%(task)s” are shared.", task=self.name))
        people = self.assignee_ids.sorted('id')
        shares = split_evenly(
            [(customer.id, customer.user_id.id, customer.city) for customer in customers], people.ids)
        return {customer: people.browse(shares[customer.id]) for customer in customers}

    def _give_out(self, customers):
        shares = self._shares(customers)
        people = self.env['res.users'].union(*shares.values())
        self.env['res.users']._crm_check_plannable(people)
        # only a dispatch makes lines; the task was checked by action_dispatch, the people in the line above
        lines = self.env['crm.visit.task.line'].sudo().create([{
            'task_id': self.id, 'customer_id': customer.id, 'user_id': person.id, 'state': 'new' if person else 'unassigned',
        } for customer, person in shares.items()])
        lines._link_visits()
        self._remind(people)

    def _build_questions(self):
        """Make the questions what the web client asks; answers given keep their place."""
        self.questions = [question._as_property() for question in self.question_ids]

    # ------------------------------------------------------------------
    # Telling people
    # ------------------------------------------------------------------

    def _remind(self, people):
        """Give each of the people one activity on the task, however many customers it brings; oneself is not reminded."""
        self.ensure_one()
        todo = self.env.ref('mail.mail_activity_data_todo')
        known = self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == todo).user_id
        self.env['mail.activity'].sudo().create([{  # people may be given work on a task that they see only by its lines
            'res_model_id': self.env['ir.model']._get_id('crm.visit.task'), 'res_id': self.id, 'activity_type_id': todo.id,
            'user_id': person.id, 'date_deadline': self.date_deadline,
            'summary': self.env._("Accept or decline your customers"),
        } for person in (people - known - self.env.user)])

    def _after_lines(self):
        """Once lines have moved: reminders of who has answered are done with, and so is a task without open lines."""
        todo = self.env.ref('mail.mail_activity_data_todo')
        for task in self.sudo():  # a person's answer may end the task of somebody else
            waiting = task.line_ids.filtered(lambda line: line.state == 'new').user_id
            task.activity_ids.filtered(
                lambda activity, waiting=waiting: activity.activity_type_id == todo and activity.user_id not in waiting).unlink()
            states = set(task.line_ids.mapped('state'))
            if task.state == 'running' and states and states <= {'done', 'expired', 'cancelled'}:
                task.state = 'done'
            elif task.state == 'done' and states & {*OPEN, 'declined'}:
                task.state = 'running'

    def _tell_dispatcher(self, body):
        """Notify whoever dispatched the task, unless it is the user."""
        for task in self.filtered(lambda task: task.user_id != task.env.user):
            task.sudo().message_notify(  # whoever answers need not be allowed to write on the task
                partner_ids=task.user_id.partner_id.ids, subject=task.name, body=body, author_id=self.env.user.partner_id.id)

    # ------------------------------------------------------------------
    # Its end
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Call the task off: what is open is not visited any more, what was done stays."""
        self.check_access('write')
        self.sudo().line_ids.filtered(  # lines of all people, once the task itself may be written
            lambda line: line.state in (*OPEN, 'declined'))._move('cancel')
        self.state = 'cancelled'
        self._after_lines()

    @api.model
    def _cron_expire(self):
        """Close the open lines of tasks whose deadline has passed where their company is, and tell who dispatched them."""
        running = self.sudo().search([('state', '=', 'running'), ('date_deadline', '<', fields.Date.add(fields.Date.today(), days=1))])
        today = {company: company._crm_today() for company in running.company_id}
        over = running.filtered(lambda task: task.date_deadline < today[task.company_id])
        for left, task in zip(range(len(over) - 1, -1, -1), over):
            task._expire()
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    def _expire(self):
        self.ensure_one()
        late = self.line_ids.filtered(lambda line: line.state in (*OPEN, 'declined'))
        late._move('expire')
        self.message_notify(
            partner_ids=self.user_id.partner_id.ids, subject=self.name, body=self.env._(
                "The deadline has passed: %(done)s of %(count)s visits are done, %(late)s have expired.",
                done=self.done_count, count=self.line_count, late=len(late)))
        self._after_lines()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if any(task.state == 'running' for task in self):
            raise UserError(self.env._("People are working on this task. Cancel it first."))

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def action_open_lines(self):
        """Open the lines of the task, in the state given by the context key ``line_state`` where there is one."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_visit_quota.crm_visit_task_line_action')
        state = self.env.context.get('line_state')
        return {**action, 'name': self.name, 'domain': [('task_id', '=', self.id)],
                'context': {f'search_default_{state}': 1} if state else {}}
