from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.masking import MASKS

INSIGHT = 'sales_team.group_sale_salesman_all_leads,crm_churn.group_churn_analyst'


class CrmPool(models.Model):
    """Customers that nobody looks after, for its members to claim."""
    _name = 'crm.pool'
    _description = "Customer Pool"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, aggregator=None, help="The first pool whose scope fits takes a customer.")
    active = fields.Boolean(default=True)
    color = fields.Integer(aggregator=None)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)

    # who works with it
    member_ids = fields.Many2many(
        'res.users', 'crm_pool_member_rel', string="Members", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="See the pool and claim from it, besides the members of the sales team.")
    admin_ids = fields.Many2many(
        'res.users', 'crm_pool_admin_rel', string="Administrators", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="See everything in the pool unmasked, assign customers, and move and import them.")
    responsible_id = fields.Many2one(
        'res.users', required=True, default=lambda self: self.env.user, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets what is still open at a customer that comes into the pool. Whoever claims the customer gets it from there.")
    on_return = fields.Selection([
        ('close', "Cancel plans, hand over the rest"), ('move', "Hand over everything"),
    ], "Open Records on Return", required=True, default='close',
        help="Planned activities and visits are cancelled; opportunities, quotations and whatever else is open go to the responsible.")

    # which customers come here by themselves
    is_automatic = fields.Boolean(
        "Takes Released Customers", default=True, help="Customers that lose their salesperson come here, if the scope fits.")
    team_id = fields.Many2one('crm.team', "Sales Team", index='btree_not_null', check_company=True, help="Customers of this team's people.")
    country_ids = fields.Many2many('res.country', string="Countries")
    state_ids = fields.Many2many('res.country.state', string="Regions")
    segment_id = fields.Many2one('crm.segment', index='btree_not_null', check_company=True)

    # caps of members
    claim_daily_max = fields.Integer(
        "Claims a Day", default=10, aggregator=None, help="Per person. What was given back counts, too. 0: no limit.")
    holding_max = fields.Integer(
        "Customers Held", default=0, aggregator=None, help="Nobody claims beyond this number of own customers. 0: no limit.")
    holding_exempt_grade_ids = fields.Many2many('crm.grade', string="Held Without Counting", help="Grades that do not count as held.")
    cooldown_days = fields.Integer(
        "Cool-Down (Days)", default=30, aggregator=None, help="How long a former owner may not claim the customer again.")
    fresh_hours = fields.Integer(
        "Delay (Hours)", default=0, aggregator=None, help="How long nobody may claim what has just come in, so that all have seen it.")
    mask = fields.Selection(MASKS, "Masked Until Claimed", required=True, default='contact')
    view_daily_max = fields.Integer(
        "Views a Day", default=0, aggregator=None, help="How many customers a person may look into. 0: no limit.")
    # exemptions that people ask for themselves
    protect_days_max = fields.Integer(
        "Protection (Days)", default=90, aggregator=None, help="How far ahead an owner may protect a customer from coming here.")
    protect_max = fields.Integer("Protected Customers", default=5, aggregator=None, help="How many a person may have protected. 0: none.")

    entry_ids = fields.One2many('crm.pool.entry', 'pool_id', "Customers")
    rule_ids = fields.One2many('crm.pool.rule', 'pool_id', "Recycling Rules")
    entry_count = fields.Integer("Number of Customers", compute='_compute_entry_count')
    claim_left = fields.Integer("Claims Left Today", compute='_compute_claim_left')

    _company_idx = models.Index('(company_id, sequence, id)')
    _caps_check = models.Constraint(
        """CHECK(claim_daily_max >= 0 AND holding_max >= 0 AND cooldown_days >= 0 AND fresh_hours >= 0 AND view_daily_max >= 0
                 AND protect_days_max >= 0 AND protect_max >= 0)""", "Limits cannot be negative. Use 0 for none.")

    @api.constrains('responsible_id', 'company_id')
    def _check_responsible(self):
        for pool in self:
            if pool.company_id not in pool.responsible_id.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s does not work in %(company)s and cannot be responsible for “%(pool)s”.",
                    user=pool.responsible_id.name, company=pool.company_id.name, pool=pool.name))

    @api.constrains('company_id')
    def _check_company_stays(self):
        entries = self.env['crm.pool.entry'].sudo().with_context(active_test=False)  # also those that the user may not see
        for pool in self:
            if entries.search_count([('pool_id', '=', pool.id), ('company_id', '!=', pool.company_id.id)], limit=1):
                raise ValidationError(self.env._("There are customers in “%(pool)s”: its company stays.", pool=pool.name))

    @api.depends('entry_ids')
    def _compute_entry_count(self):
        counts = dict(self.env['crm.pool.entry']._read_group([('pool_id', 'in', self.ids)], ['pool_id'], ['__count']))
        for pool in self:
            pool.entry_count = counts.get(pool._origin, 0)

    @api.depends_context('uid')
    @api.depends('claim_daily_max')
    def _compute_claim_left(self):
        claimed = self._claimed_today(self.env.user)
        for pool in self:
            pool.claim_left = max(0, pool.claim_daily_max - claimed.get(pool.id, 0))

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _members(self):
        """Return who may claim from the pool."""
        pool = self.sudo()  # who works where is no secret
        return pool.member_ids | pool.admin_ids | pool.team_id.crm_team_member_ids.user_id

    def _is_admin(self):
        """Return whether the user decides about the customers of all these pools."""
        if self.env.su or self.env.user.has_group('sales_team.group_sale_manager'):
            return True
        return all(self.env.user in pool.sudo().admin_ids for pool in self)

    def _sees_all(self):
        """Return whether nothing of the pool is masked for the user."""
        return self.env.su or self.env.user.has_groups(INSIGHT) or self._is_admin()

    def _claimed_today(self, user):
        """Return ``{pool id: number of claims}`` of a person on the present day of each pool's company, given back or not."""
        moves, counts = self.env['crm.pool.move'].sudo(), {}  # own claims, whether or not the person may read the history
        for company, pools in self._origin.grouped('company_id').items():
            counts.update({pool.id: count for pool, count in moves._read_group([
                ('to_user_id', '=', user.id), ('kind', '=', 'claimed'), ('day', '=', company._crm_today()), ('pool_id', 'in', pools.ids),
            ], ['pool_id'], ['__count'])})
        return counts

    # ------------------------------------------------------------------
    # Which customers
    # ------------------------------------------------------------------

    @api.model
    def _choose(self, customers, company):
        """Return ``{pool: customers}``: for each customer the first pool of a company that takes released ones and whose scope fits.

        :param customers: commercial partners that still have their owner
        """
        pools = self.sudo().search([('company_id', '=', company.id), ('is_automatic', '=', True)])  # customers go where rules say
        chosen, left = {}, customers.sudo()
        for pool in pools:
            if fitting := left and pool._fitting(left):
                chosen[pool] = fitting
                left -= fitting
        return chosen

    def _fitting(self, customers):
        """Return those of the customers that the scope of the pool fits."""
        if self.team_id:
            people = self.team_id.crm_team_member_ids.user_id | self.team_id.user_id
            customers = customers.filtered(lambda customer: customer.user_id in people)
        if self.country_ids:
            customers = customers.filtered(lambda customer: customer.country_id in self.country_ids)
        if self.state_ids:
            customers = customers.filtered(lambda customer: customer.state_id in self.state_ids)
        if self.segment_id and customers:
            customers = self.env['crm.customer'].search(
                Domain('partner_id', 'in', customers.ids) & self.segment_id.customer_domain()).partner_id
        return customers

    def _scope_conditions(self):
        """Return what :meth:`_fitting` asks, as conditions on the relation ``idle`` of ``crm.pool.due``: no rule takes from its owner
        what the pool would not take when it is released. Of a pool that takes nothing by itself the rules decide alone."""
        self.ensure_one()
        conditions = [SQL("TRUE")]
        if not self.is_automatic:
            return conditions
        if self.team_id:
            people = self.team_id.crm_team_member_ids.user_id | self.team_id.user_id
            conditions.append(SQL("idle.user_id = ANY(%s)", people.ids))
        if self.country_ids:
            conditions.append(SQL("idle.country_id = ANY(%s)", self.country_ids.ids))
        if self.state_ids:
            conditions.append(SQL("idle.state_id = ANY(%s)", self.state_ids.ids))
        if self.segment_id:
            profiles = self.env['crm.customer']._search(
                Domain('company_id', '=', self.company_id.id) & self.segment_id.customer_domain())
            conditions.append(SQL("idle.partner_id IN %s", profiles.subselect('partner_id')))
        return conditions

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_entries(self):
        """Open the customers of the pool."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_pool_entry_action')
        return {**action, 'name': self.name, 'domain': [('pool_id', '=', self.id)]}

    def action_open_due(self):
        """Open what the rules of the pool will recycle, as of now."""
        self.ensure_one()
        due = self.env['crm.pool.due']
        if self._is_admin():
            due.sudo()._refresh(self.company_id)  # rules look at all customers; what is shown is up to the record rules
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_pool_due_action')
        return {**action, 'domain': [('pool_id', '=', self.id)]}
