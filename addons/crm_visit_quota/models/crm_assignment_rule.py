import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

TARGETS = [('lead', "New Leads"), ('customer', "Customers Without Salesperson")]
MODELS = {'lead': 'crm.lead', 'customer': 'crm.customer'}


class CrmAssignmentRule(models.Model):
    """Who gets new leads, or customers that nobody looks after. Rules are asked in order; the first that fits gives out.

    Beside Odoo's own assignment by team: whoever is first gives a lead out, and neither touches one that has a salesperson.
    """
    _name = 'crm.assignment.rule'
    _description = "Assignment Rule"
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    target = fields.Selection(TARGETS, "Gives Out", required=True, default='lead')
    target_model = fields.Char(compute='_compute_target_model')

    # which
    country_ids = fields.Many2many('res.country', string="Countries", help="Any of these; empty: wherever.")
    state_ids = fields.Many2many('res.country.state', string="States", help="Any of these; empty: wherever.")
    industry_ids = fields.Many2many('res.partner.industry', string="Industries", help="Any of these; empty: whatever the industry.")
    grade_ids = fields.Many2many('crm.grade', string="Grades", check_company=True, help="Any of these; empty: whatever the grade.")
    team_id = fields.Many2one(
        'crm.team', "Sales Team", check_company=True, ondelete='restrict',
        help="Only leads of this team, and leads that no team has yet. Empty: those of any team.")
    domain = fields.Char("Only Where", default='[]', required=True)

    # to whom
    to_owner = fields.Boolean(
        "To the Customer's Salesperson", default=True,
        help="A lead of a customer whom somebody looks after goes to that person, whatever the load.")
    receiver_ids = fields.One2many('crm.assignment.receiver', 'rule_id', "Receivers", copy=True)

    # and then
    hours_remind = fields.Float(
        "Follow Up Within", default=8, help="Working hours of the receiver until a reminder. 0: no follow-up is watched.")
    hours_escalate = fields.Float("Then Tell the Manager After", default=8, help="Working hours after the reminder. 0: nobody is told.")
    hours_reassign = fields.Float(
        "Then Give to Someone Else After", default=8, help="Working hours after the manager was told. 0: it stays where it is.")
    manager_id = fields.Many2one(
        'res.users', "Tell", check_company=True, domain=[('share', '=', False)], help="Empty: the leader of the receiver's team.")
    assignment_ids = fields.One2many('crm.assignment', 'rule_id', "Assignments")
    assignment_count = fields.Integer("Given Out", compute='_compute_assignment_count')

    _check_hours = models.Constraint(
        'CHECK(hours_remind >= 0 AND hours_escalate >= 0 AND hours_reassign >= 0)', "Give working hours of 0 or more.")

    @api.depends('target')
    def _compute_target_model(self):
        for rule in self:
            rule.target_model = MODELS.get(rule.target)

    @api.depends('assignment_ids')
    def _compute_assignment_count(self):
        counts = dict(self.env['crm.assignment']._read_group([('rule_id', 'in', self.ids)], ['rule_id'], ['__count']))
        for rule in self:
            rule.assignment_count = counts.get(rule._origin, 0)

    @api.constrains('domain', 'target')
    def _check_domain(self):
        for rule in self:
            try:
                self.env[MODELS[rule.target]].sudo().search(rule._parsed_domain(), limit=1)  # checks the condition, shows nothing
            except (ValueError, KeyError, UserError) as error:
                raise ValidationError(self.env._(
                    "“%(rule)s”: the condition does not work: %(error)s", rule=rule.name, error=error)) from error

    def _parsed_domain(self):
        """:raise ValidationError: unless the condition is a plain domain; code is never evaluated"""
        try:
            return Domain(ast.literal_eval(self.domain or '[]'))
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(self.env._("“%(rule)s”: the condition is not a domain.", rule=self.name)) from error

    # ------------------------------------------------------------------
    # Which leads and customers
    # ------------------------------------------------------------------

    def _candidates(self, limit):
        """Return the leads, or the contacts of the customers, that this rule gives out next; the oldest first."""
        records = self.env[MODELS[self.target]].with_company(self.company_id)
        found = records.search(self._candidate_domain(), limit=limit, order=self._candidate_order())
        return found.partner_id if self.target == 'customer' else found

    def _candidate_order(self):
        return 'priority desc, id' if self.target == 'lead' else 'id'

    def _candidate_domain(self):
        on_lead = self.target == 'lead'
        company = (self.company_id.id, False) if on_lead else (self.company_id.id,)
        domain = Domain('user_id', '=', False) & Domain('company_id', 'in', company) & self._parsed_domain()
        domain &= Domain('won_status', '=', 'pending') if on_lead else Domain('partner_id.user_id', '=', False)
        for field, path in (
            ('country_ids', 'country_id'), ('state_ids', 'state_id'),
            ('industry_ids', 'partner_id.commercial_partner_id.industry_id' if on_lead else 'industry_id'),
            ('grade_ids', 'partner_id.crm_grade_id' if on_lead else 'grade_id'),
        ):
            if self[field]:
                domain &= Domain(path, 'in', self[field].ids)
        if self.team_id and on_lead:
            domain &= Domain('team_id', 'in', (self.team_id.id, False))
        return domain

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_candidates(self):
        """Open the leads or customers that wait for this rule."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Waiting for “%(rule)s”", rule=self.name),
            'res_model': MODELS[self.target], 'views': [(False, 'list'), (False, 'form')],
            'domain': [('id', 'in', self.env[MODELS[self.target]].with_company(self.company_id).search(self._candidate_domain()).ids)],
        }

    def action_view_assignments(self):
        """Open what this rule has given out."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_visit_quota.crm_assignment_action')
        return {**action, 'domain': [('rule_id', '=', self.id)], 'context': {}}


class CrmAssignmentReceiver(models.Model):
    """Somebody to whom a rule gives, how big a share and up to how many."""
    _name = 'crm.assignment.receiver'
    _description = "Receiver of an Assignment Rule"
    _order = 'rule_id, sequence, id'
    _check_company_auto = True

    rule_id = fields.Many2one('crm.assignment.rule', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='rule_id.company_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        'res.users', "Person", required=True, index=True, ondelete='cascade', check_company=True, domain=[('share', '=', False)])
    weight = fields.Float(default=1, help="A person of weight 2 carries twice as much as one of weight 1.")
    capacity = fields.Integer(help="The most open leads, or customers, that the person may have. 0: any number.")
    turn_at = fields.Datetime("Last Turn", readonly=True, copy=False, help="When something was given out last, to whomever.")

    _person_uniq = models.UniqueIndex('(rule_id, user_id)', "This person is on the rule already.")
    _check_share = models.Constraint('CHECK(weight > 0 AND capacity >= 0)', "Give a weight above 0 and no negative capacity.")

    @api.depends('user_id')
    def _compute_display_name(self):
        for receiver in self:
            receiver.display_name = receiver.user_id.display_name
