from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.ticket_state import CHANNELS, PRIORITIES


class CrmTicket(models.Model):
    """What a customer asked us for, until it is done.

    ``partner_id`` is the person who asked, the customer is its commercial partner. Moments are stored in UTC.
    """
    _name = 'crm.ticket'
    _description = "Service Ticket"
    _inherit = ['portal.mixin', 'mail.thread.cc', 'rating.mixin', 'mail.activity.mixin']
    _order = 'date_due, priority desc, id'
    _primary_email = 'email_from'
    _mail_post_access = 'read'
    _check_company_auto = True

    name = fields.Char("Number", required=True, copy=False, readonly=True, default=lambda self: self.env._("New"), index='trigram')
    title = fields.Char("Subject", required=True, tracking=True, index='trigram')
    description = fields.Html("In the Customer's Words", sanitize_style=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)

    # who
    partner_id = fields.Many2one('res.partner', "Asked By", index='btree_not_null', ondelete='restrict', check_company=True, tracking=True)
    commercial_partner_id = fields.Many2one(
        'res.partner', "Customer", compute='_compute_commercial_partner_id', store=True, precompute=True, index='btree_not_null',
        ondelete='restrict')
    partner_name = fields.Char("Name", help="Of somebody who is not among our contacts yet.")
    email_from = fields.Char("E-mail", compute='_compute_address', store=True, readonly=False, precompute=True, index='trigram')
    phone = fields.Char(compute='_compute_address', store=True, readonly=False, precompute=True)
    lang = fields.Char(compute='_compute_lang', help="Language in which the customer is answered.")
    owner_id = fields.Many2one(related='commercial_partner_id.user_id', string="Salesperson")

    # what
    type_id = fields.Many2one(
        'crm.ticket.type', required=True, index=True, ondelete='restrict', check_company=True, tracking=True,
        compute='_compute_type_id', store=True, readonly=False, precompute=True)
    kind = fields.Selection(related='type_id.kind', string="Sort", store=True, precompute=True)
    priority = fields.Selection(
        PRIORITIES, required=True, compute='_compute_priority', store=True, readonly=False, precompute=True, tracking=True)
    tag_ids = fields.Many2many('crm.ticket.tag', string="Tags")
    product_id = fields.Many2one('product.product', ondelete='restrict', index='btree_not_null', check_company=True)
    channel = fields.Selection(CHANNELS, required=True, default='phone', help="How it came to us.")
    ticket_properties = fields.Properties("Fields", definition='type_id.ticket_properties_definition', copy=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field='res_model', readonly=True, index='btree_not_null')

    # where it stands
    stage_id = fields.Many2one(
        'crm.ticket.stage', required=True, index=True, ondelete='restrict', copy=False, tracking=True, group_expand='_expand_stages',
        compute='_compute_stage_id', store=True, readonly=False, precompute=True)
    state = fields.Selection(related='stage_id.state', store=True, precompute=True, index=True)
    team_id = fields.Many2one(
        'crm.service.team', index=True, ondelete='restrict', check_company=True, tracking=True,
        compute='_compute_team_id', store=True, readonly=False, precompute=True)
    user_id = fields.Many2one(
        'res.users', "Assigned To", index='btree_not_null', tracking=True, check_company=True, copy=False, domain=[('share', '=', False)])

    # when; written by what happens, see crm.ticket.stage.log
    date_opened = fields.Datetime("Opened", required=True, default=fields.Datetime.now, copy=False, readonly=True)
    date_first_response = fields.Datetime("First Answered", copy=False, readonly=True)
    date_last_asked = fields.Datetime("Customer Wrote Last", copy=False, readonly=True)
    date_last_replied = fields.Datetime("We Wrote Last", copy=False, readonly=True)
    is_answer_due = fields.Boolean("Awaits Our Answer", copy=False, readonly=True, default=True)
    date_solved = fields.Datetime("Solved", copy=False, readonly=True)
    date_closed = fields.Datetime("Closed", copy=False, readonly=True)
    reopen_count = fields.Integer("Reopened", copy=False, readonly=True)
    date_due = fields.Datetime("Next Deadline", copy=False, readonly=True, help="The earliest moment that one of our promises runs out.")
    sla_state = fields.Selection(
        [('running', "On Track"), ('paused', "Clock Stopped"), ('breached', "Breached"), ('met', "Kept")], "Promise", copy=False,
        readonly=True)
    merged_into_id = fields.Many2one('crm.ticket', copy=False, readonly=True, index='btree_not_null', ondelete='restrict')
    log_ids = fields.One2many('crm.ticket.stage.log', 'ticket_id', readonly=True)

    _name_company_uniq = models.UniqueIndex('(name, company_id)', "The company has a ticket of this number already.")
    _queue_idx = models.Index('(date_due, priority DESC, id)')
    _open_idx = models.Index("(company_id, team_id, state) WHERE state IN ('new', 'open', 'waiting')")
    _customer_idx = models.Index('(commercial_partner_id, date_opened DESC)')

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('name', 'title')
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = f"{ticket.name} {ticket.title}" if ticket.title else ticket.name

    @api.depends('partner_id')
    def _compute_commercial_partner_id(self):
        """The customer for whom it was asked: the ticket stays there when the person leaves for another one."""
        for ticket in self:
            ticket.commercial_partner_id = ticket.partner_id.commercial_partner_id

    @api.depends('partner_id')
    def _compute_address(self):
        """Of the contact; what was typed for somebody unknown stays."""
        for ticket in self:
            ticket.email_from = ticket.partner_id.email or ticket.email_from
            ticket.phone = ticket.partner_id.phone or ticket.phone

    @api.depends('partner_id.lang', 'company_id')
    def _compute_lang(self):
        for ticket in self:
            ticket.lang = ticket.partner_id.lang or ticket.company_id.partner_id.lang or self.env.lang

    @api.depends('team_id')
    def _compute_type_id(self):
        """The team's own, else the first one; what was chosen stays."""
        for ticket in self.filtered(lambda ticket: not ticket.type_id):
            ticket.type_id = ticket.team_id.type_id or self.env['crm.ticket.type']._first(ticket.company_id)

    @api.depends('type_id')
    def _compute_priority(self):
        for ticket in self:
            ticket.priority = ticket.priority or ticket.type_id.priority or '1'

    @api.depends('type_id', 'company_id')
    def _compute_team_id(self):
        for ticket in self:
            ticket.team_id = ticket.team_id or ticket.type_id.with_company(ticket.company_id).team_id

    @api.depends('type_id')
    def _compute_stage_id(self):
        """The stage stays where the type goes through it, else the type's own of the same state takes its place."""
        found = {}
        for ticket in self:
            kind, stage = ticket.type_id, ticket.stage_id
            if stage and stage._is_of(kind):
                continue
            state = stage.state or 'new'
            if (kind, state) not in found:
                found[kind, state] = kind._stage((state, 'new', 'open')) if kind else stage
            ticket.stage_id = found[kind, state]

    @api.model
    def _expand_stages(self, stages, domain):
        """Every column shows, also an empty one: those of the types in view."""
        kinds = self.env.context.get('default_type_id')
        return stages | self.env['crm.ticket.stage'].search(
            ['|', ('type_ids', '=', False), ('type_ids', 'in', [kinds])] if kinds else [('type_ids', '=', False)])

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f'/my/tickets/{ticket.id}'
        return result

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains('stage_id', 'type_id')
    def _check_stage(self):
        for ticket in self:
            if not ticket.stage_id._is_of(ticket.type_id):
                raise ValidationError(self.env._(
                    "Tickets of type “%(type)s” do not go through stage “%(stage)s”. Choose another stage.",
                    type=ticket.type_id.name, stage=ticket.stage_id.name))

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ['partner_id']

    def _creation_subtype(self):
        # not env.ref, which would look for each ticket whether the subtype is still there
        return self.env['mail.message.subtype'].browse(self.env['ir.model.data']._xmlid_to_res_id('crm_service.mt_ticket_new'))

    def _creation_message(self):
        return self.env._("Ticket created")

    def message_post(self, **kwargs):
        if kwargs.get('subtype_id') != self._creation_subtype().id:
            return super().message_post(**kwargs)
        return super(CrmTicket, self.with_context(crm_ticket_opening=True)).message_post(**kwargs).with_env(self.env)

    def _message_compute_parent_id(self, parent_id):
        """What a ticket is opened with has no message before it to thread with: nothing is looked for."""
        if self.env.context.get('crm_ticket_opening') and not parent_id:
            return False
        return super()._message_compute_parent_id(parent_id)

    def _track_subtype(self, init_values):
        self.ensure_one()
        if 'stage_id' in init_values and self.state == 'solved':
            return self.env.ref('crm_service.mt_ticket_solved')
        return super()._track_subtype(init_values)
