import ast

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.sla_clock import PROMISES
from ..tools.ticket_state import KINDS, PRIORITIES

CLOCKS = [
    ('team', "The Team's Hours"), ('customer', "The Customer's Hours"), ('calendar', "These Hours"), ('always', "Around the Clock"),
]


class CrmSlaPolicy(models.Model):
    """What we promise to whom: an answer, or a solution, within so much working time.

    A ticket gets the most specific policy of each promise; of those with the same conditions, its own company's before one for all
    companies. So companies that come later have promises from their first ticket on. Changing a policy leaves tickets alone that have it
    already: they keep the version that they were given.
    """
    _name = 'crm.sla.policy'
    _description = "Service Promise"
    _inherit = ['mail.thread']
    _order = 'company_id, promise, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', default=lambda self: self.env.company,
        help="Empty: for all companies. Where a company has a promise of its own with the same conditions, that one counts.")
    promise = fields.Selection(PROMISES, required=True, default='first_response')
    description = fields.Text("Told to Customers", translate=True, help="What this promise says, in words for customers.")

    # how much time
    unit = fields.Selection([('hours', "Hours"), ('days', "Working Days")], required=True, default='hours')
    hours = fields.Float("Within (Hours)", default=4, help="Hours and minutes of working time.")
    days = fields.Float("Within (Days)", default=1, help="A working day is as long as an average one of the hours that count.")
    clock = fields.Selection(CLOCKS, "Counted In", required=True, default='team')
    calendar_id = fields.Many2one('resource.calendar', "Working Hours", check_company=True, ondelete='restrict')
    pauses = fields.Boolean(
        "Stands Still While the Customer Is Asked", default=True,
        help="Off: all the time from the opening until it is solved for good counts, also what the customer took.")
    summary = fields.Char("Promise in Short", compute='_compute_summary')
    cause_required = fields.Boolean(
        "Ask for the Cause Before Closing", help="A ticket whose promise was broken is solved and closed only once somebody has said why.")

    # for whom: all conditions that are filled in must hold; see tools.sla_match
    type_ids = fields.Many2many('crm.ticket.type', string="Types", check_company=True, ondelete='restrict')
    kind = fields.Selection(KINDS, "Sort")
    priority_from = fields.Selection(PRIORITIES)
    priority_to = fields.Selection(PRIORITIES, "Priority Up To")
    grade_ids = fields.Many2many('crm.grade', string="Grades", check_company=True, ondelete='restrict')
    segment_ids = fields.Many2many(
        'crm.segment', string="Segments", check_company=True, ondelete='restrict',
        help="Any rule on customers, such as those with a running contract.")
    category_ids = fields.Many2many(
        'product.category', string="Product Categories", ondelete='restrict', help="Of the product, or above its category.")
    team_ids = fields.Many2many('crm.service.team', string="Teams", check_company=True, ondelete='restrict')
    tag_ids = fields.Many2many('crm.ticket.tag', string="Tags", ondelete='restrict')
    domain = fields.Char("Other Condition", default='[]', help="On the ticket, for experts.")

    version = fields.Integer(default=0, readonly=True, copy=False, help="Counts up when the terms change.")
    version_ids = fields.One2many('crm.sla.policy.version', 'policy_id', "Versions", readonly=True)
    step_ids = fields.One2many('crm.escalation.step', 'policy_id', "Escalation", copy=True)
    sla_ids = fields.One2many('crm.ticket.sla', 'policy_id', "Promises Given", readonly=True)
    sla_count = fields.Integer("Number of Promises", compute='_compute_sla_count')
    breach_count = fields.Integer("Broken", compute='_compute_sla_count')

    _time_positive = models.Constraint(
        "CHECK((unit = 'hours' AND hours > 0) OR (unit = 'days' AND days > 0))", "A promise takes some time: enter more than none.")
    _calendar_given = models.Constraint(
        "CHECK(clock != 'calendar' OR calendar_id IS NOT NULL)", "Choose the working hours in which the promise is counted.")

    # ------------------------------------------------------------------
    # Constraints and computes
    # ------------------------------------------------------------------

    @api.constrains('hours')
    def _check_minute(self):
        for policy in self:
            if policy.unit == 'hours' and round(policy.hours * 60) < 1:
                raise ValidationError(self.env._("“%(name)s”: promise one minute or more.", name=policy.name))

    @api.constrains('priority_from', 'priority_to')
    def _check_priorities(self):
        for policy in self:
            if not policy._priorities():
                raise ValidationError(self.env._("“%(name)s”: give the lower priority first.", name=policy.name))

    @api.constrains('domain')
    def _check_domain(self):
        for policy in self:
            try:
                self.env['crm.ticket'].sudo().search(policy._parsed_domain(), limit=1)  # checks the condition, shows nobody anything
            except (ValueError, KeyError, TypeError, UserError) as error:
                raise ValidationError(self.env._(
                    "“%(name)s”: the condition on tickets does not work: %(error)s", name=policy.name, error=error)) from error

    def _parsed_domain(self):
        """:raise ValidationError: unless the condition is a plain domain; code is never evaluated"""
        try:
            return Domain(ast.literal_eval(self.domain or '[]'))
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(self.env._("“%(name)s”: the condition on tickets is not a domain.", name=self.name)) from error

    def _priorities(self):
        """Return the priorities that are accepted."""
        low, high = self.priority_from or '0', self.priority_to or '9'
        return {value for value, _label in PRIORITIES if low <= value <= high}

    @api.depends('unit', 'hours', 'days', 'clock')
    @api.depends_context('lang')
    def _compute_summary(self):
        clocks = dict(self._fields['clock']._description_selection(self.env))
        for policy in self:
            minutes = round(policy.hours * 60)
            time = self.env._("%(days)g working days", days=policy.days) if policy.unit == 'days' else self.env._(
                "%(hours)d:%(minutes)02d hours", hours=minutes // 60, minutes=minutes % 60)
            policy.summary = self.env._("%(time)s, %(clock)s", time=time, clock=clocks.get(policy.clock, "").lower())

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_sla_count(self):
        Sla = self.env['crm.ticket.sla']
        given = dict(Sla._read_group([('policy_id', 'in', self.ids), ('state', '!=', 'void')], ['policy_id'], ['__count']))
        broken = dict(Sla._read_group([('policy_id', 'in', self.ids), ('is_breached', '=', True)], ['policy_id'], ['__count']))
        for policy in self:
            policy.sla_count, policy.breach_count = given.get(policy._origin, 0), broken.get(policy._origin, 0)

    # ------------------------------------------------------------------
    # CRUD: every change of the terms makes a version
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._keep_version()
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys() <= {'version', 'name', 'description', 'step_ids'}:
            self._keep_version()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_given(self):
        if self.env['crm.ticket.sla'].sudo().search_count([('policy_id', 'in', self.ids)], limit=1):  # also those one may not see
            raise UserError(self.env._("Tickets have been given this promise: archive it instead, so that what was promised stays known."))

    def _keep_version(self):
        """Put the terms of each policy that differ from its last version down as a new one."""
        Version = self.env['crm.sla.policy.version'].sudo()  # nobody writes them by hand
        last = {}
        for version in Version.search([('policy_id', 'in', self.ids)], order='number'):
            last[version.policy_id.id] = version
        vals_list = []
        for policy in self.sudo():  # conditions that the manager may not read are part of the terms
            terms = policy._terms()
            before = last.get(policy.id)
            if not before or before.terms != terms:
                policy.version = (before.number if before else 0) + 1
                vals_list.append({
                    'policy_id': policy.id, 'number': policy.version, 'terms': terms, 'user_id': self.env.uid,
                    'text': policy._terms_text()})
        Version.create(vals_list)

    # ------------------------------------------------------------------
    # Terms
    # ------------------------------------------------------------------

    def _terms(self):
        """Return what a version of the policy consists of."""
        self.ensure_one()
        return {
            'promise': self.promise, 'unit': self.unit, 'time': round(self.hours * 60) if self.unit == 'hours' else self.days,
            'clock': self.clock, 'calendar_id': self.calendar_id.id or False, 'pauses': self.pauses,
            'criteria': {name: sorted(values) for name, values in self._criteria().items()}, 'domain': self.domain or '[]',
        }

    def _terms_text(self):
        """Return the terms in words, as they are kept with a version."""
        parts = [self.summary]
        for name in ('segment_ids', 'grade_ids', 'category_ids', 'tag_ids', 'type_ids', 'team_ids'):
            if self[name]:
                parts.append(f"{self._fields[name].get_description(self.env)['string']}: {', '.join(self[name].mapped('display_name'))}")
        for name in ('priority_from', 'priority_to', 'kind'):
            if self[name]:
                labels = dict(self._fields[name]._description_selection(self.env))
                parts.append(f"{self._fields[name].get_description(self.env)['string']}: {labels[self[name]]}")
        if self._parsed_domain() != Domain.TRUE:
            parts.append(self.domain)
        return "; ".join(parts)

    def _criteria(self):
        """Return the conditions as sets of what is accepted, see :mod:`..tools.sla_match`."""
        self.ensure_one()
        return {
            'segment': set(self.segment_ids.ids), 'grade': set(self.grade_ids.ids), 'category': set(self.category_ids.ids),
            'tag': set(self.tag_ids.ids), 'type': set(self.type_ids.ids), 'team': set(self.team_ids.ids),
            'kind': {self.kind} if self.kind else set(),
            'priority': self._priorities() if self.priority_from or self.priority_to else set(),
            'domain': {self.id} if self._parsed_domain() != Domain.TRUE else set(),
        }

    @api.model
    @tools.ormcache('company_id')
    def _in_force(self, company_id):
        """Return the policies of a company as :func:`..tools.sla_match.choose` takes them: a tuple of dicts, not to be changed."""
        policies = self.sudo().search([('company_id', 'in', (False, company_id))])  # what is promised does not depend on who looks
        return tuple(
            {'id': policy.id, 'sequence': (not policy.company_id, policy.sequence), 'promise': policy.promise, 'version': policy.version,
             'terms': policy._terms(), 'criteria': policy._criteria()}
            for policy in policies)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_apply_to_open(self):
        """Choose anew for all open tickets of their companies, on purpose: they get the policies, and the versions, of today.

        :raise UserError: where there is no open ticket
        """
        self.check_access('write')
        Ticket = self.env['crm.ticket'].sudo()  # a promise is the company's, not that of those who may see the ticket
        companies = self.company_id if all(policy.company_id for policy in self) else self.company_id | self.env.companies
        tickets = Ticket.search([('company_id', 'in', companies.ids), ('state', 'in', ('new', 'open', 'waiting'))])
        if not tickets:
            raise UserError(self.env._("No ticket is open."))
        changed = self.env['crm.ticket'].union(*(
            of_company._sla_apply(self.filtered(lambda policy, company=company: policy.company_id in (company, company.browse())))
            for company, of_company in tickets.grouped('company_id').items()))
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'type': 'success', 'message': self.env._(
                    "%(changed)s of %(all)s open tickets have got other promises.", changed=len(changed), all=len(tickets))}}

    def action_open_slas(self):
        """Show what was promised by these policies."""
        action = self.env['ir.actions.act_window']._for_xml_id('crm_service.crm_ticket_sla_action')
        return {**action, 'domain': [('policy_id', 'in', self.ids)], 'context': {}}
