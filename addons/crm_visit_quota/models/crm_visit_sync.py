import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError

from ..tools import sync_event

KEEP_DAYS = 180  # a phone is not away for longer


class CrmVisitSync(models.Model):
    """What phones have sent: each thing that a person did there is done here exactly once, at the time it really happened.

    Phones queue without a connection and may send again what has come through; ``key`` tells. What an event of a type does
    is :meth:`_apply_<type>` in :mod:`.crm_visit_sync_apply`.
    """
    _name = 'crm.visit.sync'
    _description = "Entry Sent by a Phone"
    _order = 'id desc'
    _rec_name = 'key'

    key = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one('res.users', required=True, readonly=True, default=lambda self: self.env.user, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, default=lambda self: self.env.company)
    type = fields.Selection([
        ('check_in', "Check-in"), ('check_out', "Check-out"), ('finish', "Finish"), ('note', "Note"), ('check', "Checklist"),
        ('photo', "Photo"), ('log', "Off-plan visit"), ('place', "Customer's place")], required=True, readonly=True)
    ref = fields.Char("Visit on the Phone", required=True, readonly=True)
    visit_id = fields.Many2one('crm.visit', readonly=True, ondelete='set null', index='btree_not_null')
    at = fields.Datetime("Happened", required=True, readonly=True)
    received_at = fields.Datetime("Received", required=True, readonly=True, default=fields.Datetime.now)
    is_late = fields.Boolean("Sent Late", readonly=True, help="More than a day after it happened.")
    clock_error = fields.Integer(
        "Clock Off (s)", readonly=True, aggregator=None, help="Seconds that the phone's clock was ahead (or behind); times are put right.")
    message = fields.Char(readonly=True, help="What the person was told.")

    _key_uniq = models.UniqueIndex('(user_id, key)')
    _ref_idx = models.Index('(user_id, ref) WHERE visit_id IS NOT NULL')

    # ------------------------------------------------------------------
    # Public API
    # ------------------------------------------------------------------

    @api.model
    def sync(self, events, sent_at=None):
        """Do what the present user did on a phone, in the order given, each thing exactly once.

        An event that fails changes nothing and does not keep the others from being done; it may be sent again.

        :param list events: dicts of ``key`` (unique, by the phone), ``type`` (see :data:`..tools.sync_event.TYPES`), ``at`` (ISO
            moment by the phone's clock), ``visit`` (id, or the phone's own key for a visit that is new), ``vals`` (by type, see the
            ``_apply_`` methods; ``partner_id`` and ``kind_id`` always help where the visit is gone), ``position`` (``latitude,
            longitude, accuracy`` in m, ``age`` in s) or ``position_error``, and ``company_id`` (default: the current company)
        :param sent_at: ISO moment of sending by the phone's clock: from it follows by how much that clock is wrong
        :return: ``{'results': [{'key', 'status': 'done' | 'error', 'visit', 'visit_id', 'message'}], 'visits': {visit: card}}``;
            a card is what :meth:`crm.visit.get_day` tells of a visit
        :raise AccessError: for those who may not make visits
        """
        self.env['crm.visit'].check_access('create')
        now = fields.Datetime.now()
        try:
            error = sync_event.clock_error(sent_at and sync_event.moment(sent_at), now)
        except ValueError:
            error = sync_event.clock_error(None, now)
        known = self._known(events)
        results = [self._answer(raw, known, error, now) for raw in events]
        visits = self.env['crm.visit'].with_context(allowed_company_ids=self.env.user.company_ids.ids)
        made = visits.browse(dict.fromkeys(result['visit_id'] for result in results if result['visit_id'])).exists()
        cards = {card['id']: card for card in made._phone_cards()}
        return {
            'results': results,
            'visits': {result['visit']: cards[result['visit_id']] for result in results if result['visit_id'] in cards},
        }

    # ------------------------------------------------------------------
    # Engine
    # ------------------------------------------------------------------

    def _known(self, events):
        keys = [raw['key'] for raw in events if isinstance(raw, dict) and isinstance(raw.get('key'), str)]
        mine = self.sudo().search([('user_id', '=', self.env.uid), ('key', 'in', keys)])  # one's own, in whatever company
        return {entry.key: entry for entry in mine}

    def _answer(self, raw, known, error, now):
        """Return the result of one event, doing it if it has not been done."""
        key = raw.get('key') if isinstance(raw, dict) else None
        result = {'key': key, 'status': 'error', 'visit': None, 'visit_id': False, 'message': False}
        try:
            event = sync_event.parse(raw)
        except ValueError as wrong:
            return {**result, 'message': self.env._("The phone sent something that cannot be understood (%(what)s).", what=wrong)}
        result['visit'] = event.visit
        entry = known.get(event.key)
        if not entry:
            try:
                with self.env.cr.savepoint():
                    entry = self._enter(event, error, now)
            except UserError as refusal:
                return {**result, 'message': str(refusal)}
            except psycopg2.errors.UniqueViolation as violation:
                if violation.diag.table_name == self._table:
                    raise ConcurrencyError("sent twice at once") from violation  # again, with an eye on what the other has done
                return {**result, 'message': self._violation_message(violation)}
            except psycopg2.IntegrityError as violation:
                return {**result, 'message': self._violation_message(violation)}
            known[event.key] = entry
        return {**result, 'status': 'done', 'visit_id': entry.visit_id.id, 'message': entry.message or False}

    def _violation_message(self, violation):
        return self.env['crm.visit']._sql_error_to_message(violation)

    def _enter(self, event, error, now):
        at = sync_event.true_time(event.at, error, now)
        company = self.env['res.company'].browse(event.company or self.env.company.id)
        if company not in self.env.user.company_ids:
            raise ValidationError(self.env._("You do not work in that company any more."))
        entries = self.sudo()  # nobody writes this log by hand
        entry = entries.create({
            'key': event.key, 'type': event.type, 'ref': event.visit, 'at': at, 'received_at': now, 'user_id': self.env.uid,
            'is_late': sync_event.is_late(at, now), 'clock_error': error.total_seconds(), 'company_id': company.id})
        worker = self.with_context(allowed_company_ids=company.ids)
        visit, message = getattr(worker, f'_apply_{event.type}')(event._replace(at=at))
        entry.write({'visit_id': visit.id, 'message': message})
        return entry

    @api.autovacuum
    def _gc_entries(self):
        """Forget what was sent long ago: no phone sends that again."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.search([('received_at', '<', limit)], limit=10_000).unlink()
