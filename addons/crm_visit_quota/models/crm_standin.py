from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools.standin import period

STATES = [('planned', "Planned"), ('active', "Active"), ('over', "Over")]


class Term(NamedTuple):
    """A stand-in as record rules need it, kept in the cache: plain values only."""
    id: int
    person: int
    start: object       # naive UTC
    end: object         # naive UTC, excluded
    partners: object    # tuple of the customers' ids; None: all


class CrmStandin(models.Model):
    """Somebody acts for a colleague for some days.

    From the first day to the last, both included, as the colleague's calendar counts them, the stand-in sees and changes the
    colleague's customers, leads, orders and visits. It needs no job to begin or end. Who stands in for somebody who stands in
    for somebody else gets only what is the first one's own. Private notes of visits stay private.

    The stand-in is told on the day it is arranged, then by a daily digest of what has come up; see :mod:`.crm_standin_notice`.
    """
    _name = 'crm.standin'
    _description = "Stand-In"
    _inherit = ['mail.thread']
    _order = 'date_from desc, id desc'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', "For", required=True, index=True, default=lambda self: self.env.user, check_company=True,
        domain=[('share', '=', False)], tracking=True)
    standin_id = fields.Many2one(
        'res.users', "Stand-In", required=True, index=True, check_company=True, domain=[('share', '=', False)], tracking=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date("Until", required=True, tracking=True, help="Last day.")
    start_at = fields.Datetime(compute='_compute_period', store=True, help="First moment, by the absent person's clock.")
    end_at = fields.Datetime(compute='_compute_period', store=True, index=True, help="First moment after the stand-in.")
    ended_at = fields.Datetime("Ended Early", readonly=True, copy=False)
    scope = fields.Selection([('all', "All Customers"), ('some', "Chosen Customers")], "What", required=True, default='all')
    partner_ids = fields.Many2many('res.partner', 'crm_standin_partner_rel', 'standin_id', 'partner_id', "Customers", check_company=True)
    note = fields.Text(help="What the stand-in should know.")
    state = fields.Selection(STATES, compute='_compute_state', search='_search_state')
    digest_date = fields.Date(readonly=True, copy=False)
    end_told = fields.Boolean(readonly=True, copy=False)

    _check_dates = models.Constraint('CHECK(date_to >= date_from)', "A stand-in cannot end before it starts.")
    _check_people = models.Constraint('CHECK(user_id != standin_id)', "Choose somebody else: nobody stands in for himself.")
    _term_idx = models.Index('(standin_id, end_at)')

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('date_from', 'date_to', 'user_id', 'company_id', 'ended_at')
    def _compute_period(self):
        for standin in self:
            if not (standin.date_from and standin.date_to and standin.user_id):
                standin.start_at = standin.end_at = False
                continue
            start, end = period(standin.date_from, standin.date_to, standin.user_id._crm_tz(standin.company_id))
            standin.start_at, standin.end_at = start, min(end, standin.ended_at or end)

    @api.depends('start_at', 'end_at')
    def _compute_state(self):
        now = fields.Datetime.now()
        for standin in self:
            if standin.end_at and standin.end_at <= now:
                standin.state = 'over'
            else:
                standin.state = 'active' if standin.start_at and standin.start_at <= now else 'planned'

    @api.model
    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        parts = {
            'planned': Domain('start_at', '>', now) & Domain('end_at', '>', now), 'over': Domain('end_at', '<=', now),
            'active': Domain('start_at', '<=', now) & Domain('end_at', '>', now)}
        return Domain.OR(parts[state] for state in value if state in parts)

    @api.depends('user_id', 'standin_id')
    def _compute_display_name(self):
        for standin in self.sudo():  # names are no secret
            standin.display_name = self.env._(
                "%(standin)s for %(person)s", standin=standin.standin_id.name or '…', person=standin.user_id.name or '…')

    @api.model
    def _search_display_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain('user_id.name', operator, value) | Domain('standin_id.name', operator, value)

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains('user_id', 'company_id', 'date_from', 'date_to', 'ended_at')
    def _check_overlap(self):
        """One stand-in at a time for a person: else nobody would know who acts. What is over is in nobody's way."""
        now = fields.Datetime.now()
        for standin in self.sudo():  # a stand-in that the user may not see is in the way all the same
            other = self.sudo().search([
                ('id', '!=', standin.id), ('user_id', '=', standin.user_id.id), ('company_id', '=', standin.company_id.id),
                ('start_at', '<', standin.end_at), ('end_at', '>', max(standin.start_at, now))], limit=1)
            if other and standin.end_at > now:
                raise ValidationError(self.env._(
                    "%(standin)s stands in for %(person)s from %(start)s until %(end)s already. Change the days, or end that first.",
                    standin=other.standin_id.name, person=standin.user_id.name, start=other.date_from, end=other.date_to))

    @api.constrains('standin_id', 'company_id')
    def _check_standin(self):
        for standin in self.sudo():  # whether a colleague works here is no secret
            user = standin.standin_id
            if not user.active or user.share or standin.company_id not in user.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s does not work in %(company)s and cannot stand in there.", user=user.name, company=standin.company_id.name))
            if not user.has_group('sales_team.group_sale_salesman'):
                raise ValidationError(self.env._(
                    "%(user)s has no access to sales. Choose a salesperson, or let the administrator give access first.", user=user.name))

    @api.constrains('scope', 'partner_ids')
    def _check_scope(self):
        if any(standin.scope == 'some' and not standin.partner_ids for standin in self):
            raise ValidationError(self.env._("Choose the customers that the stand-in looks after."))

    @api.model_create_multi
    def create(self, vals_list):
        standins = super().create(vals_list)
        self._forget()
        standins._after_arrange()
        return standins

    def write(self, vals):
        if not self.env.su and vals.keys() & {'ended_at', 'digest_date', 'end_told'}:
            raise AccessError(self.env._("End a stand-in by its button."))
        if not self.env.su and any(standin.state == 'over' for standin in self) and vals.keys() - {'note'}:
            raise UserError(self.env._("This stand-in is over and stays on record. Arrange a new one."))
        result = super().write(vals)
        self._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(standin.state != 'planned' for standin in self):
            raise UserError(self.env._("A stand-in that has begun stays on record. End it instead."))

    def _forget(self):
        """Let record rules see what has changed, in all processes."""
        self.env.registry.clear_cache()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_end(self):
        """End the stand-ins now.

        :raise UserError: where they are over
        """
        self.check_access('write')
        if any(standin.state == 'over' for standin in self):
            raise UserError(self.env._("This stand-in is over already."))
        self.sudo().ended_at = fields.Datetime.now()  # access checked above; the moment is not for people to write
        return True

    # ------------------------------------------------------------------
    # Who stands in for whom right now
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache('user_id')
    def _terms(self, user_id):
        """Return the :class:`Term` s of a stand-in that are not over; which of them hold is decided by the clock, not the cache."""
        found = self.sudo().search([('standin_id', '=', user_id), ('end_at', '>', fields.Datetime.now())], order='id')
        return tuple(Term(
            standin.id, standin.user_id.id, standin.start_at, standin.end_at,
            tuple(standin.partner_ids.commercial_partner_id.ids) if standin.scope == 'some' else None) for standin in found)

    @api.model
    def _active_terms(self, user_id):
        """Return the :class:`Term` s in which a user stands in for somebody at this moment."""
        terms = self._terms(user_id)
        if not terms:
            return ()
        now = fields.Datetime.now()
        return tuple(term for term in terms if term.start <= now < term.end)
