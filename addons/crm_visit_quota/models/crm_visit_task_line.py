from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.visit_task import LINE_STATES, OPEN, target

ANSWERS = {'answers', 'note'}


class CrmVisitTaskLine(models.Model):
    """A customer of a visit task, and the person who is to visit.

    People write their answers; everything else moves by the methods below, which say who may.
    """
    _name = 'crm.visit.task.line'
    _description = "Customer of a Visit Task"
    _order = 'date_deadline, task_id, id'
    _rec_name = 'customer_id'

    task_id = fields.Many2one('crm.visit.task', required=True, ondelete='cascade', readonly=True, index=True)
    company_id = fields.Many2one(related='task_id.company_id', store=True, index=True)
    date_deadline = fields.Date(related='task_id.date_deadline', store=True)
    purpose = fields.Text(related='task_id.purpose')
    dispatcher_id = fields.Many2one(related='task_id.user_id', string="Dispatched By", store=True, index=True)
    customer_id = fields.Many2one('crm.customer', required=True, ondelete='cascade', index=True, readonly=True)
    partner_id = fields.Many2one(related='customer_id.partner_id', string="Contact", store=True, index=True)
    city = fields.Char(related='partner_id.city')
    grade_id = fields.Many2one(related='customer_id.grade_id')
    user_id = fields.Many2one('res.users', "To Be Visited By", index='btree_not_null', readonly=True)
    state = fields.Selection(LINE_STATES, required=True, default='new', readonly=True)
    decline_reason = fields.Char(readonly=True)
    visit_id = fields.Many2one('crm.visit', readonly=True, index='btree_not_null', ondelete='set null')
    date_done = fields.Date("Visited On", readonly=True)
    answers = fields.Properties(definition='task_id.questions')
    is_answered = fields.Boolean("Answered", compute='_compute_is_answered', store=True)
    note = fields.Text("Remark")
    is_mine = fields.Boolean(compute='_compute_is_mine')

    _task_customer_uniq = models.UniqueIndex('(task_id, customer_id)')
    _user_open_idx = models.Index("(user_id, date_deadline) WHERE state IN ('new', 'accepted')")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('answers')
    def _compute_is_answered(self):
        """Every question has an answer, if it is the number zero; a task without questions has nothing to answer."""
        for line in self:
            given = line.answers._values if line.answers else {}  # reading the items one by one would make a zero a "nothing"
            asked = [given.get(question['name']) for question in line.task_id.sudo().questions or ()]
            line.is_answered = all(value or (value == 0 and value is not False) for value in asked)

    @api.depends_context('uid')
    @api.depends('user_id')
    def _compute_is_mine(self):
        for line in self:
            line.is_mine = line.user_id == self.env.user

    @api.depends('task_id', 'customer_id')
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.sudo().task_id.name} – {line.partner_id.display_name or ''}"  # the name of one's own task

    # ------------------------------------------------------------------
    # Who may what
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and vals.keys() - ANSWERS:
            raise AccessError(self.env._("A customer of a visit task is moved by accepting, declining, reassigning and visiting only."))
        return super().write(vals)

    def _move(self, transition, **vals):
        """Bring lines into the state that a transition leads to, as superuser, together with ``vals``.

        :raise UserError: where the transition is not allowed; then nothing is changed
        """
        states = dict(self._fields['state']._description_selection(self.env))
        for line in self:
            if not target(transition, line.state):
                raise UserError(self.env._(
                    "%(customer)s is already “%(state)s”: this cannot be done with it any more.",
                    customer=line.partner_id.display_name, state=states[line.state]))
        for lines in self.grouped('state').values():
            lines.sudo().write({'state': target(transition, lines[0].state), **vals})  # callers check who may

    def _check_mine(self):
        """:raise AccessError: unless the user is to visit all these customers, or may plan for those who are"""
        self.check_access('write')
        self.env['res.users']._crm_check_plannable(self.user_id - self.env.user)

    # ------------------------------------------------------------------
    # What the person does
    # ------------------------------------------------------------------

    def action_accept(self):
        """Accept to visit these customers.

        :raise UserError: for what is not waiting to be accepted
        """
        self._check_mine()
        self._move('accept')
        self.task_id._after_lines()
        return True

    def action_decline(self):
        """Open the dialog that asks why."""
        self._check_mine()
        return self._dialog('crm.visit.task.decline', self.env._("Decline"))

    def _decline(self, reason):
        """Give customers back to whoever dispatched them, who is told why.

        :param str reason: required
        """
        self._check_mine()
        if not (reason or '').strip():
            raise UserError(self.env._("Say why: whoever dispatched the task has to find somebody else."))
        self._move('decline', decline_reason=reason.strip())
        for task, lines in self.grouped('task_id').items():
            task._tell_dispatcher(self.env._(
                "%(person)s declines %(customers)s: %(reason)s", person=self.env.user.name,
                customers=", ".join(lines.partner_id.mapped('display_name')), reason=reason.strip()))
        self.task_id._after_lines()

    def action_plan_visit(self):
        """Open a new visit for the task, or the one that is planned for it."""
        self.ensure_one()
        action = {'type': 'ir.actions.act_window', 'res_model': 'crm.visit', 'view_mode': 'form'}
        if self.visit_id:
            return {**action, 'name': self.env._("Visit"), 'res_id': self.visit_id.id}
        context = {
            'default_partner_id': self.partner_id.id, 'default_user_id': (self.user_id or self.env.user).id,
            'default_company_id': self.company_id.id, 'default_purpose': self.sudo().task_id.name}  # the name of one's own task
        if self.task_id.kind_id:
            context['default_kind_id'] = self.task_id.kind_id.id
        return {**action, 'name': self.env._("Plan a Visit"), 'target': 'new', 'context': context}

    def action_answer(self):
        """Open the questions of the task about this customer."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Answers"), 'res_model': 'crm.visit.task.line', 'res_id': self.id,
            'views': [(self.env.ref('crm_visit_quota.crm_visit_task_line_view_form_answers').id, 'form')], 'target': 'new',
        }

    # ------------------------------------------------------------------
    # What the dispatcher does
    # ------------------------------------------------------------------

    def action_reassign(self):
        """Open the dialog that asks who visits instead."""
        self.task_id.check_access('write')
        return self._dialog('crm.visit.task.reassign', self.env._("Reassign"))

    def _reassign(self, person):
        """Give customers to somebody else, who is asked to accept.

        :raise AccessError: unless the user may write on the tasks and plan for the person
        :raise UserError: for what is done or called off, or whose deadline has passed
        """
        self.task_id.check_access('write')
        self.env['res.users']._crm_check_plannable(person)
        for task in self.task_id:
            if task.date_deadline < task.company_id._crm_today():
                raise UserError(self.env._("The deadline of “%(task)s” has passed. Choose a later day.", task=task.name))
        self._move('assign', user_id=person.id, decline_reason=False, visit_id=False)
        self.task_id._after_lines()
        self.sudo()._link_visits()  # as in _move
        for task, lines in self.grouped('task_id').items():
            task._remind(person)
            task._message_log(body=self.env._(
                "Given to %(person)s: %(customers)s", person=person.name, customers=", ".join(lines.partner_id.mapped('display_name'))))

    def _dialog(self, model, name):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model, 'view_mode': 'form', 'target': 'new',
            'context': {'default_line_ids': self.ids},
        }

    # ------------------------------------------------------------------
    # Visits
    # ------------------------------------------------------------------

    @api.model
    def _served_by(self, visits, states=OPEN):
        """Return ``[(line, visit)]`` of the open lines that visits serve: same customer and company, the person who is to
        visit, the kind asked for where the task asks for one. As superuser; one query."""
        lines = self.search(
            Domain('partner_id', 'in', visits.partner_id.ids) & Domain('user_id', 'in', visits.user_id.ids)
            & Domain('state', 'in', states) & Domain('task_id.state', '=', 'running'))
        by_key = {}
        for visit in visits:
            by_key.setdefault((visit.partner_id, visit.user_id, visit.company_id), []).append(visit)
        return [
            (line, visit) for line in lines
            for visit in by_key.get((line.partner_id, line.user_id, line.company_id), ())[:1]
            if line.task_id.kind_id in (visit.kind_id, visit.kind_id.browse())]

    def _link_visits(self):
        """Tie new lines to visits that are planned already within the deadline; as superuser."""
        visits = self.env['crm.visit'].search(
            [('state', '=', 'planned'), ('partner_id', 'in', self.partner_id.ids), ('user_id', 'in', self.user_id.ids)], order='date_start')
        for line, visit in self._served_by(visits):
            if line in self and visit.date <= line.date_deadline:
                line.visit_id = visit
