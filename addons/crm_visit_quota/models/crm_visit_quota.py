from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

NEW_DEFINITIONS = [
    ('company', "Never visited before by anybody"), ('rep', "Never visited before by this person"),
    ('months', "Not visited by anybody for some months"),
]


class CrmVisitQuota(models.Model):
    """What is expected of people a month: visits per working day, shares of distinct and of new customers.

    A rule is for a person, a team or the whole company; for each person the most specific one holds that is in force on the
    **last day of the month**, and it holds for the whole month. Months without a rule are counted without targets.
    A target is reached *from* its value on, the value included; a target of 0 is none.
    """
    _name = 'crm.visit.quota'
    _description = "Visit Quota"
    _order = 'company_id, user_id nulls last, team_id nulls last, date_from desc, id'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(
        'crm.team', "Sales Team", index='btree_not_null', ondelete='cascade', check_company=True, help="Empty: for every team.")
    user_id = fields.Many2one(
        'res.users', "Person", index='btree_not_null', ondelete='cascade', domain=[('share', '=', False)],
        help="Empty: for everybody of the team or the company.")
    scope = fields.Selection(
        [('user', "Person"), ('team', "Team"), ('company', "Company")], compute='_compute_scope', store=True, precompute=True)
    active = fields.Boolean(default=True)
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._crm_today().replace(day=1),
        help="A rule holds for every month whose last day lies between these days.")
    date_until = fields.Date("Until", help="Empty: until further notice.")

    # targets
    daily_target = fields.Float("Visits per Working Day", default=3.0, digits=(16, 2), help="0: no target.")
    distinct_target = fields.Float(
        "Share of Distinct Customers (%)", default=65.0, digits=(16, 2),
        help="Of a month's visits, how many must go to different customers. 0: no target.")
    new_target = fields.Float(
        "Share of New Customers (%)", digits=(16, 2), help="Of a month's visited customers, how many must be new. 0: no target.")
    stretch = fields.Float("Stretch (%)", digits=(16, 2),
                          help="By how much the number of visits exceeds the target when stretched. 0: no stretch level.")

    # how to count
    new_definition = fields.Selection(NEW_DEFINITIONS, "New Customer Means", required=True, default='company')
    new_months = fields.Integer(
        "Months", default=12, help="A customer last visited exactly so many months ago is new again.")
    once_a_day = fields.Boolean(
        "Once a Day", default=True, help="Several visits of a person to a customer on one day count as one.")
    portfolio_limit = fields.Integer("Portfolio Size", default=200, help="Customers that a person can look after. 0: no limit.")

    _check_targets = models.Constraint(
        'CHECK(daily_target >= 0 AND distinct_target BETWEEN 0 AND 100 AND new_target BETWEEN 0 AND 100 AND stretch >= 0)',
        "Targets cannot be negative, and no share can be more than 100 %.")
    _check_counts = models.Constraint(
        'CHECK(portfolio_limit >= 0 AND (new_months > 0 OR new_definition <> \'months\'))',
        "Give a number of months above zero, and no negative portfolio size.")
    _check_dates = models.Constraint('CHECK(date_until >= date_from)', "A quota cannot end before it starts.")

    @api.depends('user_id', 'team_id')
    def _compute_scope(self):
        for quota in self:
            quota.scope = 'user' if quota.user_id else 'team' if quota.team_id else 'company'

    @api.depends('scope', 'user_id', 'team_id', 'company_id')
    def _compute_display_name(self):
        for quota in self:
            quota.display_name = (quota.user_id or quota.team_id or quota.company_id).sudo().display_name

    @api.onchange('user_id')
    def _onchange_user_id(self):
        if self.user_id:
            self.team_id = False

    @api.constrains('user_id', 'team_id')
    def _check_scope(self):
        if self.filtered(lambda quota: quota.user_id and quota.team_id):
            raise ValidationError(self.env._("A quota is for a person or for a team. Leave one of them empty."))

    @api.constrains('user_id', 'team_id', 'company_id', 'date_from', 'date_until', 'active')
    def _check_overlap(self):
        """Two rules for the same scope never hold on the same day; gaps are fine."""
        mine = self.filtered('active')
        if not mine:
            return
        others = self.search([
            ('company_id', 'in', mine.company_id.ids), ('user_id', 'in', [*mine.user_id.ids, False]),
            ('team_id', 'in', [*mine.team_id.ids, False])])
        for quota in mine:
            for other in others - quota:
                same = all(quota[name] == other[name] for name in ('company_id', 'user_id', 'team_id'))
                if same and not quota._is_apart(other):
                    raise ValidationError(self.env._(
                        "There is already a quota for %(scope)s from %(start)s. Let one end before the other begins.",
                        scope=quota.display_name, start=max(quota.date_from, other.date_from)))

    def _is_apart(self, other):
        ends_before = self.date_until and self.date_until < other.date_from
        return ends_before or (other.date_until and other.date_until < self.date_from)

    # ------------------------------------------------------------------
    # Which rule holds
    # ------------------------------------------------------------------

    @api.model
    def _in_force(self, company, day):
        """Return ``{(scope, id of the person, team or company): rule}`` of the rules of a company in force on a day."""
        rules = self.sudo().search(Domain('company_id', '=', company.id) & Domain('date_from', '<=', day) & (
            Domain('date_until', '=', False) | Domain('date_until', '>=', day)))  # what is expected of people is counted for all
        return {(rule.scope, (rule.user_id or rule.team_id or rule.company_id).id): rule for rule in rules}

    @api.model
    def _choose(self, rules, company, user_id, team_id):
        """Return the most specific of the rules (see :meth:`_in_force`) for a person; empty if none holds."""
        for key in (('user', user_id), ('team', team_id), ('company', company.id)):
            if key in rules:
                return rules[key]
        return self.browse()

    def _explain(self):
        """Return a sentence on why this rule holds."""
        self.ensure_one()
        texts = {
            'user': self.env._("Quota of the person: it goes before those of the team and of the company."),
            'team': self.env._("Quota of the team %(team)s: there is none for the person.", team=self.team_id.sudo().name),
            'company': self.env._("Quota of the company: there is none for the person or the team."),
        }
        return texts[self.scope]
