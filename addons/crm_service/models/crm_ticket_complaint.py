from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.complaint import NEEDED, SEVERITIES
from ..tools.ticket_state import DONE


class CrmTicket(models.Model):
    """A complaint is over when its cause is known and something was done; praise is somebody's."""
    _inherit = 'crm.ticket'

    severity = fields.Selection(
        SEVERITIES, compute='_compute_severity', store=True, readonly=False, precompute=True, tracking=True,
        help="How much it hurts the customer.")
    cause_id = fields.Many2one(
        'crm.complaint.cause', "Root Cause", index='btree_not_null', ondelete='restrict', tracking=True, copy=False,
        help="Why it happened, not what happened: asked “why” until the answer is something that we can change.")
    remedy = fields.Text(copy=False, help="What was done for this customer, and so that it does not happen again. The customer reads it.")
    praised_user_id = fields.Many2one(
        'res.users', "Praised", index='btree_not_null', domain=[('share', '=', False)], tracking=True, copy=False,
        check_company=True, help="Whom the customer praises.")

    _complaint_idx = models.Index("(company_id, cause_id, date_opened) WHERE kind = 'complaint'")

    @api.depends('kind')
    def _compute_severity(self):
        for ticket in self:
            ticket.severity = (ticket.severity or 'minor') if ticket.kind == 'complaint' else False

    @api.constrains('praised_user_id')
    def _check_praise(self):
        if self.env.user in self.praised_user_id:
            raise ValidationError(self.env._("Praise of yourself is put down by a colleague."))

    def write(self, vals):
        known = {name: vals[name] for name in NEEDED if name in vals}
        if known and 'stage_id' in vals:   # what is known first, so that the stage may be reached
            super().write(known)
            vals = {name: value for name, value in vals.items() if name not in known}
        result = super().write(vals)
        if known and not self.env.su:   # what is known of a complaint that is over is not forgotten
            self.filtered(lambda ticket: ticket.state in DONE)._require_known()
        return result

    def _check_moves(self, target, role):
        """People of ours bring a complaint to its end only when it is known why it happened and what was done."""
        result = super()._check_moves(target, role)
        if target in DONE and role != 'customer' and not self.env.su:
            self.filtered(lambda ticket: ticket.state not in DONE)._require_known()
        return result

    def _require_known(self):
        """:raise UserError: for complaints without root cause or remedy"""
        for ticket in self.filtered(lambda ticket: ticket.kind == 'complaint'):
            missing = [ticket._fields[name]._description_string(self.env) for name in NEEDED if not ticket[name]]
            if missing:
                raise UserError(self.env._(
                    "Complaint %(name)s needs this before it is over: %(missing)s.", name=ticket.name, missing=", ".join(missing)))
