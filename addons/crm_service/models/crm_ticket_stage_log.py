from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.ticket_state import EVENTS, STATES


class CrmTicketStageLog(models.Model):
    """What happened to a ticket and how it stood afterwards; append-only: every figure of a service level can be found again from it."""
    _name = 'crm.ticket.stage.log'
    _description = "Ticket Log"
    _order = 'date, id'
    _rec_name = 'event'

    ticket_id = fields.Many2one('crm.ticket', required=True, index=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    state_from = fields.Selection(STATES, "From State", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    stage_from_id = fields.Many2one('crm.ticket.stage', "From Stage", readonly=True, ondelete='restrict')
    stage_id = fields.Many2one('crm.ticket.stage', required=True, readonly=True, ondelete='restrict')
    team_id = fields.Many2one('crm.service.team', readonly=True, ondelete='set null')
    user_id = fields.Many2one('res.users', "Assigned To", readonly=True, ondelete='set null')
    author_id = fields.Many2one('res.partner', "By", readonly=True, ondelete='set null', help="Who did it; empty: a rule.")
    note = fields.Char(readonly=True)

    _ticket_date_idx = models.Index('(ticket_id, date, id)')
    _report_idx = models.Index('(company_id, event, date)')

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("The log of a ticket is not changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The log of a ticket is not deleted."))
