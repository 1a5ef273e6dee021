from odoo import api, fields, models
from odoo.tools import split_every

from ..tools.incident_file import COLUMNS, by_incident, event

BATCH = 1000
QUIET = {
    'tracking_disable': True, 'mail_notrack': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True,
    'crm_log_of_old': True,
}
ENDS = ('closed', 'cancelled')


class CrmIncidentImport(models.AbstractModel):
    """Incidents of another service desk, as tickets with the whole of their log. What is there already is left as it is, so an import that
    was interrupted goes on.

    Tickets keep the number of the incident. They are given no promises by themselves; :meth:`_measure` finds what the policies in force
    would have come to.
    """
    _name = 'crm.incident.import'
    _inherit = ['crm.foreign.file']
    _description = "Import of Incidents"

    @api.model
    def _run_file(self, path, progress=None):
        """Import a file of this machine into the current company, in the foreground; commits batch by batch.

        :param str path: .csv, .csv.gz or .xlsx; its dates are taken as UTC
        :param progress: called with (done, total) after every batch
        :return: the incidents of the file
        :raise UserError: where the file cannot be used
        """
        found = by_incident(self._file_rows(self._file_content(path), COLUMNS, event))
        done = 0
        for batch in split_every(BATCH, found, list):
            self.with_context(**QUIET)._import_batch(batch)
            done += len(batch)
            self.env['ir.cron']._commit_progress(len(batch), remaining=len(found) - done)
            self.env.invalidate_all()
            if progress:
                progress(done, len(found))
        return found

    @api.model
    def _import_batch(self, incidents):
        Ticket = self.env['crm.ticket'].sudo()  # whoever may run this, brings in whatever happened
        known = set(Ticket.with_context(active_test=False).search(
            [('company_id', '=', self.env.company.id), ('name', 'in', [incident.number for incident in incidents])]).mapped('name'))
        new = [incident for incident in incidents if incident.number not in known]
        kind = self.env['crm.ticket.type'].search([('kind', '=', 'request'), ('company_id', 'in', (False, self.env.company.id))], limit=1)
        stages = {state: kind._stage(state) for state in ('new', 'open', 'waiting', 'solved', 'closed', 'cancelled')}
        tickets = Ticket.create([self._ticket_vals(incident, kind, stages) for incident in new])
        log_vals = []
        for ticket, incident in zip(tickets, new, strict=True):
            log_vals += self._log_vals(ticket, incident, stages)
        self.env['crm.ticket.stage.log'].sudo().create(log_vals)  # nobody writes it by hand

    @api.model
    def _ticket_vals(self, incident, kind, stages):
        state = incident.moves[-1][1]
        return {
            'name': incident.number, 'title': incident.number, 'type_id': kind.id, 'company_id': self.env.company.id, 'team_id': False,
            'channel': 'other', 'priority': incident.priority, 'stage_id': stages[state].id, 'date_opened': incident.opened,
            'date_solved': incident.resolved or False, 'date_closed': incident.closed if state in ENDS else False,
            'reopen_count': incident.reopened, 'is_answer_due': False}

    @api.model
    def _log_vals(self, ticket, incident, stages):
        """Return the lines of the log: how it came, each move, each change of the priority. The last one says what the other system made
        of its own promise."""
        common = {'ticket_id': ticket.id, 'company_id': ticket.company_id.id}
        lines, before = [], None
        for date, state in incident.moves:
            lines.append({
                **common, 'date': date, 'event': 'stage' if before else 'created', 'state_from': before or False, 'state': state,
                'stage_from_id': stages[before].id if before else False, 'stage_id': stages[state].id})
            before = state
        for date, _priority in incident.priorities[1:]:
            state = next(state for moment, state in reversed(incident.moves) if moment <= date)
            lines.append({**common, 'date': date, 'event': 'changed', 'state': state, 'stage_id': stages[state].id, 'note': 'priority'})
        lines[len(incident.moves) - 1]['note'] = f"made_sla: {str(incident.made_sla).lower()}"
        return lines

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _tickets(self):
        return self.env['crm.ticket'].sudo().search([  # the figures are those of all
            ('company_id', '=', self.env.company.id), ('name', '=like', 'INC%')], order='id')

    @api.model
    def _measure(self):
        """Give each ticket that was imported the promises of the policies in force, as if they had been in force then.

        :return: {promise: (kept, broken)} over all tickets
        """
        Sla = self.env['crm.ticket.sla'].sudo()
        for ids in split_every(BATCH, self._tickets().ids):
            self.env['crm.ticket'].sudo().browse(ids)._sla_replay()
            self.env['ir.cron']._commit_progress(len(ids))
            self.env.invalidate_all()
        groups = Sla._read_group(
            [('ticket_id', 'in', self._tickets().ids), ('state', 'in', ('met', 'missed'))], ['promise', 'state'], ['__count'])
        found = {}
        for promise, state, count in groups:
            kept, broken = found.get(promise, (0, 0))
            found[promise] = (kept + count * (state == 'met'), broken + count * (state == 'missed'))
        return found

    @api.model
    def _figures(self, date=None):
        """Return what the imported tickets come to: number, lines, kept according to the other system, backlog on a day.

        :param date: moment of the backlog (naive UTC); default: now
        """
        tickets, date = self._tickets(), date or fields.Datetime.now()
        Log = self.env['crm.ticket.stage.log'].sudo()
        last = Log._read_group(
            [('ticket_id', 'in', tickets.ids), ('note', '=like', 'made_sla:%')], ['note'], ['__count'])
        by_priority = {}
        for log in Log.search_fetch([('ticket_id', 'in', tickets.ids), ('note', '=like', 'made_sla:%')], ['ticket_id', 'note']):
            count, made = by_priority.get(log.ticket_id.priority, (0, 0))
            by_priority[log.ticket_id.priority] = (count + 1, made + (log.note == 'made_sla: true'))
        counts = dict(last)
        return {
            'tickets': len(tickets), 'made_sla': counts.get('made_sla: true', 0),
            'resolved': len(tickets.filtered('date_solved')), 'by_priority': by_priority,
            'backlog': len(tickets.filtered(lambda ticket: ticket.date_opened <= date and (
                not ticket.date_solved or ticket.date_solved > date)))}
