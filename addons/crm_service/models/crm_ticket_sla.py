from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.sla_clock import LIVE, PROMISES
from ..tools.ticket_state import PRIORITIES

BY_HAND = {'cause_id', 'cause_note'}


class CrmTicketSla(models.Model):
    """A promise given on a ticket, and what became of it.

    What was promised (policy, version, minutes, hours that count) is written when the promise is given; everything else follows from it and
    the log of the ticket, see :mod:`..tools.sla_clock`. Team, person, type, priority and grade are those of the moment at which it was
    met or missed; until then, those of today.
    """
    _name = 'crm.ticket.sla'
    _description = "Promise on a Ticket"
    _order = 'date_due, id'
    _rec_name = 'policy_id'

    ticket_id = fields.Many2one('crm.ticket', required=True, index=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    promise = fields.Selection(PROMISES, required=True, readonly=True)
    number = fields.Integer("No.", default=1, required=True, readonly=True, help="Counts the questions of the customer.")

    # what was promised
    policy_id = fields.Many2one('crm.sla.policy', required=True, readonly=True, ondelete='restrict', index=True)
    version = fields.Integer(required=True, readonly=True)
    minutes = fields.Float("Promised (Minutes)", readonly=True, help="Working time; 0 where the hours that count have none.")
    calendar_id = fields.Many2one(
        'resource.calendar', "Working Hours", readonly=True, ondelete='restrict', index='btree_not_null',
        help="In which the time is counted; empty: around the clock.")
    tz = fields.Char("Time Zone", readonly=True)
    pauses = fields.Boolean(readonly=True, default=True)
    is_dropped = fields.Boolean("Withdrawn", readonly=True, help="The ticket has changed, and nothing is promised any more.")
    choice = fields.Json(readonly=True)
    explanation = fields.Text("Why This One", compute='_compute_explanation')

    # what became of it
    state = fields.Selection(
        [('running', "Running"), ('paused', "Stopped"), ('met', "Kept"), ('missed', "Broken"), ('void', "Void")], required=True,
        readonly=True, default='running')
    date_start = fields.Datetime("From", required=True, readonly=True)
    date_due = fields.Datetime("Deadline", readonly=True, help="When the promised working time is, or would have been, used up.")
    date_breach = fields.Datetime(
        "Broken From", readonly=True, help="When work goes on after the deadline: until then nothing more than promised has been used.")
    date_reached = fields.Datetime("Reached", readonly=True)
    worked_minutes = fields.Float("Used (Minutes)", readonly=True, help="Working time, until it was reached or stopped.")
    worked_hours = fields.Float("Used (Hours)", compute='_compute_worked_hours', store=True, precompute=True, aggregator='avg')
    is_breached = fields.Boolean("Breached", readonly=True)
    is_stale = fields.Boolean(readonly=True, help="Working hours have changed: the deadline is about to be found anew.")
    date_step = fields.Datetime("Next Escalation", readonly=True)
    step_log_ids = fields.One2many('crm.escalation.log', 'sla_id', "Escalations", readonly=True)
    cause_id = fields.Many2one('crm.breach.cause', ondelete='restrict', index='btree_not_null')
    cause_note = fields.Text("What Happened")

    # for reports
    team_id = fields.Many2one('crm.service.team', readonly=True, ondelete='set null', index='btree_not_null')
    user_id = fields.Many2one('res.users', "Assigned To", readonly=True, ondelete='set null', index='btree_not_null')
    grade_id = fields.Many2one('crm.grade', readonly=True, ondelete='set null')
    type_id = fields.Many2one('crm.ticket.type', readonly=True, ondelete='set null')
    priority = fields.Selection(PRIORITIES, readonly=True)
    commercial_partner_id = fields.Many2one(related='ticket_id.commercial_partner_id', string="Customer")

    _promise_uniq = models.UniqueIndex('(ticket_id, promise, number)')
    _breach_idx = models.Index("(date_breach) WHERE state = 'running' AND is_breached IS NOT TRUE")
    _step_idx = models.Index("(date_step) WHERE state = 'running' AND date_step IS NOT NULL")
    _stale_idx = models.Index('(id) WHERE is_stale IS TRUE')
    _report_idx = models.Index('(company_id, date_start)')

    @api.depends('worked_minutes')
    def _compute_worked_hours(self):
        for sla in self:
            sla.worked_hours = sla.worked_minutes / 60

    @api.depends('promise', 'policy_id.name', 'number')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for sla in self:
            sla.display_name = sla.policy_id.name

    @api.depends('choice', 'policy_id')
    @api.depends_context('lang')
    def _compute_explanation(self):
        for sla in self:
            sla.explanation = sla._explain()

    def write(self, vals):
        """:raise AccessError: for anything but the cause of a breach"""
        if not self.env.su and not vals.keys() <= BY_HAND:
            raise AccessError(self.env._("What became of a promise is not entered: it follows from the log of the ticket."))
        result = super().write(vals)
        if vals.get('cause_id'):
            self._cause_given()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(self.env._("What was promised is not deleted."))

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _live(self):
        """Return those that are not decided yet."""
        return self.filtered(lambda sla: sla.state in LIVE)

    def action_open_ticket(self):
        """Open the ticket of the promise."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.ticket', 'res_id': self.ticket_id.id, 'view_mode': 'form',
            'views': [(False, 'form')]}
