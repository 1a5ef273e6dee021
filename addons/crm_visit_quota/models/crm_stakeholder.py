from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STANCES = [('supporter', "Supporter"), ('neutral', "Neutral"), ('opponent', "Opponent"), ('unknown', "Unknown")]


class CrmStakeholder(models.Model):
    """A person with a say in one deal: in which role, how much of it, and how we stand with each other.

    Roles belong to the deal, not to the contact: the engineer who decides about a spare part is heard at most when a plant
    is bought. Whether somebody has been contacted is never typed, it follows from visits and messages (``_compute_facts``).
    """
    _name = 'crm.stakeholder'
    _description = "Stakeholder"
    _order = 'influence desc, id'
    _parent_name = 'reports_to_id'

    lead_id = fields.Many2one('crm.lead', "Opportunity", required=True, index=True, ondelete='cascade')
    customer_id = fields.Many2one('res.partner', compute='_compute_customer_id', compute_sudo=True)
    company_id = fields.Many2one('res.company', compute='_compute_company_id', store=True, precompute=True, index=True)
    user_id = fields.Many2one(related='lead_id.user_id', string="Salesperson")
    stage_id = fields.Many2one(related='lead_id.stage_id')
    won_status = fields.Selection(related='lead_id.won_status')
    partner_id = fields.Many2one(
        'res.partner', "Person", required=True, index=True, ondelete='restrict', context={'active_test': False},
        # the last leaf leaves everybody in where "external" is ticked, and nobody where not
        domain="[('is_company', '=', False), '|', '|', ('commercial_partner_id', '=', customer_id), ('parent_id', '=', False),"
               " ('is_company', '!=', is_external)]")
    name = fields.Char(related='partner_id.name')  # without the company, which everybody in a deal shares
    function = fields.Char(related='partner_id.function')
    phone = fields.Char(related='partner_id.phone')
    email = fields.Char(related='partner_id.email')
    partner_active = fields.Boolean(related='partner_id.active', string="Contact is Active")
    is_external = fields.Boolean(
        "External", compute='_compute_is_external', store=True, readonly=False, precompute=True,
        help="Not of the customer: a consultant, a planner, the customer's customer.")
    role_ids = fields.Many2many(
        'crm.stakeholder.role', 'crm_stakeholder_role_rel', 'stakeholder_id', 'role_id', "Roles", ondelete='restrict')
    color = fields.Integer(compute='_compute_color')
    influence = fields.Integer(default=3, required=True, aggregator='avg', help="Weight in the decision, from 1 (little) to 5.")
    relationship = fields.Integer(
        default=0, required=True, aggregator='avg', help="How we stand with each other, from -2 (against us) to 2 (for us).")
    stance = fields.Selection(STANCES, default='unknown', required=True, help="Where the person stands on this deal.")
    reports_to_id = fields.Many2one(
        'crm.stakeholder', index='btree_not_null', ondelete='set null', domain="[('lead_id', '=', lead_id)]")
    child_ids = fields.One2many('crm.stakeholder', 'reports_to_id', "Reports")
    note = fields.Text()

    _person_uniq = models.UniqueIndex("(lead_id, partner_id)", "This person is already in the buying center of this opportunity.")
    _check_influence = models.Constraint('CHECK(influence BETWEEN 1 AND 5)', "Influence goes from 1 to 5.")
    _check_relationship = models.Constraint('CHECK(relationship BETWEEN -2 AND 2)', "The relationship goes from -2 to 2.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('partner_id')
    def _compute_display_name(self):
        for stakeholder in self:
            stakeholder.display_name = stakeholder.partner_id.name or ''

    @api.model
    def _search_display_name(self, operator, value):
        return Domain('partner_id.name', operator, value)

    @api.depends('lead_id')
    def _compute_customer_id(self):
        for stakeholder in self:
            stakeholder.customer_id = stakeholder.lead_id.partner_id.commercial_partner_id

    @api.depends('lead_id')  # the opportunity itself says when its company changes, so that its own writes cost no look-up here
    def _compute_company_id(self):
        for stakeholder in self:
            stakeholder.company_id = stakeholder.lead_id.company_id

    @api.depends('partner_id', 'lead_id')
    def _compute_is_external(self):
        """People of the customer are not external, people without a company are; of others people say so themselves."""
        for stakeholder in self:
            employer, customer = stakeholder.partner_id.commercial_partner_id, stakeholder.customer_id
            if employer == customer or not customer:
                stakeholder.is_external = False
            elif employer == stakeholder.partner_id:
                stakeholder.is_external = True

    @api.depends('role_ids.color')
    def _compute_color(self):
        for stakeholder in self:
            stakeholder.color = stakeholder.role_ids[:1].color

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains('partner_id', 'is_external', 'lead_id')
    def _check_person(self):
        for stakeholder in self.sudo():  # the person may be another's contact
            person, customer = stakeholder.partner_id, stakeholder.customer_id
            if person.is_company:
                raise ValidationError(self.env._("%(name)s is a company. Choose a person.", name=person.display_name))
            if customer and not stakeholder.is_external and person.commercial_partner_id not in (customer, person):
                raise ValidationError(self.env._(
                    "%(person)s works for %(employer)s, not for %(customer)s. Tick “External” to add a consultant.",
                    person=person.name, employer=person.commercial_partner_id.display_name, customer=customer.display_name))

    @api.constrains('partner_id', 'lead_id')
    def _check_person_company(self):
        for stakeholder in self.sudo():
            company = stakeholder.partner_id.company_id
            if company and stakeholder.lead_id.company_id and company != stakeholder.lead_id.company_id:
                raise ValidationError(self.env._(
                    "%(person)s is a contact of %(company)s. Choose one that is shared or of the opportunity's company.",
                    person=stakeholder.partner_id.name, company=company.name))

    @api.constrains('reports_to_id', 'lead_id')
    def _check_reports_to(self):
        for stakeholder in self:
            if stakeholder.reports_to_id and stakeholder.reports_to_id.lead_id != stakeholder.lead_id:
                raise ValidationError(self.env._(
                    "%(boss)s is not in the buying center of this opportunity. Add the person first.",
                    boss=stakeholder.reports_to_id.display_name))
            strays = stakeholder.child_ids.filtered(lambda child, stakeholder=stakeholder: child.lead_id != stakeholder.lead_id)
            if strays:
                raise ValidationError(self.env._(
                    "%(person)s reports to %(boss)s and cannot stay behind in another opportunity.",
                    person=strays[0].display_name, boss=stakeholder.display_name))
        if self._has_cycle('reports_to_id'):
            raise ValidationError(self.env._("Nobody can report to themselves, not even through others. Choose somebody else."))

    # ------------------------------------------------------------------
    # Merging and carrying over
    # ------------------------------------------------------------------

    def _carry_over(self, lead):
        """Copy the people with roles, influence, relationship and hierarchy to another deal; what happened stays behind.

        :param lead: crm.lead; people who are there already stay as they are
        :return: the new stakeholders
        """
        there = {stakeholder.partner_id: stakeholder for stakeholder in lead.crm_stakeholder_ids}
        sources = self.filtered(lambda source: source.partner_id not in there)
        copies = self.create([{
            'lead_id': lead.id, 'partner_id': source.partner_id.id, 'is_external': source.is_external,
            'role_ids': [Command.set(source.role_ids.ids)], 'influence': source.influence, 'relationship': source.relationship,
        } for source in sources])
        there.update({copy.partner_id: copy for copy in copies})
        for source, copy in zip(sources, copies, strict=True):
            boss = there.get(source.reports_to_id.partner_id)
            if boss and boss != copy:
                copy.reports_to_id = boss
        return copies

    def _absorb(self, others):
        """Take the roles and reports of ``others``, who are the same person in the same deal, and remove them."""
        self.ensure_one()
        if not others:
            return
        bosses = (self.reports_to_id | others.reports_to_id) - others - self
        (others.child_ids - self - others).write({'reports_to_id': self.id})
        self.write({
            'role_ids': [Command.link(role.id) for role in others.role_ids - self.role_ids],
            'note': "\n".join(note for note in [self.note, *others.mapped('note')] if note) or False,
            **({} if self.stance != 'unknown' else {'stance': others[0].stance}),
        })
        others.unlink()
        if not self.reports_to_id:
            self._report_to_first(bosses)

    def _report_to_first(self, bosses):
        """Let the person report to the first of ``bosses`` who does not already report to it, even through others."""
        for boss in bosses:
            above = boss
            while above and above != self:
                above = above.reports_to_id
            if not above:
                self.reports_to_id = boss
                return

    def _move_to(self, lead):
        """Bring the stakeholders to another deal, where opportunities are merged; a person who is there already is kept once."""
        there = {stakeholder.partner_id: stakeholder for stakeholder in lead.crm_stakeholder_ids}
        links = {stakeholder: stakeholder.reports_to_id for stakeholder in self if stakeholder.reports_to_id}
        self.write({'reports_to_id': False})
        heirs = {}
        for stakeholder in self:
            heirs[stakeholder] = there.setdefault(stakeholder.partner_id, stakeholder)
        movers = self.filtered(lambda stakeholder: heirs[stakeholder] == stakeholder)
        movers.write({'lead_id': lead.id})
        movers._settle_from_lead()
        for person, boss in links.items():
            if heirs.get(boss) and not heirs[person].reports_to_id and heirs[boss] != heirs[person]:
                heirs[person]._report_to_first(heirs[boss])
        for keeper in set(heirs.values()) & set(lead.crm_stakeholder_ids):
            keeper._absorb(self.filtered(lambda other, keeper=keeper: heirs[other] == keeper and other != keeper))

    def _settle_from_lead(self):
        """The opportunities got another company or customer: follow."""
        self.env.add_to_compute(self._fields['company_id'], self)
        self._refresh_facts()
        self.invalidate_recordset(['customer_id'])
        for stakeholder in self:
            employer, customer = stakeholder.partner_id.commercial_partner_id, stakeholder.customer_id
            stakeholder.is_external = bool(customer) and employer != customer
