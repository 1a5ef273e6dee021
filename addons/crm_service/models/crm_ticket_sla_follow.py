from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..tools.sla_clock import LIVE, PROMISES, clocks

BATCH = 1000
AT_ONCE = 100                    # tickets that the ORM writes in one statement
SHOWN = ['date_due', 'sla_state']
ANEW = ('created', 'changed')    # events after which it is chosen anew what is promised
TURN = ('asked', 'stage')        # events with which a question of the customer may begin to count


class CrmTicket(models.Model):
    """Promises follow the log: given when a ticket comes, chosen anew when it changes, stopped, met or missed as it goes its way.

    Every call works on all tickets of a batch, with a number of statements that does not depend on how many they are. What is written is
    always replayed from the whole log, so that :meth:`_sla_recompute` finds the same figures at any time.
    """
    _inherit = 'crm.ticket'

    sla_ids = fields.One2many('crm.ticket.sla', 'ticket_id', "Promises", copy=False)

    @api.model
    def _after_log(self, logs):
        result = super()._after_log(logs)
        for lines in logs.grouped('company_id').values():
            lines.ticket_id._sla_follow(lines)
        return result

    def _sla_follow(self, logs):
        """Bring the promises of these tickets of one company up to date after ``logs``."""
        tickets = self.sudo()  # what becomes of promises does not depend on who works
        new = logs.filtered(lambda log: log.event == 'created').ticket_id
        known = tickets - new
        rows = tickets._sla_rows() if known else self.env['crm.ticket.sla'].sudo()
        if not rows and not self.env['crm.sla.policy']._in_force(tickets.company_id[:1].id):
            return
        histories = tickets._sla_histories(known, logs)
        anew = logs.filtered(lambda log: log.event in ANEW).ticket_id
        turned = logs.filtered(lambda log: log.event in TURN).ticket_id

        def wanted(ticket, promise, row, clock):
            if ticket in new:
                return True
            if clock.state not in LIVE:
                return False
            return ticket in anew or (promise == 'next_response' and not row and ticket in turned)
        given = tickets._sla_give(rows, histories, wanted)
        rows._follow(histories)
        tickets._sla_show(rows + given)

    def _sla_rows(self):
        """Return the promises of the tickets."""
        return self.env['crm.ticket.sla'].sudo().search([('ticket_id', 'in', self.ids)], order='id')  # all of them, whoever works

    def _sla_histories(self, known=None, logs=()):
        """Return the log of each ticket as :func:`..tools.sla_clock.clocks` takes it: {ticket: [(event, date, state)]}.

        :param known: those of the tickets that were there before; of the others, ``logs`` are all there is
        """
        known = self if known is None else known
        lines = self.env['crm.ticket.stage.log'].sudo()  # the clock goes by the whole log, whoever works
        if known:
            lines = lines.search_fetch([('ticket_id', 'in', known.ids)], ['ticket_id', 'event', 'date', 'state'], order='date, id')
        histories = {ticket: [] for ticket in self}
        for line in [*lines, *(line for line in logs if line.ticket_id not in known)]:
            histories[line.ticket_id].append((line.event, line.date, line.state))
        for history in histories.values():   # nothing happens to a ticket before it is there
            history.sort(key=lambda event: event[0] != 'created')
        return histories

    # ------------------------------------------------------------------
    # Giving promises
    # ------------------------------------------------------------------

    def _sla_give(self, rows, histories, wanted, policies=None):
        """Choose what is promised, and put it down.

        :param rows: the promises that the tickets have
        :param wanted: function of (ticket, promise, row, clock) that says what is to be chosen
        :param policies: policies of which today's version is taken, and no others; default: a ticket keeps the version that it has
        :return: the promises that are new, measured already; those that the tickets have are still to be measured anew
        """
        found = {(row.ticket_id, row.promise, row.number): row for row in rows}
        pending = []
        for ticket in self:
            for promise, _label in PROMISES:
                for number, clock in enumerate(clocks(promise, histories[ticket], merged=bool(ticket.merged_into_id)), 1):
                    row = found.get((ticket, promise, number), rows.browse())
                    if wanted(ticket, promise, row, clock):
                        pending.append((ticket, promise, number, clock, row))
        if not pending:
            return rows.browse()
        tickets = self.browse(dict.fromkeys(ticket.id for ticket, *_rest in pending))
        grades = tickets._sla_grades()
        choices = tickets._sla_choices(sorted({promise for _ticket, promise, *_rest in pending}), grades)
        kept = rows._version_terms()
        vals_list = []
        for ticket, promise, number, clock, row in pending:
            policy, choice = choices.get((ticket, promise), (None, None))
            if policies and not {policy and policy['id'], row.policy_id.id} & set(policies.ids):
                continue
            vals = ticket._sla_terms(row, policy, choice, kept, policies)
            if row and vals:
                row.write({name: value for name, value in vals.items() if row._differs(name, value)})
            elif vals:
                vals_list.append({
                    'ticket_id': ticket.id, 'company_id': ticket.company_id.id, 'promise': promise, 'number': number,
                    'date_start': clock.start, 'grade_id': grades.get(ticket.commercial_partner_id.id), **vals})
        return rows._give(vals_list, histories)

    def _sla_terms(self, row, policy, choice, kept, policies=None):
        """Return the values of a promise for what was chosen; none where nothing is promised, nor was."""
        self.ensure_one()
        if not policy:
            return {'is_dropped': True, 'choice': choice} if row else {}
        same = row.policy_id.id == policy['id'] and not row.is_dropped and policy['id'] not in (policies.ids if policies else ())
        terms = kept[row] if same else policy['terms']
        calendar, zone = self._sla_hours(terms)
        day = calendar.hours_per_day if calendar else 24
        return {
            'policy_id': policy['id'], 'version': row.version if same else policy['version'], 'choice': choice, 'is_dropped': False,
            'minutes': terms['time'] * (60 * day if terms['unit'] == 'days' else 1), 'pauses': terms['pauses'],
            'calendar_id': calendar.id or False, 'tz': zone}

    def _sla_hours(self, terms):
        """Return (working hours, name of the time zone) in which a promise on this ticket is counted; no hours: around the clock."""
        Calendar = self.env['resource.calendar']
        if terms['clock'] == 'always':
            return Calendar, False
        if terms['clock'] == 'calendar':
            calendar = Calendar.browse(terms['calendar_id'])
            return calendar, calendar.tz
        if terms['clock'] == 'customer':
            customer = self.commercial_partner_id.with_company(self.company_id)
            if customer.crm_service_calendar_id:
                return customer.crm_service_calendar_id, customer.tz or customer.crm_service_calendar_id.tz
        calendar = self._sla_desk_hours()
        return calendar, calendar.tz

    def _sla_desk_hours(self):
        """Return when those work who have the ticket: its team; without a team, the company."""
        return self.team_id.calendar_id if self.team_id else self.company_id.resource_calendar_id

    def _sla_apply(self, policies):
        """Give open tickets of one company the promises of these policies as they are today.

        :return: the tickets whose promises have changed
        """
        promises = set(policies.mapped('promise'))
        changed = self.browse()
        for ids in split_every(BATCH, self.ids):
            tickets = self.browse(ids)
            rows = tickets._sla_rows()
            before = rows._promised()
            histories = tickets._sla_histories()
            given = tickets._sla_give(
                rows, histories, lambda ticket, promise, row, clock: promise in promises and clock.state in LIVE, policies)
            rows._follow(histories)
            rows += given
            tickets._sla_show(rows)
            changed |= self.browse(row.ticket_id.id for row, promised in rows._promised().items() if before.get(row) != promised)
        return changed

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _sla_recompute(self):
        """Find all figures of the promises of these tickets again, from what was promised and the log.

        The working hours are those of today: days off that were entered since change the figures, and nothing else does.

        :return: the promises whose figures were different
        """
        changed = self.env['crm.ticket.sla']
        for ids in split_every(BATCH, self.ids):
            tickets = self.browse(ids).sudo()  # all promises, whoever asks
            rows = tickets._sla_rows()
            changed |= rows._follow(tickets._sla_histories())
            tickets._sla_show(rows)
        return changed

    def _sla_show(self, rows):
        """Write on the tickets how their promises stand, where that has changed.

        A handful is written with whatever else is to be written on them; many in one statement.

        :param rows: all promises of the tickets
        """
        by_ticket = rows.grouped('ticket_id')
        standings = {ticket: by_ticket.get(ticket, rows.browse())._standing() for ticket in self}
        changed = {ticket: standing for ticket, standing in standings.items() if standing != (ticket.date_due, ticket.sla_state)}
        if len(changed) <= AT_ONCE:
            for ticket, standing in changed.items():
                for name, value in zip(SHOWN, standing, strict=True):
                    self._fields[name].write(ticket, value)     # nothing follows from it
            return
        self.flush_recordset(SHOWN)
        self.env.cr.execute(SQL(
            "UPDATE crm_ticket SET date_due = v.due, sla_state = v.state FROM (VALUES %s) AS v(id, due, state) WHERE crm_ticket.id = v.id",
            SQL(", ").join(
                SQL("(%s, %s::timestamp, %s)", ticket.id, due or None, state or None) for ticket, (due, state) in changed.items())))
        self.invalidate_recordset(SHOWN)
