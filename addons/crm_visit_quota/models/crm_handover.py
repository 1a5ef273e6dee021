from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools.handover import SPLITS, Portion, split

STATES = [('draft', "Draft"), ('requested', "Asked For"), ('done', "Done"), ('undone', "Undone")]
# what only the steps of a handover may write
SETTLED = {'state', 'date_done', 'done_by_id', 'undo_until', 'log_ids', 'kind_ids'}
# what people choose until it is carried out
CHOSEN = {
    'user_id', 'company_id', 'line_ids', 'partner_ids', 'segment_id', 'new_user_ids', 'kind_ids', 'split', 'scope', 'unfollow',
}


class CrmHandover(models.Model):
    """Customers and what goes with them change hands, for good.

    Only owners are written: records keep their ids and their history. What moves is whatever is declared through
    :class:`crm.ownership`; each move is logged, so that the handover can be undone as long as nobody has changed the record.

    Salespersons may ask for a handover of their own customers; those who lead the person's team, and sales managers, carry
    it out.
    """
    _name = 'crm.handover'
    _description = "Handover"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', "From", required=True, index=True, default=lambda self: self.env.user, check_company=True,
        domain=[('share', '=', False)], context={'active_test': False}, help="Whose customers are handed over.")
    state = fields.Selection(STATES, required=True, default='draft', copy=False, index=True, tracking=True)
    scope = fields.Selection(
        [('all', "All Customers"), ('some', "Chosen Customers"), ('segment', "A Segment")], "What", required=True, default='all')
    partner_ids = fields.Many2many(
        'res.partner', 'crm_handover_partner_rel', 'handover_id', 'partner_id', "Customers", check_company=True)
    segment_id = fields.Many2one('crm.segment', check_company=True)
    split = fields.Selection(SPLITS, "Who Gets What", required=True, default='one')
    new_user_ids = fields.Many2many(
        'res.users', 'crm_handover_user_rel', 'handover_id', 'user_id', "To", check_company=True, domain=[('share', '=', False)])
    reason = fields.Text(help="Everybody concerned reads it.")
    unfollow = fields.Boolean(
        "Stop Following", default=True, help="The person no longer follows what is handed over, and gets no more messages about it.")
    line_ids = fields.One2many('crm.handover.line', 'handover_id', "Customer by Customer", copy=False)
    kind_ids = fields.One2many('crm.handover.kind', 'handover_id', "What Goes Along", copy=False)
    log_ids = fields.One2many('crm.handover.log', 'handover_id', copy=False, readonly=True)
    customer_count = fields.Integer("Number of Customers", compute='_compute_counts')
    log_count = fields.Integer("Moved Records", compute='_compute_counts')
    left_count = fields.Integer("Left As They Are", compute='_compute_counts')
    date_done = fields.Datetime("Handed Over", readonly=True, copy=False)
    done_by_id = fields.Many2one('res.users', "Handed Over By", readonly=True, copy=False)
    undo_until = fields.Date(readonly=True, copy=False, help="Last day on which the handover can be undone.")
    may_execute = fields.Boolean(compute='_compute_may_execute')

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('user_id', 'new_user_ids')
    def _compute_display_name(self):
        for handover in self:
            receivers = ", ".join(handover.new_user_ids.sudo().mapped('name'))  # names are no secret
            handover.display_name = f"{handover.user_id.sudo().name or ''} → {receivers or '…'}"

    @api.model
    def _search_display_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain('user_id.name', operator, value) | Domain('new_user_ids.name', operator, value)

    @api.depends('line_ids', 'log_ids.state')
    def _compute_counts(self):
        customers = dict(self.env['crm.handover.line']._read_group([('handover_id', 'in', self.ids)], ['handover_id'], ['__count']))
        logs = {
            (handover, state): count for handover, state, count in self.env['crm.handover.log']._read_group(
                [('handover_id', 'in', self.ids)], ['handover_id', 'state'], ['__count'])}
        for handover in self:
            origin = handover._origin
            handover.customer_count = customers.get(origin, 0)
            handover.log_count = sum(count for (other, _state), count in logs.items() if other == origin)
            handover.left_count = sum(
                count for (other, state), count in logs.items() if other == origin and state not in ('moved', 'restored'))

    @api.depends_context('uid')
    @api.depends('user_id')
    def _compute_may_execute(self):
        for handover in self:
            handover.may_execute = handover._may_execute()

    def _may_execute(self):
        """Return whether the user may carry this handover out: sales managers, and who leads a team of the person."""
        return self.env.user.has_group('sales_team.group_sale_manager') or self.env.user in self.user_id._crm_leaders()

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains('user_id', 'new_user_ids', 'company_id')
    def _check_receivers(self):
        for handover in self:
            handover._check_new_owners(handover.new_user_ids)

    def _check_new_owners(self, users):
        """:raise ValidationError: where one of ``users`` cannot look after customers of the company, or has them already"""
        for user in users.sudo():  # whether a colleague works here is no secret
            if user == self.user_id:
                raise ValidationError(self.env._("%(user)s hands over and cannot be the new owner. Choose somebody else.", user=user.name))
            if not user.active or user.share or self.company_id not in user.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s does not work in %(company)s. Choose somebody who does.",
                    user=user.name, company=self.company_id.sudo().name))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get('state', 'draft') != 'draft' or vals.keys() & (SETTLED - {'state'}) for vals in vals_list):
            raise AccessError(self.env._("A handover starts as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & (SETTLED - {'kind_ids'}):
                raise AccessError(self.env._("The state of a handover changes by its buttons only."))
            if vals.keys() & CHOSEN:
                self._check_open()
        return super().write(vals)

    def _check_open(self):
        if any(handover.state not in ('draft', 'requested') for handover in self):
            raise UserError(self.env._("This handover has been carried out. Make a new one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(handover.state in ('done', 'undone') for handover in self):
            raise UserError(self.env._("What was handed over stays on record. You can undo the handover, but not delete it."))

    # ------------------------------------------------------------------
    # The preview
    # ------------------------------------------------------------------

    def action_preview(self):
        """List the customers with their new owners, and count what goes along.

        What people chose customer by customer stays as they chose it, where the split is left to them.
        """
        self.check_access('write')
        self._check_open()
        for handover in self:
            handover._preview_lines()
            handover._preview_kinds()
        return True

    def _preview_lines(self):
        partners = self._customers()
        if not partners and not self._alone():
            raise UserError(self.env._("%(user)s has no such customers, nothing to hand over.", user=self.user_id.sudo().name))
        chosen = {line.partner_id: line.new_user_id for line in self.line_ids} if self.split == 'line' else {}
        profiles = self._profiles(partners)
        portions = [Portion(
            partner.id, self._rank(profiles.get(partner.id)), partner.sudo().city or '') for partner in partners]
        owners = split(self.split, portions, self.new_user_ids.ids)
        self.line_ids = [Command.clear(), *(Command.create({
            'partner_id': partner.id,
            'new_user_id': chosen[partner].id if partner in chosen else owners.get(partner.id, False),
            'grade_id': profiles[partner.id].grade_id.id if partner.id in profiles else False,
        }) for partner in partners)]

    def _profiles(self, partners):
        """Return the profiles of partners in the company, by partner id."""
        # the person's customers are seen by whoever may see the handover
        found = self.env['crm.customer'].sudo().search_fetch(
            [('partner_id', 'in', partners.ids), ('company_id', '=', self.company_id.id)], ['partner_id', 'grade_id'])
        return {profile.partner_id.id: profile for profile in found}

    def _rank(self, profile):
        """Return the place of a customer's grade, those without one last."""
        grade = profile.grade_id if profile else None
        return grade.sequence * 10_000 + grade.id if grade else 10 ** 9

    def _preview_kinds(self):
        left_out = {kind.key for kind in self.kind_ids if not kind.is_included}
        found = self._owned(self.line_ids.partner_id, alone=self._alone())
        # counted with all rights: who may hand over a person's customers may know how much that is
        self.sudo().kind_ids = [Command.clear(), *(Command.create({
            'key': key, 'name': owned.label, 'res_model': owned.model, 'count': len(records), 'is_included': key not in left_out,
        }) for key, (owned, records) in found.items())]

    # ------------------------------------------------------------------
    # Which customers, which records
    # ------------------------------------------------------------------

    def _customers(self):
        """Return the commercial partners that are to be handed over, in the order of their ids."""
        everything = self._all_customers()
        if self.scope == 'all':
            return everything
        if self.scope == 'some':
            return self.partner_ids.commercial_partner_id.sorted('id')
        if not self.segment_id:
            raise UserError(self.env._("Choose the segment of which you hand over the customers."))
        # as in _all_customers
        members = self.env['crm.customer'].sudo().search(self.segment_id.customer_domain()).partner_id
        return (everything & members).sudo(self.env.su)

    def _all_customers(self):
        """Return the customers that the person looks after, and those where the person has something open."""
        person, company = self.user_id, self.company_id
        # a team leader hands over what a member has, whether or not the leader may open it
        contacts = self.env['res.partner'].sudo().search(
            [('user_id', '=', person.id), ('company_id', 'in', (company.id, False)), ('partner_share', '=', True)])
        for model, is_open in (
            ('crm.lead', Domain('won_status', '=', 'pending')), ('sale.order', Domain('state', 'in', ('draft', 'sent'))),
            ('crm.visit', Domain('state', '=', 'planned')),
        ):
            mine = Domain('user_id', '=', person.id) & Domain('company_id', 'in', (company.id, False)) & Domain('partner_id', '!=', False)
            groups = self.env[model].sudo()._read_group(mine & is_open, ['partner_id'])
            contacts |= self.env['res.partner'].sudo().union(*(partner for partner, in groups))
        return contacts.commercial_partner_id.sorted('id').sudo(self.env.su)

    def _alone(self):
        """Return the person's open leads that have no customer yet: they go along when everything goes."""
        leads = self.env['crm.lead'].sudo()  # as in _all_customers
        if self.scope != 'all':
            return leads
        return leads.search([
            ('user_id', '=', self.user_id.id), ('partner_id', '=', False), ('won_status', '=', 'pending'),
            ('company_id', 'in', (self.company_id.id, False))])

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_log(self):
        """Open the list of the records that were moved."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Moved Records"), 'res_model': 'crm.handover.log',
            'view_mode': 'list', 'domain': [('handover_id', '=', self.id)], 'context': {'search_default_group_kind': 1},
        }

    def _undo_limit(self):
        return self.company_id._crm_today() + timedelta(days=self.company_id.sudo().crm_handover_undo_days)
