from odoo import api, fields, models

from ..tools.calendar_times import visit_times
from .crm_visit_calendar import SYNC

GROUP = 'sales_team.group_sale_salesman'


class CalendarEvent(models.Model):
    """What happens to an event in the calendar happens to its planned visit. Synchronization with other calendars is not touched:
    to it, the event of a visit is an event like any other.
    """
    _inherit = 'calendar.event'

    crm_visit_ids = fields.One2many('crm.visit', 'calendar_event_id', "Visits", groups=GROUP)
    crm_visit_id = fields.Many2one('crm.visit', "Visit", compute='_compute_crm_visit_id', groups=GROUP)

    @api.depends('crm_visit_ids')
    def _compute_crm_visit_id(self):
        for event in self:
            event.crm_visit_id = event.crm_visit_ids[:1]

    @api.model
    def _get_activity_excluded_models(self):
        return [*super()._get_activity_excluded_models(), 'crm.visit']

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        is_ours = not self.env.context.get(SYNC)
        moves = is_ours and not {'start', 'stop', 'start_date', 'stop_date', 'allday', 'duration'}.isdisjoint(vals)
        invites, leaves = is_ours and 'partner_ids' in vals, is_ours and vals.get('active') is False
        returns = is_ours and vals.get('active')
        attendees = {event: event.partner_ids for event in self} if invites else {}
        result = super().write(vals)
        if moves or invites or leaves:
            visits = self.env['crm.visit']._planned_for(self)
            if leaves:
                visits._drop_with_event()
            elif moves:
                self._crm_move_visits(visits)
            if invites:
                self._crm_tell_attendees(visits, attendees)
        if returns:
            self._crm_reopen_visits()
        return result

    def unlink(self):
        if not self.env.context.get(SYNC):
            self.env['crm.visit']._planned_for(self)._drop_with_event()
        return super().unlink()

    # ------------------------------------------------------------------
    # To the visit
    # ------------------------------------------------------------------

    @api.model
    def _crm_move_visits(self, visits):
        for visit in visits:
            event = visit.calendar_event_id
            start, stop = visit_times(
                visit.date_start, visit.date_end, event.start, event.stop, event.allday, visit.user_id._crm_tz(visit.company_id))
            if (start, stop) != (visit.date_start, visit.date_end):
                visit.write({'date_start': start, 'date_end': stop})

    @api.model
    def _crm_tell_attendees(self, visits, before):
        """Who came in or left as attendee and is a contact of the customer or a colleague, does so on the visit."""
        for visit in visits:
            event = visit.calendar_event_id
            had, has = before[event].sudo(), event.partner_ids
            vals = {}
            for name, added, removed in (
                    ('contact_ids', *(change.filtered(
                        lambda partner, visit=visit: partner.commercial_partner_id == visit.partner_id != partner)
                        for change in (has - had, had - has))),
                    ('companion_ids', *(change.user_ids.filtered(lambda user: not user.share) - visit.user_id
                                        for change in (has - had, had - has)))):
                commands = [fields.Command.link(item.id) for item in added] + [fields.Command.unlink(item.id) for item in removed]
                if commands:
                    vals[name] = commands
            if vals:
                visit.write(vals)

    def _crm_reopen_visits(self):
        """An event that is put back into the calendar plans its cancelled visit again."""
        self.env['crm.visit'].sudo().with_context(**{SYNC: True}).search(  # see _planned_for
            [('calendar_event_id', 'in', self.ids), ('state', '=', 'cancelled')]).action_reopen()

    # ------------------------------------------------------------------
    # Recurring events: core archives their occurrences and makes new ones when the whole series is changed
    # ------------------------------------------------------------------

    def _rewrite_recurrence(self, values, time_values, recurrence_values):
        base = self.recurrence_id.base_event_id or self.recurrence_id._get_first_event(include_outliers=False)
        visits = self._crm_places(self.recurrence_id.calendar_event_ids)
        result = super(CalendarEvent, self.with_context(**{SYNC: True}))._rewrite_recurrence(values, time_values, recurrence_values)
        self._crm_put_back(visits, base)
        return result

    def _update_future_events(self, values, time_values, recurrence_values):
        visits = self._crm_places(self.recurrence_id.calendar_event_ids.filtered(lambda event: event.start >= self.start))
        result = super(CalendarEvent, self.with_context(**{SYNC: True}))._update_future_events(values, time_values, recurrence_values)
        self._crm_put_back(visits, self)
        return result

    @api.model
    def _crm_places(self, events):
        """Return ``{planned visit: place of its occurrence among the events}``."""
        places = {event: place for place, event in enumerate(events.sorted('start'))}
        return {visit: places[visit.calendar_event_id] for visit in self.env['crm.visit']._planned_for(events)}

    @api.model
    def _crm_put_back(self, places, base):
        """Give each visit the occurrence at the same place in the new series; where there is none, it has left the calendar."""
        if not places:
            return
        events = (base.recurrence_id.calendar_event_ids or base).sorted('start')
        visits = self.env['crm.visit'].union(*places)
        visits.calendar_event_id = False
        visits.flush_recordset(['calendar_event_id'])
        for visit, place in places.items():
            visit.calendar_event_id = events[place:place + 1].id
        visits.filtered(lambda visit: not visit.calendar_event_id)._drop_with_event()
        self._crm_move_visits(visits.filtered('calendar_event_id'))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_crm_visit(self):
        """Open the visit of the event; an event without one, such as an occurrence of a series, gets it here."""
        self.ensure_one()
        if self.crm_visit_id:
            return {
                'type': 'ir.actions.act_window', 'res_model': 'crm.visit', 'res_id': self.crm_visit_id.id, 'views': [(False, 'form')]}
        people = self.partner_ids - self.env['res.users'].sudo().search([('partner_id', 'in', self.partner_ids.ids)]).partner_id
        customer = (self.opportunity_id.partner_id or people[:1]).commercial_partner_id
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Visit"), 'res_model': 'crm.visit', 'views': [(False, 'form')],
            'context': {
                'default_calendar_event_id': self.id, 'default_partner_id': customer.id, 'default_lead_id': self.opportunity_id.id,
                'default_contact_ids': people.filtered(lambda person: person.commercial_partner_id == customer != person).ids,
                'default_user_id': self.user_id.id or self.env.uid, 'default_purpose': self.name,
                'default_date_start': fields.Datetime.to_string(self.start), 'default_date_end': fields.Datetime.to_string(self.stop),
            }}
