from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.visit_state import OPEN
from ..tools.week_plan import Day, Stop, by_day, propose, same_city, slots, without

LIMIT = 100  # customers looked at: more than fit into anybody's week


class CrmVisitPlan(models.TransientModel):
    """Plan the visits of a week for many customers at once: proposed, put right by the person, then planned in one go."""
    _name = 'crm.visit.plan'
    _description = "Week Plan"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    plannable_ids = fields.Many2many('res.users', compute='_compute_plannable_ids')
    user_id = fields.Many2one('res.users', "For", required=True, default=lambda self: self.env.user, domain="[('id', 'in', plannable_ids)]")
    week = fields.Date("Week Of", required=True, default=lambda self: self._default_week(), help="Any day of the week.")
    source = fields.Selection(
        [('due', "Due in that week"), ('segment', "Of a segment"), ('list', "Chosen ones")], "Customers", required=True, default='due')
    segment_id = fields.Many2one('crm.segment', domain="[('company_id', '=', company_id)]")
    customer_ids = fields.Many2many('crm.customer', string="Chosen Customers", domain="[('company_id', '=', company_id)]")
    kind_id = fields.Many2one(
        'crm.visit.kind', "Kind of Visit", required=True, default=lambda self: self.env['crm.visit.kind'].search([], limit=1))
    duration = fields.Float("Hours per Visit", compute='_compute_duration', store=True, readonly=False, precompute=True)
    gap = fields.Integer("Minutes Between", default=30, help="Minutes for the way from one customer to the next.")
    per_day = fields.Integer("Visits a Day", default=5, help="At most; visits planned already are among them.")
    is_proposed = fields.Boolean()
    line_ids = fields.One2many('crm.visit.plan.line', 'plan_id', "Visits", domain=[('is_left', '=', False)])
    left_ids = fields.One2many('crm.visit.plan.line', 'plan_id', "Not Planned", domain=[('is_left', '=', True)])
    more_count = fields.Integer("Further Customers", readonly=True)

    _check_numbers = models.Constraint(
        'CHECK(duration > 0 AND gap >= 0 AND per_day > 0)', "Give a duration and a number of visits above zero, and no negative minutes.")

    def _default_week(self):
        """Monday of the coming week; this week's on a Monday."""
        today = fields.Date.context_today(self)
        return today + timedelta(days=-today.weekday() % 7)

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('company_id')
    def _compute_plannable_ids(self):
        self.plannable_ids = self.env.user._crm_plannable()

    @api.depends('kind_id')
    def _compute_duration(self):
        for plan in self:
            plan.duration = plan.kind_id.default_duration or 1

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    def action_propose(self):
        """Propose times for the customers, in the working time of the person.

        :raise AccessError: on a person for whom the user may not plan
        :raise UserError: without customers, without working time in the week, or for a week that is over
        """
        self.ensure_one()
        self.env['res.users']._crm_check_plannable(self.user_id)
        start, end = self._period()
        candidates, booked = self._candidates(start, end)
        days = self._days(start, end)
        placed, left = propose([Stop(customer.id, customer.city, customer.next_visit_date) for customer in candidates], days)
        full = self.env._("No room left in the week: raise the visits a day, or take another week.")
        self.write({
            'is_proposed': True,
            'line_ids': [Command.clear(), *(Command.create({
                'customer_id': key, 'date_start': begin, 'date_end': stop}) for key, (begin, stop) in sorted(
                    placed.items(), key=lambda item: item[1]))],
            'left_ids': [Command.clear(), *(Command.create({
                'customer_id': key, 'is_left': True, 'reason': reason}) for key, reason in [
                    *((key, full) for key in left), *((customer.id, reason) for customer, reason in booked.items())])]})
        return self._reopen()

    def action_back(self):
        """Go back to the choice of week and customers; the proposal is dropped."""
        self.ensure_one()
        self.write({'is_proposed': False, 'line_ids': [Command.clear()], 'left_ids': [Command.clear()]})
        return self._reopen()

    def _reopen(self):
        return self.env['crm.customer']._action_dialog('crm.visit.plan', self.env._("Plan a Week"), {}) | {'res_id': self.id}

    def _zone(self):
        return self.user_id._crm_tz(self.company_id)

    def _period(self):
        """Return what is left of the week as naive UTC moments.

        :raise UserError: when it is over
        """
        zone = pytz.timezone(self._zone())
        monday = self.week - timedelta(days=self.week.weekday())
        start, end = (
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (monday, monday + timedelta(days=7)))
        now = fields.Datetime.now()
        if end <= now:
            raise UserError(self.env._("The week of %(day)s is over. Choose a coming one.", day=fields.Date.to_string(monday)))
        return max(start, now), end

    def _customers(self, end):
        """Return the customers in question that the user may see, the most urgent first, and how many further ones there are."""
        domain = Domain('company_id', '=', self.company_id.id)
        if self.source == 'segment':
            if not self.segment_id:
                raise UserError(self.env._("Choose the segment."))
            domain &= self.segment_id.customer_domain()
        elif self.source == 'list':
            domain &= Domain('id', 'in', self.customer_ids.ids)
        else:
            # the week ends at midnight: the moment before is its last day wherever that is
            last = self.user_id._crm_local_date(end - timedelta(seconds=1), self.company_id)
            domain &= Domain('user_id', '=', self.user_id.id) & Domain('next_visit_date', '<=', last)
            domain &= Domain('planned_visit_date', '=', False)
        Customer = self.env['crm.customer']
        found = Customer.search(domain, order='next_visit_date, id', limit=LIMIT)
        if not found:
            raise UserError(self.env._("There is nobody to visit. Choose other customers, or another week."))
        return found, Customer.search_count(domain) - len(found)

    def _candidates(self, start, end):
        """Return the customers to be placed, and ``{customer: why not}`` for those with a visit in the week already."""
        customers, self.more_count = self._customers(end)
        # whoever plans the visit: a customer is not called upon twice in a week
        visits = self.env['crm.visit'].search([
            ('state', 'in', OPEN), ('company_id', '=', self.company_id.id), ('partner_id', 'in', customers.partner_id.ids),
            ('date_start', '>=', start), ('date_start', '<', end)], order='date_start desc')
        planned = {visit.partner_id: visit for visit in visits}
        booked = {
            customer: self.env._(
                "%(person)s has a visit planned on %(day)s.", person=planned[customer.partner_id].user_id.name,
                day=fields.Date.to_string(planned[customer.partner_id].date))
            for customer in customers if customer.partner_id in planned}
        return customers.filtered(lambda customer: customer not in booked), booked

    def _days(self, start, end):
        """Return the :class:`Day` of each working day, with what is planned on it already.

        :raise UserError: when the person does not work in the week
        """
        work = self.user_id._crm_work_intervals(start, end, self.company_id)[self.user_id]
        if not work:
            raise UserError(self.env._(
                "%(person)s has no working time in this week: it is all holidays or leave, or the working hours are empty.",
                person=self.user_id.name))
        gap = timedelta(minutes=self.gap)
        free = by_day(without(work, self.user_id._crm_busy_intervals(start, end), gap), self._zone())
        visits = self.env['crm.visit'].search([
            ('user_id', '=', self.user_id.id), ('state', 'in', OPEN), ('date_start', '>=', start), ('date_start', '<', end)])
        by_date = visits.grouped('date')
        return [
            Day(slots(intervals, timedelta(hours=self.duration), gap),
                max(0, self.per_day - len(by_date.get(day, ()))),
                frozenset(same_city(city) for city in by_date.get(day, visits.browse()).partner_id.mapped('city') if city))
            for day, intervals in sorted(free.items())]

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Plan the visits as they stand and open them in the calendar, where they can be moved.

        :raise AccessError: on a person for whom the user may not plan
        :raise UserError: on visits that overlap or lie in the past, or without any
        """
        self.ensure_one()
        self.env['res.users']._crm_check_plannable(self.user_id)
        if not self.line_ids:
            raise UserError(self.env._("There is no visit left to plan. Propose again, or close."))
        self._check_lines()
        self.env['crm.visit'].create([{
            'partner_id': line.customer_id.partner_id.id, 'user_id': self.user_id.id, 'company_id': self.company_id.id,
            'kind_id': self.kind_id.id, 'date_start': line.date_start, 'date_end': line.date_end,
        } for line in self.line_ids])
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Visits of %(person)s", person=self.user_id.name),
            'res_model': 'crm.visit', 'views': [(False, 'calendar'), (False, 'list'), (False, 'form')],
            'domain': [('user_id', '=', self.user_id.id)],
            'context': {'initial_date': fields.Date.to_string(self.line_ids[0].date_start.date()), 'default_user_id': self.user_id.id},
        }

    def _check_lines(self):
        lines = self.line_ids.sorted('date_start')
        now = fields.Datetime.now()
        visits = self.env['crm.visit'].search([
            ('user_id', '=', self.user_id.id), ('state', 'in', OPEN),
            ('date_start', '<', max(lines.mapped('date_end'))), ('date_end', '>', min(lines.mapped('date_start')))])
        spans = [(line.date_start, line.date_end, line.customer_id) for line in lines]
        taken = [(visit.date_start, visit.date_end, visit.partner_id) for visit in visits]
        for number, (start, end, customer) in enumerate(spans):
            for other_start, other_end, other in spans[number + 1:] + taken:
                if start < other_end and other_start < end:
                    raise UserError(self.env._(
                        "The visits to %(customer)s and %(other)s overlap. Move one of them.",
                        customer=customer.display_name, other=other.display_name))
        if lines[0].date_start < now:
            raise UserError(self.env._(
                "The visit to %(customer)s lies in the past. Choose a later time.", customer=lines[0].customer_id.display_name))


class CrmVisitPlanLine(models.TransientModel):
    """A visit that the planner proposes, or a customer for whom there was no room."""
    _name = 'crm.visit.plan.line'
    _description = "Proposed Visit"
    _order = 'date_start, id'

    plan_id = fields.Many2one('crm.visit.plan', required=True, ondelete='cascade', index=True)
    customer_id = fields.Many2one('crm.customer', required=True, ondelete='cascade', readonly=True)
    city = fields.Char(related='customer_id.city')
    grade_id = fields.Many2one(related='customer_id.grade_id')
    next_visit_date = fields.Date(related='customer_id.next_visit_date')
    date_start = fields.Datetime("From")
    date_end = fields.Datetime("Until", compute='_compute_date_end', store=True, readonly=False, precompute=True)
    is_left = fields.Boolean()
    reason = fields.Char(readonly=True)

    @api.depends('date_start')
    def _compute_date_end(self):
        for line in self:
            line.date_end = line.date_start and line.date_start + timedelta(hours=line.plan_id.duration or 1)
