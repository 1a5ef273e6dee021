from odoo import api, fields, models
from odoo.tools.misc import clean_context

from ..tools.calendar_times import event_times

SYNC = 'crm_visit_sync'  # context key: what is written comes from the other side, so that it does not go back there


class CrmVisit(models.Model):
    """A planned visit and its calendar event are one thing seen twice: whatever is changed here follows there.

    The link is a column of the visit alone. So neither a copy of an event nor the occurrences of a recurring one ever carry a link
    that is not theirs: an occurrence gets a visit of its own when somebody plans or records one for it.

    Only planned visits are kept in step. A visit made without a plan has no event; one that was made leaves its event as it was
    planned; one that does not take place takes it off the calendar; one that is put off hands it to its successor, so that the
    people invited see a move and not a cancellation.
    """
    _inherit = 'crm.visit'

    calendar_event_id = fields.Many2one('calendar.event', copy=False, ondelete='set null', index='btree_not_null')
    is_inviting = fields.Boolean(
        "Invite Contacts", compute='_compute_is_inviting', store=True, readonly=False, precompute=True,
        help="Whether the people to be met become attendees of the calendar event: with an e-mail address they are invited.")

    _calendar_event_uniq = models.UniqueIndex(
        '(calendar_event_id) WHERE calendar_event_id IS NOT NULL', "This calendar event belongs to another visit already.")

    @api.depends('kind_id')
    def _compute_is_inviting(self):
        for visit in self:
            visit.is_inviting = visit.kind_id.invites_contacts

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        if not self.env.context.get(SYNC):
            visits._update_calendar()
        return visits

    def write(self, vals):
        if self.env.context.get(SYNC) or not self._seen_in_calendar() & vals.keys():
            return super().write(vals)
        before = {visit: visit._as_event() for visit in self}
        result = super().write(vals)
        self._update_calendar(before)
        return result

    def unlink(self):
        events = self.filtered(lambda visit: visit.state != 'done').calendar_event_id
        result = super().unlink()
        if not self.env.context.get(SYNC):
            self._events(events).with_context(archive_on_error=True).unlink()
        return result

    def action_open_calendar_event(self):
        """Open the event in which the visit stands in the calendar."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'calendar.event', 'res_id': self.calendar_event_id.id,
            'views': [(False, 'form')]}

    @api.model
    @api.readonly
    def get_unusual_days(self, date_from, date_to):
        """Return the days without work in the company, which the calendar shows in grey.

        :param str date_from, date_to: naive UTC moments
        :return: ``{ISO day: whether it is none of work}``
        """
        self.check_access('read')
        calendar = self.env.company.sudo().resource_calendar_id  # on which days we work is no secret
        return calendar._get_unusual_days(
            fields.Datetime.to_datetime(date_from), fields.Datetime.to_datetime(date_to), self.env.company)

    # ------------------------------------------------------------------
    # To the calendar
    # ------------------------------------------------------------------

    @api.model
    def _seen_in_calendar(self):
        """Return the names of the fields on which the calendar event depends."""
        return {
            'date_start', 'date_end', 'user_id', 'companion_ids', 'contact_ids', 'partner_id', 'kind_id', 'lead_id', 'purpose',
            'state', 'is_inviting', 'is_off_plan'}

    def _is_in_calendar(self):
        """Whether the visit still takes time in the calendar."""
        return self.state == 'planned' and not self.is_off_plan and not self.actual_start

    def _events(self, events):
        """Return events to be written: who may write a visit may move its event, even in a colleague's private calendar."""
        context = {**clean_context(self.env.context), SYNC: True, 'active_model': False, 'active_id': False, 'active_ids': False}
        return events.sudo().with_context(**context)

    def _update_calendar(self, before=None):
        """Bring the calendar in step.

        :param dict before: per visit, what :meth:`_as_event` said before the change: only what has changed is written
        """
        planned = self.filtered(lambda visit: visit._is_in_calendar())
        (planned - planned.filtered('calendar_event_id'))._create_events()
        changes = {}
        for visit in planned.filtered('calendar_event_id'):
            vals = visit._event_changes((before or {}).get(visit))
            if vals:
                changes.setdefault(repr(vals), (vals, []))[1].append(visit.calendar_event_id.id)
        for vals, ids in changes.values():
            self._events(self.env['calendar.event'].browse(ids)).write(vals)
        gone = self.filtered(lambda visit: visit.state in ('missed', 'cancelled', 'rescheduled')).calendar_event_id.filtered('active')
        if gone:
            self._events(gone).write({'active': False})

    def _create_events(self):
        if not self:
            return
        events = self._events(self.env['calendar.event'])
        if self.env.context.get('import_file'):
            events = events.with_context(no_mail_to_attendees=True)
        vals_list = []
        for visit in self:
            vals = visit._as_event()
            partners = vals.pop('partners')
            vals_list.append({**vals, 'partner_ids': [fields.Command.set(partners)]})
        events = events.create(vals_list)
        for visit, event in zip(self, events, strict=True):
            visit.with_context(**{SYNC: True}).calendar_event_id = event.id

    def _as_event(self):
        """Return how the visit looks in the calendar: values of its event, and ``partners``, the ids of whom it brings there."""
        customer = self.partner_id.sudo()  # name and address of a customer whom a colleague plans to see are no secret
        people = self.user_id.sudo().partner_id | self.companion_ids.sudo().partner_id
        if self.is_inviting:
            people |= self.contact_ids
        return {
            'name': f"{customer.display_name} – {self.purpose or self.kind_id.name}",
            'start': self.date_start, 'stop': self.date_end, 'user_id': self.user_id.id, 'opportunity_id': self.lead_id.id,
            'location': self.mode == 'onsite' and customer.contact_address_inline or False,
            'partners': people.ids,
        }

    def _event_changes(self, before):
        """Return the values by which the event of the visit differs from what it should be.

        :param dict before: what it should have been so far; what the calendar says otherwise since, is left to the calendar.
            None: it was no event of a visit so far
        """
        event = self.calendar_event_id.sudo()  # see _events
        wanted = self._as_event()
        vals = {}
        for name in ('name', 'user_id', 'opportunity_id', 'location'):
            present = event[name].id if event._fields[name].relational else event[name]
            so_far = before[name] if before else False
            if wanted[name] not in (present, so_far) and present == so_far:
                vals[name] = wanted[name]
        vals |= event_times(
            self.date_start, self.date_end, event.start, event.stop, event.allday, self.user_id._crm_tz(self.company_id))
        had = set(before['partners']) if before else set()
        present = set(event.partner_ids.ids)
        commands = [
            *(fields.Command.link(partner) for partner in wanted['partners'] if partner not in had | present),
            *(fields.Command.unlink(partner) for partner in sorted(had - set(wanted['partners'])) if partner in present)]
        if commands:
            vals['partner_ids'] = commands
        if not event.active:
            vals['active'] = True
        return vals

    def _put_off(self, vals):
        event = self.calendar_event_id
        self.with_context(**{SYNC: True}).calendar_event_id = False
        self.flush_recordset(['calendar_event_id'])  # given up before the other one takes it
        return super()._put_off({**vals, 'calendar_event_id': event.id})

    # ------------------------------------------------------------------
    # From the calendar
    # ------------------------------------------------------------------

    @api.model
    def _planned_for(self, events):
        """Return the planned visits of calendar events.

        With full rights: an event is moved by whoever the calendar lets, and its visit follows.
        """
        return self.sudo().search([('calendar_event_id', 'in', events.ids), ('state', '=', 'planned')]).with_context(**{SYNC: True})

    def _drop_with_event(self):
        """Cancel planned visits whose event has left the calendar."""
        if self:
            self.action_cancel(self.env._("Its appointment was removed from the calendar."))
