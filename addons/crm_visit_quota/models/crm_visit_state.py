from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..tools.visit_state import TRANSITIONS, target


class CrmVisit(models.Model):
    """What people do with a visit. One method per transition; :mod:`..tools.visit_state` says which are allowed when.

    Other parts of the suite hook into ``_after_<transition>``, which run once per call on all visits that moved.
    """
    _inherit = 'crm.visit'

    def _check_move(self, transition):
        """:raise UserError: where a transition is not allowed"""
        states = dict(self._fields['state']._description_selection(self.env))
        for visit in self:
            if not target(transition, visit.state):
                raise UserError(self.env._(
                    "The visit to %(customer)s is already “%(state)s”: this cannot be done with it any more.",
                    customer=visit.partner_id.display_name, state=states[visit.state]))

    def _move(self, transition, **vals):
        """Bring the visits into the state that a transition leads to, together with ``vals``.

        :raise UserError: where the transition is not allowed; then nothing is changed
        """
        self._check_move(transition)
        self.write({'state': TRANSITIONS[transition][1], **vals})

    # ------------------------------------------------------------------
    # Transitions
    # ------------------------------------------------------------------

    def action_check_in(self, at=None):
        """Begin the visits.

        :param at: naive UTC moment at which it began; default: now
        :raise UserError: unless planned or missed, or while the person is on another visit
        """
        at = fields.Datetime.to_datetime(at) or fields.Datetime.now()
        self._check_move('check_in')
        self._check_free()
        self._move('check_in', actual_start=at)
        self._after_check_in()
        return True

    def _check_free(self):
        """:raise UserError: if somebody is on another visit, or shall begin two at once"""
        busy = {visit.user_id: visit for visit in self.search([('user_id', 'in', self.user_id.ids), ('state', '=', 'underway')])}
        for visit in self:
            other = busy.setdefault(visit.user_id, visit)
            if other != visit:
                raise UserError(
                    self.env._("You are still with %(customer)s. Check out there first.", customer=other.partner_id.display_name)
                    if visit.user_id == self.env.user else self.env._(
                        "%(user)s is still with %(customer)s and has to check out there first.",
                        user=visit.user_id.name, customer=other.partner_id.display_name))

    def action_finish(self, at=None):
        """Finish the visits, under way or not yet begun: those are taken to have been made as planned.

        :param at: naive UTC moment at which it ended; default: now, or the planned end for a visit that was not begun
        :raise UserError: while something required is not done, or in a state in which a visit cannot be finished
        """
        self._check_move('finish')
        self._check_required()
        for visit in self:
            begun, ended = visit._actual_times(fields.Datetime.to_datetime(at))
            visit._move('finish', actual_start=begun, actual_end=ended)
        self._after_finish()
        return True

    def _actual_times(self, at=None):
        """Return from when to when a visit that is finished now has been made.

        What was noted at check-in counts; a visit that was not begun is taken to have been made as planned, one that was planned
        for later, just now.

        :param at: naive UTC moment at which it ended, if it is known
        """
        now = fields.Datetime.now()
        planned_end = now if self.state == 'underway' else min(self.date_end, now)
        begun = self.actual_start or self.date_start
        ended = at or self.actual_end or planned_end
        if not self.actual_start and begun > ended:
            begun = ended - (self.date_end - self.date_start)
        return begun, max(begun, ended)

    def action_miss(self):
        """Note that the visits did not happen although planned.

        :raise UserError: unless planned
        """
        self._move('miss')
        self._after_leave()
        return True

    def action_cancel(self, reason=None):
        """Cancel the visits.

        :param str reason: why; may also have been put on the visit before
        :raise UserError: without a reason, or once done
        """
        for visit in self:
            if not (reason or visit.cancel_reason):
                raise UserError(self.env._("Say why the visit to %(customer)s is cancelled.", customer=visit.partner_id.display_name))
        for given, visits in self.grouped(lambda visit: reason or visit.cancel_reason).items():
            visits._move('cancel', cancel_reason=given)
        self._after_leave()
        return True

    def action_reschedule(self, date_start):
        """Put a visit off to another moment: this one stays on record, a new one takes its place.

        :param date_start: naive UTC moment
        :return: the new visit
        :raise UserError: unless planned or missed
        """
        self.ensure_one()
        self._check_move('reschedule')
        date_start = fields.Datetime.to_datetime(date_start)
        new = self._put_off({
            'date_start': date_start, 'date_end': date_start + (self.date_end - self.date_start), 'rescheduled_from_id': self.id,
            'contact_ids': [Command.set(self.contact_ids.ids)], 'companion_ids': [Command.set(self.companion_ids.ids)]})
        self._move('reschedule', rescheduled_to_id=new.id)
        self._after_leave()
        return new

    def _put_off(self, vals):
        """Return the visit that takes the place of this one; what goes along with it is handed over here."""
        return self.copy(vals)

    def action_reopen(self):
        """Plan visits again that were missed or cancelled.

        :raise UserError: in any other state
        """
        self._move('reopen', cancel_reason=False)
        return True

    def _check_required(self):
        for visit in self:
            left = visit.check_ids.filtered(lambda check: check.is_required and not check.is_done)
            if left:
                raise UserError(self.env._(
                    "Before the visit to %(customer)s is finished, do: %(actions)s",
                    customer=visit.partner_id.display_name, actions=", ".join(left.mapped('name'))))

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _after_check_in(self):
        """Called once after visits began."""

    def _after_finish(self):
        """Called once after visits were finished."""

    def _after_leave(self):
        """Called once after visits were missed, cancelled or rescheduled: they take no time any more."""

    # ------------------------------------------------------------------
    # Recording what was not planned
    # ------------------------------------------------------------------

    def _record(self, vals_list):
        """Create visits that have already been made, and finish them.

        :param vals_list: as for create; ``actual_start`` and ``actual_end`` (naive UTC) or ``actual_end`` and the kind's duration
        :return: the visits
        :raise UserError: if their kind requires something that has not been done
        """
        visits = self._create_made(vals_list)
        visits.action_finish()
        return visits

    def _create_made(self, vals_list):
        """Create visits that have been made and are yet to be finished; like :meth:`_record`."""
        kinds = self.env['crm.visit.kind'].browse(vals['kind_id'] for vals in vals_list if vals.get('kind_id'))
        made = []
        for vals in vals_list:
            end = fields.Datetime.to_datetime(vals.get('actual_end')) or fields.Datetime.now()
            duration = kinds.browse(vals.get('kind_id')).with_prefetch(kinds._prefetch_ids).default_duration or 1
            start = fields.Datetime.to_datetime(vals.get('actual_start')) or end - timedelta(hours=duration)
            made.append({'is_off_plan': True, **vals, 'actual_start': start, 'actual_end': end, 'date_start': start, 'date_end': end})
        return self.create(made)
