from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

STATES = [('open', "Open"), ('won_back', "Won Back"), ('lost', "Lost for Good"), ('dropped', "Dropped")]
# What only the transition and the nightly run write.
KEPT = {'state', 'date_closed', 'date_watch', 'regained', 'proposed_on', 'date_again'}


class CrmChurnCase(models.Model):
    """The attempt to win a lost customer back: what was lost, what was done about it, how it ended and what it brought.

    A case is closed by :meth:`_close` only. A customer has one open case in a company at a time.
    """
    _name = 'crm.churn.case'
    _description = "Win-Back Case"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date_open desc, id desc'

    name = fields.Char(compute='_compute_name', store=True, readonly=False, precompute=True, required=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='restrict', tracking=True)
    event_ids = fields.Many2many('crm.churn.event', 'crm_churn_case_event_rel', 'case_id', 'event_id', "Losses")
    main_reason_id = fields.Many2one(
        'crm.churn.reason', "Reason of the Loss", compute='_compute_main_reason_id', store=True, index='btree_not_null',
        help="Main reason of the latest loss that has one.")
    user_id = fields.Many2one(
        'res.users', "Owner", default=lambda self: self.env.user, index='btree_not_null', tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    team_id = fields.Many2one(
        'crm.team', "Sales Team", compute='_compute_team_id', store=True, readonly=False, precompute=True, index='btree_not_null')
    date_open = fields.Date("Opened On", required=True, default=lambda self: self.env.company._crm_today())
    date_watch = fields.Date(
        "Purchases Count From", readonly=True, copy=False,
        help="What was bought before does not speak for a win-back: empty where that is the day on which the case was opened.")
    grade_id = fields.Many2one('crm.grade', readonly=True, copy=False, ondelete='set null', help="Of the customer on the opening day.")
    date_closed = fields.Date("Closed On", readonly=True, copy=False, help="Of a customer won back: the win-back day.")
    state = fields.Selection(
        STATES, required=True, readonly=True, default='open', index=True, tracking=True, copy=False, group_expand=True)
    outcome = fields.Text("Why It Ended So", tracking=True, copy=False)
    measure_ids = fields.Many2many('crm.churn.measure', string="Measures")
    plan_id = fields.Many2one('mail.activity.plan', "Activity Plan", domain="[('res_model', '=', 'crm.churn.case')]")
    regained = fields.Monetary(
        "Regained Revenue", readonly=True, groups=AMOUNTS, copy=False,
        help="Net invoiced revenue with the customer from the win-back day on, for the months set in the settings.")
    proposed_on = fields.Date("Owner Told On", readonly=True, copy=False, help="Day on which the owner was told that the customer buys.")
    date_again = fields.Date(
        "Bought Again", readonly=True, copy=False, help="Day of the first purchase that speaks for a win-back: the win-back day.")

    _dates = models.Constraint(
        'CHECK(date_closed IS NULL OR date_closed >= date_open)', "A case cannot be closed before it was opened.")
    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'open'", "This customer has an open win-back case already: go on with that one.")
    _closed_idx = models.Index("(company_id, date_closed) WHERE state = 'won_back'")

    @api.depends('partner_id')
    def _compute_name(self):
        for case in self:
            case.name = self.env._("Win back %s", case.partner_id.display_name) if case.partner_id else case.name

    @api.depends('event_ids.main_reason_id', 'event_ids.date')
    def _compute_main_reason_id(self):
        for case in self:
            told = case.event_ids.filtered('main_reason_id').sorted(lambda event: (event.date, event._origin.id))
            case.main_reason_id = told[-1:].main_reason_id

    @api.depends('user_id')
    def _compute_team_id(self):
        for case in self:
            teams = case.user_id.crm_team_ids.filtered(
                lambda team, company=case.company_id: not team.company_id or team.company_id == company)
            case.team_id = case.team_id if case.team_id in teams else teams[:1]

    @api.constrains('event_ids', 'partner_id', 'company_id')
    def _check_events(self):
        for case in self.sudo():   # the losses count, whoever may see them
            customer = case.partner_id.commercial_partner_id
            if any(event.company_id != case.company_id or event.partner_id.commercial_partner_id != customer for event in case.event_ids):
                raise ValidationError(self.env._("The losses of a win-back case are of its customer and company."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_kept({name for vals in vals_list for name in vals if name != 'state' or vals[name] != 'open'})
        return super().create([self._opening_vals(vals) for vals in vals_list])

    @api.model
    def _opening_vals(self, vals):
        """Return the values of a case with its customer for a contact of it, and the grade that it has."""
        if not vals.get('partner_id'):
            return vals
        customer = self.env['res.partner'].browse(vals['partner_id']).commercial_partner_id
        # as superuser: the grade is taken over, whoever may see the profile
        profile = self.env['crm.customer'].sudo().search(
            [('partner_id', '=', customer.id), ('company_id', '=', vals.get('company_id') or self.env.company.id)], limit=1)
        return {**vals, 'partner_id': customer.id, 'grade_id': profile.grade_id.id}

    def write(self, vals):
        """:raise UserError: on a change of the state by hand"""
        self._check_kept(vals)
        if vals.get('partner_id'):
            vals = {**vals, 'partner_id': self.env['res.partner'].browse(vals['partner_id']).commercial_partner_id.id}
        return super().write(vals)

    def _check_kept(self, names):
        if not self.env.su and KEPT & set(names):
            raise UserError(self.env._("Close a case with its buttons “Won Back”, “Lost” or “Drop”."))

    # ------------------------------------------------------------------
    # Opening and closing
    # ------------------------------------------------------------------

    @api.model
    def _open_for(self, partner, company, events=None):
        """Return the open case of a customer, opened where there is none; the losses are added to it.

        :raise UserError: when somebody else has one open already
        """
        customer = partner.commercial_partner_id
        events = events or self.env['crm.churn.event']
        case = self.sudo().search([   # also one the user may not see: a customer is not courted twice
            ('partner_id', 'child_of', customer.id), ('company_id', '=', company.id), ('state', '=', 'open')], limit=1).with_env(self.env)
        if not case:
            sees_all = self.env.user.has_group('sales_team.group_sale_salesman_all_leads')
            owner = sees_all and customer.user_id or self.env.user
            return self.create({
                'partner_id': customer.id, 'company_id': company.id, 'user_id': owner.id, 'date_open': company._crm_today(),
                'event_ids': [(6, 0, events.ids)]})
        if not case.has_access('write'):
            raise UserError(self.env._(
                "%(owner)s works on winning back %(customer)s already.", owner=case.sudo().user_id.name or self.env._("Somebody"),
                customer=customer.display_name))
        case.event_ids |= events
        return case

    def _close(self, state, reason=None):
        """Close open cases: the one way out.

        :param str state: ``won_back``, ``lost`` or ``dropped``
        :param str reason: why; needed unless the customer is won back
        :raise UserError: without a reason, or on cases that are closed

        Who was seen to buy again is won back on that day, others today. What came back is counted at once; who is not to be
        won back any more leaves nothing planned behind.
        """
        self.check_access('write')
        if any(case.state != 'open' for case in self):
            raise UserError(self.env._("Only open cases can be closed."))
        if state != 'won_back' and not (reason or '').strip():
            raise UserError(self.env._("Say why it ended so before you close the case."))
        won = state == 'won_back'
        for (company, day), cases in self.grouped(lambda case: (case.company_id, won and case.date_again)).items():
            vals = {'state': state, 'date_closed': day or company._crm_today()}
            if reason:
                vals['outcome'] = reason
            cases.sudo().write(vals)   # the state is written here only; the right to write was asked for above
            cases.flush_recordset(['state'])   # the index of open cases lets the next one be opened from here on
            if won:
                cases._regain(company)
        if won:
            self.sudo().activity_unlink(['crm_churn.mail_activity_type_bought_again'])   # answered, whoever it was for
        else:
            self.sudo().activity_ids.unlink()   # whoever planned them

    def action_reopen(self):
        """Go on with closed cases. What was bought until today does not speak for a win-back any more: it was judged already.

        :raise UserError: on open cases, or where the customer has another open one by now
        """
        self.check_access('write')
        if any(case.state == 'open' for case in self):
            raise UserError(self.env._("The case is open already."))
        for company, cases in self.grouped('company_id').items():
            # as superuser here and below: also cases one may not see are open, and the state was withheld from writing by hand only
            if self.sudo().search_count([
                    ('company_id', '=', company.id), ('partner_id', 'in', cases.partner_id.ids), ('state', '=', 'open')], limit=1):
                raise UserError(self.env._("The customer has another open case by now. Go on with that one."))
            cases.sudo().write({
                'state': 'open', 'date_closed': False, 'date_watch': company._crm_today() + timedelta(days=1), 'regained': 0.0,
                'proposed_on': False, 'date_again': False})

    def action_won_back(self):
        """Close as won back."""
        for case in self:
            case._close('won_back', case.outcome)

    def action_lost(self):
        """Close as lost for good."""
        for case in self:
            case._close('lost', case.outcome)

    def action_drop(self):
        """Close without a verdict: such cases count in no rate."""
        for case in self:
            case._close('dropped', case.outcome)

    def action_start_plan(self):
        """Plan the activities of the plan.

        :raise UserError: without a plan
        """
        self.ensure_one()
        if not self.plan_id:
            raise UserError(self.env._("Choose an activity plan first."))
        self.plan_id._crm_start(self, self.company_id)

    def _opened(self):
        """Return the action that shows the cases."""
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_case_action')
        if len(self) == 1:
            return {**action, 'views': [(False, 'form')], 'res_id': self.id}
        return {**action, 'domain': [('id', 'in', self.ids)], 'context': {}}
