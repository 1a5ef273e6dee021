from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

HOURS = {
    'tz', 'attendance_ids', 'two_weeks_calendar', 'flexible_hours', 'schedule_type', 'hours_per_day', 'full_time_required_hours',
    'duration_based', 'company_id'}


class ResourceCalendar(models.Model):
    """A change of hours or days off moves the deadlines that are counted in them.

    The change itself only marks the promises that are not decided yet, in one statement; a job that it starts finds their deadlines anew.
    What was met or missed already, stays.
    """
    _inherit = 'resource.calendar'

    def write(self, vals):
        result = super().write(vals)
        if HOURS & vals.keys():
            self._crm_hours_changed()
        return result

    def _crm_hours_changed(self):
        """Have the deadlines counted in these calendars found anew, soon."""
        self.env['crm.ticket.sla']._mark_stale(Domain('calendar_id', 'in', self.ids))


class ResourceCalendarAttendance(models.Model):
    _inherit = 'resource.calendar.attendance'

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._crm_hours_changed()
        return attendances

    def write(self, vals):
        before = self.calendar_id
        result = super().write(vals)
        (before | self.calendar_id)._crm_hours_changed()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars._crm_hours_changed()
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = 'resource.calendar.leaves'

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._crm_days_off_changed()
        return leaves

    def write(self, vals):
        before = self._crm_days_off()
        result = super().write(vals)
        self.env['crm.ticket.sla']._mark_stale(before | self._crm_days_off())
        return result

    def unlink(self):
        before = self._crm_days_off()
        result = super().unlink()
        self.env['crm.ticket.sla']._mark_stale(before)
        return result

    def _crm_days_off_changed(self):
        self.env['crm.ticket.sla']._mark_stale(self._crm_days_off())

    def _crm_days_off(self):
        """Return the domain of the promises that these days off count for: days off of single people count for none."""
        found = Domain.FALSE
        for leave in self.filtered(lambda leave: not leave.resource_id):
            if leave.calendar_id:
                found |= Domain('calendar_id', '=', leave.calendar_id.id)
            else:
                found |= Domain('calendar_id', '!=', False) & Domain('company_id', 'in', leave.company_id.ids)
        return found


class CrmTicketSla(models.Model):
    _inherit = 'crm.ticket.sla'

    @api.model
    def _mark_stale(self, domain):
        """Mark the promises of a domain that are not decided yet, and start the job that finds their deadlines anew."""
        if domain == Domain.FALSE:
            return
        self.env.registry.clear_cache()     # the periods of work, see resource.calendar._crm_periods
        query = self.sudo()._search(domain & Domain('state', 'in', ('running', 'paused')) & Domain('is_stale', '!=', True))  # of everybody
        self.env['crm.ticket.sla'].flush_model(['calendar_id', 'company_id', 'state', 'is_stale'])
        self.env.cr.execute(SQL("UPDATE crm_ticket_sla SET is_stale = TRUE WHERE id IN %s", query.subselect()))
        if self.env.cr.rowcount:
            self.invalidate_model(['is_stale'])
            self.env.ref('crm_service.ir_cron_sla_watch').sudo()._trigger()  # whoever enters days off
