from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.visit_state import OPEN, STATES

ALWAYS = SQL("TRUE")
OUTCOMES = [
    ('reached', "Goal reached"), ('progress', "Step forward"), ('none', "No result"), ('setback', "Step back"), ('absent', "Nobody met"),
]


class CrmVisit(models.Model):
    """A contact with a customer, planned or made: on site, by phone, online or at our place.

    The customer is the commercial partner; whom one meets there are its contacts. ``date`` is the day of the visit where its
    owner works: quotas, plans and reports count by it.
    """
    _name = 'crm.visit'
    _description = "Visit"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'crm.document']
    _order = 'date_start desc, id desc'
    _check_company_auto = True

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='restrict', check_company=True, tracking=True)
    contact_ids = fields.Many2many(
        'res.partner', 'crm_visit_contact_rel', 'visit_id', 'partner_id', "People Met",
        domain="[('commercial_partner_id', '=', partner_id), ('id', '!=', partner_id)]")
    lead_id = fields.Many2one(
        'crm.lead', "Opportunity", index='btree_not_null', ondelete='set null', check_company=True,
        domain="[('partner_id.commercial_partner_id', '=', partner_id)]")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one(
        'res.users', "Made By", required=True, index=True, default=lambda self: self.env.user, tracking=True, check_company=True,
        domain=[('share', '=', False)])
    companion_ids = fields.Many2many(
        'res.users', 'crm_visit_companion_rel', 'visit_id', 'user_id', "Companions", domain=[('share', '=', False)])
    team_id = fields.Many2one(
        'crm.team', "Sales Team", compute='_compute_team_id', store=True, readonly=False, precompute=True, index='btree_not_null',
        ondelete='set null', help="The person's team when the visit was planned; it stays when the person changes teams.")
    kind_id = fields.Many2one(
        'crm.visit.kind', required=True, index=True, ondelete='restrict', check_company=True,
        default=lambda self: self.env['crm.visit.kind'].search([], limit=1), tracking=True)
    mode = fields.Selection(related='kind_id.mode')
    kind_color = fields.Integer(related='kind_id.color', string="Color of the Kind")
    kind_icon = fields.Char(related='kind_id.icon', string="Icon of the Kind")

    city = fields.Char(related='partner_id.city')
    country_state_id = fields.Many2one(related='partner_id.state_id', string="Region")

    # when
    date_start = fields.Datetime("Planned From", required=True, default=fields.Datetime.now, tracking=True)
    date_end = fields.Datetime(
        "Planned Until", compute='_compute_date_end', store=True, readonly=False, precompute=True, required=True)
    actual_start = fields.Datetime("From", copy=False)
    actual_end = fields.Datetime("Until", copy=False)
    duration = fields.Float("Hours", compute='_compute_duration', store=True, aggregator='sum')
    date = fields.Date("Day", compute='_compute_date', store=True, precompute=True, help="Day of the visit where its owner works.")

    # state
    state = fields.Selection(STATES, required=True, default='planned', copy=False, tracking=True, index=True)
    is_off_plan = fields.Boolean("Off Plan", readonly=True, copy=False, help="Made without having been planned.")
    counts_for_quota = fields.Boolean(
        compute='_compute_counts_for_quota', store=True,
        help="Done, of a kind that counts, and long enough. Settled when the visit is finished.")
    cancel_reason = fields.Char(copy=False)
    rescheduled_from_id = fields.Many2one(
        'crm.visit', readonly=True, copy=False, ondelete='set null', index='btree_not_null')
    rescheduled_to_id = fields.Many2one(
        'crm.visit', readonly=True, copy=False, ondelete='set null', index='btree_not_null')
    rescheduled_from_start = fields.Datetime(related='rescheduled_from_id.date_start', string="Planned Before")
    rescheduled_to_start = fields.Datetime(related='rescheduled_to_id.date_start', string="Planned Now")

    # what came out of it
    outcome = fields.Selection(OUTCOMES, copy=False, tracking=True)
    purpose = fields.Char(help="What this visit is for.")
    note = fields.Text("Report", copy=False, help="What was said and seen; colleagues read it, too.")
    private_note_text = fields.Text(groups='base.group_system', copy=False)
    private_note = fields.Text(
        compute='_compute_private_note', inverse='_inverse_private_note',
        help="For the owner, the companions, the team leader and sales managers only.")
    is_private_readable = fields.Boolean(compute='_compute_private_note')
    next_step = fields.Char(copy=False, help="What happens next; becomes an activity when the visit is finished.")
    next_step_date = fields.Date("Next Step On", copy=False)
    competitor_ids = fields.Many2many(
        'res.partner', 'crm_visit_competitor_rel', 'visit_id', 'partner_id', "Competitors Mentioned", copy=False,
        domain=[('crm_is_competitor', '=', True)])
    photo_ids = fields.Many2many('ir.attachment', 'crm_visit_photo_rel', 'visit_id', 'attachment_id', "Photos", copy=False)
    check_ids = fields.One2many('crm.visit.check', 'visit_id', "Checklist")
    properties = fields.Properties("Answers", definition='kind_id.properties_definition', copy=True)

    _owner_day_idx = models.Index("(company_id, user_id, date) WHERE state = 'done'")
    _customer_day_idx = models.Index("(company_id, partner_id, date) WHERE state = 'done'")
    _company_day_idx = models.Index("(company_id, date)")
    _open_idx = models.Index("(user_id, date_start) WHERE state IN ('planned', 'underway')")
    _one_under_way = models.UniqueIndex(
        "(user_id) WHERE state = 'underway'", "You are on another visit. Check out there first.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('partner_id', 'kind_id')
    def _compute_display_name(self):
        for visit in self:
            partner = visit.partner_id.sudo()   # whose name those know who may see the visit
            visit.display_name = f"{partner.display_name or ''} – {visit.kind_id.name or ''}"

    def _mail_get_partners(self, introspect_fields=False):
        """Nobody writes to whom he may not see, such as a customer that went to a pool; the form of the visit stays open to him."""
        found = super()._mail_get_partners(introspect_fields=introspect_fields)
        readable = self.env['res.partner'].union(*found.values())._filtered_access('read')
        return {visit: partners & readable for visit, partners in found.items()}

    @api.model
    def _search_display_name(self, operator, value):
        return Domain('partner_id.display_name', operator, value)

    @api.depends('user_id', 'company_id')
    def _compute_team_id(self):
        for visit in self:
            teams = visit.user_id.sudo().crm_team_member_ids.crm_team_id  # memberships of colleagues are no secret
            visit.team_id = teams.filtered(lambda team, visit=visit: team.company_id in (visit.company_id, visit.company_id.browse()))[:1]

    @api.depends('date_start', 'kind_id')
    def _compute_date_end(self):
        for visit in self:
            if visit.date_start and not (visit.date_end and visit.date_end > visit.date_start):
                visit.date_end = visit.date_start + timedelta(hours=visit.kind_id.default_duration or 1)

    @api.depends('actual_start', 'actual_end')
    def _compute_duration(self):
        for visit in self:
            known = visit.actual_start and visit.actual_end
            visit.duration = (visit.actual_end - visit.actual_start).total_seconds() / 3600 if known else 0

    @api.depends('date_start', 'actual_start', 'user_id')
    def _compute_date(self):
        for visit in self:
            visit.date = visit.user_id._crm_local_date(visit.actual_start or visit.date_start, visit.company_id)

    @api.depends('state', 'duration', 'kind_id')  # on purpose not on the settings of the kind: what was settled stays
    def _compute_counts_for_quota(self):
        for visit in self:
            kind = visit.kind_id
            # a minute is what a duration may be off by after its way through hours
            long_enough = not kind.min_duration or visit.duration + 1 / 60 > kind.min_duration
            visit.counts_for_quota = visit.state == 'done' and kind.counts_for_quota and long_enough

    # ------------------------------------------------------------------
    # The private note
    # ------------------------------------------------------------------

    def _may_read_private(self):
        """Return the visits of which the user may read what is private: own, companion's, of the team one leads, managers all."""
        user = self.env.user
        if self.env.su or user.has_group('sales_team.group_sale_manager'):
            return self
        # what is stored decides: whoever fills in a form is no companion yet
        stored = {visit: visit._origin or visit for visit in self}
        return self.filtered(lambda visit: user in (
            stored[visit].user_id | stored[visit].companion_ids | stored[visit].team_id.sudo().user_id))

    @api.depends('private_note_text', 'user_id', 'companion_ids', 'team_id')
    @api.depends_context('uid')
    def _compute_private_note(self):
        readable = self._may_read_private()
        for visit in self:
            visit.is_private_readable = visit in readable
            visit.private_note = visit.sudo().private_note_text if visit in readable else False  # checked in the line above

    def _inverse_private_note(self):
        for visit in self._may_read_private():
            visit.sudo().private_note_text = visit.private_note  # checked by _may_read_private

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains('date_start', 'date_end', 'actual_start', 'actual_end')
    def _check_times(self):
        for visit in self:
            actual = visit.actual_start and visit.actual_end and visit.actual_end < visit.actual_start
            if actual or visit.date_end < visit.date_start:
                raise ValidationError(self.env._(
                    "The visit to %(customer)s cannot end before it starts. Correct its times.",
                    customer=visit.partner_id.display_name))

    @api.constrains('state', 'date_start', 'actual_start', 'actual_end')
    def _check_done(self):
        """What lies ahead cannot have been done. Five minutes are left to clocks that are fast."""
        limit = fields.Datetime.now() + timedelta(minutes=5)
        for visit in self:
            moments = [visit.actual_start or visit.date_start, visit.actual_end or False]
            if visit.state in ('done', 'underway') and any(moment and moment > limit for moment in moments):
                raise ValidationError(self.env._(
                    "The visit to %(customer)s lies in the future and cannot be done yet. Correct its time.",
                    customer=visit.partner_id.display_name))

    @api.constrains('lead_id', 'partner_id')
    def _check_lead(self):
        for visit in self:
            other = visit.lead_id.sudo().partner_id.commercial_partner_id  # of a lead that may be somebody else's
            if other and other != visit.partner_id.commercial_partner_id:
                raise ValidationError(self.env._(
                    "The opportunity “%(lead)s” is about %(other)s, the visit about %(customer)s. Choose an opportunity of the customer.",
                    lead=visit.lead_id.sudo().name, other=other.display_name, customer=visit.partner_id.display_name))

    def _check_contacts(self, known=None):
        """Refuse people of other customers.

        :param dict known: people met per visit who are no news: who met us for a customer and left it, stays on record
        """
        for visit in self:
            strangers = (visit.contact_ids - (known or {}).get(visit, visit.contact_ids.browse())).filtered(
                lambda contact, visit=visit: contact.commercial_partner_id != visit.partner_id.commercial_partner_id)
            if strangers:
                raise ValidationError(self.env._(
                    "%(contact)s does not belong to %(customer)s. Choose one of the customer's contacts.",
                    contact=strangers[0].display_name, customer=visit.partner_id.display_name))

    @api.onchange('partner_id')
    def _onchange_partner_id(self):
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_ids |= self.partner_id
            self.partner_id = customer
        self.contact_ids = self.contact_ids.filtered(lambda contact: contact.commercial_partner_id._origin == customer._origin)
        if self.lead_id.partner_id.commercial_partner_id != customer:
            self.lead_id = False

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(self._to_customer(vals_list))
        visits._check_contacts()
        for kind, of_kind in visits.filtered(lambda visit: not visit.check_ids).grouped('kind_id').items():
            of_kind._take_over_checklist(kind)
        return visits

    def write(self, vals):
        [vals] = self._to_customer([vals])
        known = {visit: visit.contact_ids for visit in self} if 'contact_ids' in vals and 'partner_id' not in vals else None
        lengths = self._lengths() if 'date_start' in vals and 'date_end' not in vals else {}
        result = super().write(vals)
        for length, visits in lengths.items():
            super(CrmVisit, visits).write({'date_end': visits[0].date_start + length})
        if known or 'partner_id' in vals:
            self._check_contacts(known)
        if 'kind_id' in vals:
            waiting = self.filtered(lambda visit: visit.state in OPEN)
            waiting.check_ids.filtered(lambda check: not check.is_done).unlink()
            waiting._take_over_checklist(waiting.kind_id)
        return result

    def _lengths(self):
        """Return the visits by their planned length: whoever moves the beginning alone moves the whole visit."""
        return self.grouped(lambda visit: visit.date_end - visit.date_start)

    @api.model
    def _to_customer(self, vals_list):
        """Return values in which the customer is the commercial entity; a person given as customer is somebody met there."""
        partners = self.env['res.partner'].browse({vals['partner_id'] for vals in vals_list if vals.get('partner_id')})
        commercial = {partner.id: partner.commercial_partner_id.id for partner in partners}
        return [
            dict(vals, partner_id=commercial[vals['partner_id']], contact_ids=[
                *(vals.get('contact_ids') or ()), Command.link(vals['partner_id'])])
            if commercial.get(vals.get('partner_id'), vals.get('partner_id')) != vals.get('partner_id') else vals
            for vals in vals_list
        ]

    def _take_over_checklist(self, kind):
        self.env['crm.visit.check'].sudo().create([  # the lines are the kind's, whoever plans the visit
            {'visit_id': visit.id, 'name': action.name, 'sequence': action.sequence, 'is_required': action.is_required}
            for visit in self for action in kind.action_ids])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        done = self.filtered(lambda visit: visit.state == 'done')
        if done and not self.env.user.has_group('sales_team.group_sale_manager'):
            raise ValidationError(self.env._("What was done stays on record: only a sales manager may delete a visit that was made."))

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    @api.model
    def _done_sql(self, company, condition=ALWAYS):
        """Return the relation ``(visit_id, partner_id, user_id, date, kind_id)`` of the visits made in a company.

        Callers flush before they run it.

        :param condition: SQL on the alias ``visit``
        """
        return SQL(
            """SELECT visit.id AS visit_id, visit.partner_id, visit.user_id, visit.date, visit.kind_id
                 FROM crm_visit AS visit
                WHERE visit.company_id = %s AND visit.state = 'done' AND %s""", company.id, condition)
