import base64
import binascii

from odoo import Command, fields, models
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.tools.mimetypes import guess_mimetype

from ..tools.sync_event import merged_note

LEFT = ('cancelled', 'rescheduled')
WRITTEN = ('outcome', 'next_step', 'next_step_date', 'purpose')
PHOTO_TYPES = ('image/jpeg', 'image/png', 'image/webp')
PHOTO_BYTES = 6_000_000


class CrmVisitSync(models.Model):
    """What each type of event does. A method returns the visit and what to tell the person (None: nothing)."""
    _inherit = 'crm.visit.sync'

    # ------------------------------------------------------------------
    # Which visit
    # ------------------------------------------------------------------

    def _visit(self, event):
        """Return the visit that the phone means, as far as there still is one that the user may read."""
        latest = self.sudo().search(  # one's own entries, in whatever company
            [('user_id', '=', self.env.uid), ('ref', '=', event.visit), ('visit_id', '!=', False)], limit=1)
        visit = latest.visit_id.sudo(False)  # what took the place of a cancelled visit goes before that
        if not visit and event.visit.isdecimal() and len(event.visit) < 10:
            visit = self.env['crm.visit'].browse(int(event.visit)).exists()
        return visit if visit.has_access('read') else visit.browse()

    def _visit_to_write(self, event):
        """Return the visit that the phone means.

        :raise UserError: where it was given away or deleted; the phone keeps what was entered
        """
        visit = self._visit(event)
        if not visit:
            raise MissingError(self.env._("The visit is not there any more."))
        if not visit.has_access('write'):
            raise UserError(self._given_away(visit))
        return visit

    def _given_away(self, visit):
        return self.env._(
            "The visit to %(customer)s belongs to %(person)s now.",
            customer=visit.partner_id.display_name, person=visit.user_id.sudo().name)  # a colleague's name is no secret

    def _visit_to_make(self, event):
        """Return the visit that the person is on, a new one where it was cancelled, given away or deleted in the meantime.

        Whoever stood at the customer's door did so, whatever has become of the plan.

        :return: the visit and what to tell the person
        """
        visit = self._visit(event)
        if visit and visit.state not in LEFT and visit.has_access('write'):
            return visit, None
        if not visit and not event.visit.isdecimal():
            return self._new_visit(event), None
        if not visit:
            message = self.env._("The visit is not there any more.")
        elif visit.state in LEFT:
            states = dict(visit._fields['state']._description_selection(self.env))
            message = self.env._(
                "The visit to %(customer)s was set to “%(state)s” in the meantime.",
                customer=visit.partner_id.display_name, state=states[visit.state])
        else:
            message = self._given_away(visit)
        kept = self.env._("%(what)s What you entered was kept as an off-plan visit of yours.", what=message)
        return self._new_visit(event, visit), kept

    def _new_visit(self, event, like=None):
        vals = event.vals
        partner_id = like.partner_id.id if like else vals.get('partner_id')
        if not isinstance(partner_id, int):
            raise MissingError(self.env._("The visit is not there any more. Log it as an off-plan visit."))
        partner = self.env['res.partner'].browse(partner_id).exists()
        partner.check_access('read')
        if not partner:
            raise MissingError(self.env._("The customer is not there any more."))
        return self.env['crm.visit'].create({
            'partner_id': partner.id, 'kind_id': (like.kind_id if like else self._kind(vals)).id,
            'is_off_plan': True, 'date_start': event.at,
            'user_id': self.env.uid, 'company_id': self.env.company.id, 'purpose': like.purpose if like else False,
            'lead_id': like.lead_id.id if like else False})

    def _kind(self, vals):
        kinds = self.env['crm.visit.kind']
        kind_id = vals.get('kind_id')
        kind = kinds.search([('id', '=', kind_id)]) if isinstance(kind_id, int) else kinds
        return kind or kinds.search([], limit=1)

    # ------------------------------------------------------------------
    # Check-in and check-out
    # ------------------------------------------------------------------

    def _apply_check_in(self, event):
        """Begin a visit, planned or (``vals``: ``partner_id``, ``kind_id``) not."""
        visit, message = self._visit_to_make(event)
        if visit.state in ('planned', 'missed'):
            visit.action_check_in(event.at)
        elif event.at < visit.actual_start or self._was_guessed(visit, event):
            visit.actual_start = min(event.at, visit.actual_end or event.at)  # it came after the check-out, or from a second device
        visit._locate('check_in', event.at, event.position, event.position_error)
        return visit, message

    def _was_guessed(self, visit, event):
        """Return whether the beginning of a visit is not known but the planned one: its check-out came first."""
        if visit.state != 'done' or event.at >= visit.actual_end:
            return False
        return not self.sudo().search_count([('visit_id', '=', visit.id), ('type', '=', 'check_in')], limit=1)  # a look at the log

    def _apply_check_out(self, event):
        """Finish a visit, with what is known of it (``vals``: ``outcome, next_step, next_step_date, note, note_seen, checks``)."""
        visit, message = self._visit_to_make(event)
        self._write_down(visit, event)
        if visit.state == 'done':
            message = message or self.env._("The visit to %(customer)s was finished already.", customer=visit.partner_id.display_name)
        else:
            visit.action_finish(event.at)
        visit._locate('check_out', event.at, event.position)
        return visit, message

    _apply_finish = _apply_check_out

    # ------------------------------------------------------------------
    # What came out of it
    # ------------------------------------------------------------------

    def _apply_note(self, event):
        """Write down ``vals``: ``note`` (and ``note_seen``, what it was before), ``outcome, next_step, next_step_date, contact_ids``."""
        visit = self._visit_to_write(event)
        self._write_down(visit, event)
        return visit, None

    def _write_down(self, visit, event):
        vals = {name: event.vals[name] or False for name in WRITTEN if name in event.vals}
        if 'note' in event.vals:
            vals['note'] = merged_note(visit.note, event.vals.get('note_seen'), event.vals['note'])
        if isinstance(event.vals.get('contact_ids'), list):
            vals['contact_ids'] = [Command.set([contact for contact in event.vals['contact_ids'] if isinstance(contact, int)])]
        try:
            if vals:
                visit.write(vals)
        except ValueError as wrong:  # an outcome that there is not, a day that is none
            raise ValidationError(self.env._("This cannot be written down: %(what)s", what=wrong)) from wrong
        self._tick(visit, event.vals.get('checks') or {})

    def _apply_check(self, event):
        """Tick lines of the checklist (``vals``: ``checks`` = ``{name of the line: done}``)."""
        visit = self._visit_to_write(event)
        self._tick(visit, event.vals.get('checks') or {})
        return visit, None

    def _tick(self, visit, checks):
        """By name, not by id: a visit in the place of a cancelled one has lines of its own."""
        for line in visit.check_ids:
            if line.name in checks and line.is_done != bool(checks[line.name]):
                line.is_done = bool(checks[line.name])

    def _apply_photo(self, event):
        """Attach a photo (``vals``: ``name``, ``data`` in base64)."""
        visit = self._visit_to_write(event)
        try:
            content = base64.b64decode(event.vals.get('data') or '', validate=True)
        except (binascii.Error, ValueError, TypeError):
            content = b''
        mimetype = guess_mimetype(content, default='')
        if mimetype not in PHOTO_TYPES or len(content) > PHOTO_BYTES:
            raise ValidationError(self.env._("This is not a photo, or it is larger than %(size)s MB.", size=PHOTO_BYTES // 1_000_000))
        name = str(event.vals.get('name') or '')[:100] or f"{fields.Datetime.to_string(event.at)}.{mimetype.split('/')[1]}"
        photo = self.env['ir.attachment'].create({
            'name': name, 'raw': content, 'mimetype': mimetype, 'res_model': 'crm.visit', 'res_id': visit.id})
        visit.photo_ids = [Command.link(photo.id)]
        return visit, None

    # ------------------------------------------------------------------
    # Off plan
    # ------------------------------------------------------------------

    def _apply_log(self, event):
        """Record a visit that was made without a plan (``vals``: ``partner_id, kind_id``, ``minutes`` it took, and as for a note)."""
        if visit := self._visit(event):
            return visit, None
        vals, kind = event.vals, self._kind(event.vals)
        partner = self.env['res.partner'].browse(vals['partner_id'] if isinstance(vals.get('partner_id'), int) else 0).exists()
        if not partner:
            raise UserError(self.env._("Choose the customer of the visit."))
        partner.check_access('read')
        minutes = vals.get('minutes') if isinstance(vals.get('minutes'), (int, float)) else kind.default_duration * 60
        start = fields.Datetime.subtract(event.at, minutes=min(max(minutes, 0), 24 * 60))
        visit = self.env['crm.visit']._record([{
            'partner_id': partner.id, 'kind_id': kind.id, 'user_id': self.env.uid, 'company_id': self.env.company.id,
            'actual_start': start, 'actual_end': event.at, 'note': vals.get('note') or False, 'outcome': vals.get('outcome') or False,
            'next_step': vals.get('next_step') or False, 'next_step_date': vals.get('next_step_date') or False}])
        visit._locate('check_out', event.at, event.position, event.position_error)
        return visit, None

    def _apply_place(self, event):
        """Take the position of the check-in for the place of the customer."""
        visit = self._visit(event)
        fix = visit.fix_ids.filtered(lambda fix: fix.moment == 'check_in')[:1] or visit.fix_ids[:1]
        if not fix:
            raise UserError(self.env._("There is no position of this visit."))
        fix.action_set_customer_place()
        return visit, None
