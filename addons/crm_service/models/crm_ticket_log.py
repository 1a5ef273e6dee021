from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.ticket_state import KEPT, TERMS


class CrmTicket(models.Model):
    """The one way in which tickets come and change: everything that counts goes on the log, and what follows from it hangs there.

    Parts of the addon (service levels, notices, care) extend :meth:`_after_log`, which runs once per call on the lines of all tickets.
    """
    _inherit = 'crm.ticket'

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._with_numbers(vals_list)
        tickets = super().create(vals_list)
        tickets._log('created')
        return tickets

    @api.model
    def _with_numbers(self, vals_list):
        """:raise AccessError: for values that are kept by the ticket itself"""
        if not self.env.su and any(not (KEPT - {'name'}).isdisjoint(vals) for vals in vals_list):
            raise AccessError(self.env._("How a ticket stands is not entered: it follows from what is done with it."))
        companies = [self.env['res.company'].browse(vals.get('company_id') or self._company_of(vals)) for vals in vals_list]
        return [
            {**vals, 'company_id': company.id, 'name': number}
            for vals, company, number in zip(vals_list, companies, self._draw_numbers(companies), strict=True)]

    @api.model
    def _company_of(self, vals):
        """Return the id of the company that a ticket belongs to that names none: its team's, else the one at work."""
        team = vals.get('team_id') or self.env.context.get('default_team_id')
        default = self.env.context.get('default_company_id') or self.env.company.id
        return self.env['crm.service.team'].sudo().browse(team).company_id.id if team else default  # of the ticket's own team

    def write(self, vals):
        if not self.env.su and not KEPT.isdisjoint(vals):
            raise AccessError(self.env._("How a ticket stands is not entered: it follows from what is done with it."))
        before = self._standing(vals)
        for tickets, values in self._moved(vals) if 'stage_id' in vals else [(self, vals)]:
            super(CrmTicket, tickets).write(values)
        self._log_changes(before)
        return True

    # ------------------------------------------------------------------
    # Log
    # ------------------------------------------------------------------

    def _standing(self, vals):
        """Return what ``vals`` may change of what counts: {ticket: {field: value}}."""
        names = [name for name in ('stage_id', 'user_id', *sorted(TERMS)) if name in vals or (name == 'stage_id' and 'type_id' in vals)]
        return {ticket: {name: ticket[name] for name in names} for ticket in self} if names else {}

    def _log_changes(self, before):
        """Put on the log what differs from what was ``before``."""
        lines = []
        for ticket, old in before.items():
            changed = {name for name, value in old.items() if ticket[name] != value}
            if 'stage_id' in changed:
                lines.append(ticket._log_vals('stage', stage_from_id=old['stage_id'].id, state_from=old['stage_id'].state))
            if 'user_id' in changed:
                lines.append(ticket._log_vals('assigned'))
            if changed & TERMS:
                lines.append(ticket._log_vals('changed', note=",".join(sorted(changed & TERMS))))
        if lines:
            self._write_log(lines)

    def _log(self, event, date=None, **vals):
        """Put an event of each of the tickets on the log, and let follow what follows from it.

        :param event: a key of EVENTS
        :param date: UTC datetime; default: now
        """
        return self._write_log([ticket._log_vals(event, **({'date': date} if date else {}), **vals) for ticket in self])

    def _log_vals(self, event, **vals):
        return {
            'ticket_id': self.id, 'company_id': self.company_id.id, 'event': event, 'stage_id': self.stage_id.id, 'state': self.state,
            'team_id': self.team_id.id, 'user_id': self.user_id.id, 'date': fields.Datetime.now(),
            'author_id': False if self.env.uid == 1 else self.env.user.partner_id.id, **vals}

    @api.model
    def _write_log(self, vals_list):
        logs = self.env['crm.ticket.stage.log'].sudo().create(vals_list)  # nobody writes it by hand
        self._after_log(logs)
        return logs

    @api.model
    def _after_log(self, logs):
        """Hook: ``logs`` (in sudo) have happened, to one or many tickets."""
