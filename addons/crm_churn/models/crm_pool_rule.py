from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

CORE_KINDS = ('lead', 'quotation')   # open for years at many a customer: they spare only whom a rule says so


class CrmPoolRule(models.Model):
    """When a customer goes from its owner to a pool: not followed up, no opportunity, no order for so many days, or its contract ended."""
    _name = 'crm.pool.rule'
    _description = "Recycling Rule"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    pool_id = fields.Many2one(
        'crm.pool', "To the Pool", required=True, index=True, ondelete='cascade',
        help="The rule takes whoever fits the scope of the pool.")
    company_id = fields.Many2one(related='pool_id.company_id', store=True, index=True)

    # whose customers
    team_ids = fields.Many2many('crm.team', string="Of Sales Teams", help="Customers of these teams' people. Empty: of everybody.")
    grade_ids = fields.Many2many('crm.grade', 'crm_pool_rule_grade_rel', string="Grades", help="Empty: whatever the grade.")
    lifecycle_ids = fields.Many2many('crm.lifecycle.state', string="Life-Cycle States", help="Empty: whatever the state.")
    country_state_ids = fields.Many2many('res.country.state', string="Regions", help="Empty: everywhere.")
    came_from_ids = fields.Many2many(
        'crm.pool', 'crm_pool_rule_source_rel', string="Once Claimed From", help="Only customers that were claimed from these pools.")

    # when
    days_contact = fields.Integer(
        "No Follow-up (Days)", default=0, aggregator=None, help="No message, call, meeting or visit. 0: does not matter.")
    days_opportunity = fields.Integer("No Opportunity (Days)", default=0, aggregator=None, help="No new opportunity. 0: does not matter.")
    days_order = fields.Integer("No Order (Days)", default=0, aggregator=None, help="No confirmed order. 0: does not matter.")
    days_ended = fields.Integer(
        "Contract Ended (Days)", default=0, aggregator=None,
        help="So many days after what was signed has ended: a contract terminated or followed by no other, an order cancelled."
             " Only customers who have signed nothing since. 0: does not matter.")
    combine = fields.Selection([('any', "One of these"), ('all', "All of these")], "Recycled If", required=True, default='any')
    warn_days = fields.Integer(
        "Warning (Days)", default=7, aggregator=None, help="The owner is told so many days before. 0: recycled without warning.")

    # who stays
    exempt_grade_ids = fields.Many2many('crm.grade', 'crm_pool_rule_exempt_rel', string="Except Grades")
    spare_kind_ids = fields.Many2many(
        'crm.pool.kind', string="Except With Open", default=lambda self: self.env['crm.pool.kind']._known().filtered('is_default'),
        help="Customers at whom something of this kind is open stay with their owners, such as those with a running contract.")
    due_count = fields.Integer("Will Be Recycled", compute='_compute_due_count')

    _days_check = models.Constraint(
        "CHECK(days_contact >= 0 AND days_opportunity >= 0 AND days_order >= 0 AND days_ended >= 0 AND warn_days >= 0"
        " AND days_contact + days_opportunity + days_order + days_ended > 0)",
        "Say after how many days without follow-up, opportunity, order or contract a customer is recycled.")

    @api.constrains('grade_ids', 'exempt_grade_ids')
    def _check_grades(self):
        for rule in self:
            if both := rule.grade_ids & rule.exempt_grade_ids:
                raise ValidationError(self.env._(
                    "“%(rule)s” cannot take and spare grade %(grade)s at once.", rule=rule.name, grade=both[0].name))

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_due_count(self):
        counts = dict(self.env['crm.pool.due']._read_group([('rule_id', 'in', self.ids)], ['rule_id'], ['__count']))
        for rule in self:
            rule.due_count = counts.get(rule._origin, 0)

    def action_preview(self):
        """Open which customers the rule will recycle, as of now.

        :raise AccessError: for anybody who may not change the rule
        """
        self.ensure_one()
        self.check_access('write')
        self.env['crm.pool.due'].sudo()._refresh(self.company_id)  # rules look at all customers, whoever asks
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_pool_due_action')
        return {**action, 'domain': [('rule_id', '=', self.id)]}

    # ------------------------------------------------------------------
    # In SQL, over the relation ``idle`` of :meth:`crm.pool.due._measure`
    # ------------------------------------------------------------------

    def _due_sql(self):
        """Return the select ``(partner_id, rule_id, pool_id, user_id, due_date)`` of all customers that the rule is about."""
        dates = [
            SQL("GREATEST(idle.since, %s) + %s", SQL.identifier('idle', column), days)
            for column, days in (('contact', self.days_contact), ('opportunity', self.days_opportunity), ('purchase', self.days_order))
            if days]
        if self.days_ended:   # nothing is ended at most customers: that day never comes
            dates.append(SQL(
                "CASE WHEN idle.ended IS NULL THEN 'infinity' ELSE GREATEST(idle.since, idle.ended) + %s END", self.days_ended))
        first = SQL("LEAST") if self.combine == 'any' else SQL("GREATEST")
        return SQL(
            """SELECT idle.partner_id, %(rule)s AS rule_id, %(pool)s AS pool_id, idle.user_id, %(sequence)s AS sequence,
                      GREATEST(%(first)s(%(dates)s), idle.protected + 1) AS due_date
                 FROM crm_pool_idle AS idle WHERE %(where)s""",
            rule=self.id, pool=self.pool_id.id, sequence=self.sequence, first=first, dates=SQL(", ").join(dates),
            where=SQL(" AND ").join(self._conditions()))

    def _conditions(self):
        conditions = self.pool_id._scope_conditions()
        if self.grade_ids:
            conditions.append(SQL("idle.grade_id = ANY(%s)", self.grade_ids.ids))
        if self.exempt_grade_ids:
            conditions.append(SQL("(idle.grade_id IS NULL OR idle.grade_id <> ALL(%s))", self.exempt_grade_ids.ids))
        if self.lifecycle_ids:
            conditions.append(SQL("idle.lifecycle_id = ANY(%s)", self.lifecycle_ids.ids))
        if self.country_state_ids:
            conditions.append(SQL("idle.state_id = ANY(%s)", self.country_state_ids.ids))
        if self.team_ids:
            people = self.team_ids.crm_team_member_ids.user_id | self.team_ids.user_id
            conditions.append(SQL("idle.user_id = ANY(%s)", people.ids))
        if self.came_from_ids:
            conditions.append(SQL(
                """EXISTS (SELECT FROM crm_pool_move AS move WHERE move.partner_id = idle.partner_id AND move.to_user_id = idle.user_id
                              AND move.direction = 'out' AND move.pool_id = ANY(%s))""", self.came_from_ids.ids))
        return conditions


class CrmPoolKind(models.Model):
    """A kind of open records that an addon declares to move with the owner: what spares a customer from recycling."""
    _name = 'crm.pool.kind'
    _description = "Kind of Open Records"
    _order = 'name, id'

    name = fields.Char(required=True, readonly=True, translate=True)
    key = fields.Char(required=True, readonly=True)
    is_default = fields.Boolean(readonly=True, help="Spares customers in new rules, unless one takes it out.")

    _key_uniq = models.Constraint('UNIQUE(key)', "This kind exists already.")

    @api.model
    def _known(self):
        """Return the kinds that the installed addons declare, new ones added."""
        kinds = self.sudo()  # a list of words
        declared = kinds.env['crm.ownership']._declared(kinds.env['res.partner'])
        known = {kind.key: kind for kind in kinds.search([])}
        own = self._original_module   # warnings and the like are no reason to stay
        kinds.create([
            {'key': key, 'name': owned.label, 'is_default': key not in CORE_KINDS and kinds.env[owned.model]._original_module != own}
            for key, owned in declared.items() if key not in known and key not in ('customer', 'activity')])
        return kinds.search([('key', 'in', list(declared))]).with_env(self.env)

    def _spared(self, customers):
        """Return those of the customers at whom something of these kinds is open."""
        spared = customers.browse()
        if not self or not customers:
            return spared
        declared = self.env['crm.ownership']._declared(customers)
        for key in self.mapped('key'):
            owned = declared.get(key)
            if owned and 'partner_id' in self.env[owned.model]._fields:
                found = self.env[owned.model]._read_group(owned.domain, ['partner_id'])
                spared |= customers.browse({partner.commercial_partner_id.id for partner, in found if partner})
        return spared & customers
