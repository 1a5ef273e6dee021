from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_visit import OUTCOMES

RECENT_DAYS = 120
DUE_AHEAD = 7      # days
FEW = 12
SHOWN = ('planned', 'underway', 'done', 'missed')


class CrmVisit(models.Model):
    """The day of a person on the phone: each page is one call, whose queries do not grow with the number of visits."""
    _inherit = 'crm.visit'

    # ------------------------------------------------------------------
    # Public API
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_day(self, date=None):
        """Return a day of the present user, with everything that the page "My Day" shows.

        Visits that one accompanies are among them; so are, today, visits of other days that have not been checked out.

        :param date: ISO day where the user works; default: today there
        :return: dict of ``date``, ``today``, ``tz``, ``company_id``, ``positions`` (whether the company records them), ``visits``
            (cards, see :meth:`_phone_cards`, by time), ``kinds`` (``id, name, icon, mode, needs_location, minutes``), ``outcomes``
            (pairs of key and label), ``due`` (customers to be visited soon, those in the cities of the day first) and ``recent``
            (customers visited lately); customers as in :meth:`find_customers`
        :raise AccessError: for those who may not see visits
        """
        self.check_access('read')
        today = self.env.user._crm_local_date(fields.Datetime.now(), self.env.company)
        day = fields.Date.to_date(date) or today
        domain = Domain('date', '=', day) & Domain('state', 'in', SHOWN)
        if day == today:
            domain |= Domain('state', '=', 'underway')
        mine = Domain('user_id', '=', self.env.uid) | Domain('companion_ids', 'in', self.env.uid)
        visits = self.search(domain & mine & Domain('company_id', '=', self.env.company.id), order='date_start, id')
        return {
            'date': fields.Date.to_string(day), 'today': fields.Date.to_string(today), 'tz': self.env.user._crm_tz(self.env.company),
            'company_id': self.env.company.id, 'positions': self.env.company.sudo().crm_visit_positions,  # a switch is no secret
            'visits': visits._phone_cards(),
            'kinds': self._phone_kinds(), 'outcomes': self._phone_outcomes(),
            'due': self._phone_due(day, visits.partner_id), 'recent': self._phone_recent(today),
        }

    @api.model
    @api.readonly
    def find_customers(self, text='', limit=20):
        """Return customers to log a visit with: without a text those of the user, with one all that match, the user's first.

        :param str text: part of the name, reference, phone or e-mail address of the customer or of somebody there
        :return: list of ``id, name, city, grade`` (name and color, or False)
        """
        self.check_access('read')
        partners = self.env['res.partner']
        base = Domain('company_id', 'in', (False, self.env.company.id))
        own = Domain('commercial_partner_id.user_id', '=', self.env.uid) & base
        limit = max(1, min(int(limit), 1000))
        if not text:
            return self._phone_customers(partners.search(own & Domain('parent_id', '=', False), limit=limit, order='complete_name, id'))
        match = Domain.OR(Domain(name, 'ilike', text) for name in ('complete_name', 'ref', 'phone', 'email'))
        found = partners.search(own & match, limit=limit).commercial_partner_id
        if len(found) < limit:
            found |= partners.search(base & match & Domain('partner_share', '=', True), limit=limit).commercial_partner_id
        return self._phone_customers(found[:limit])

    # ------------------------------------------------------------------
    # Cards
    # ------------------------------------------------------------------

    def _phone_cards(self):
        """Return what the phone shows of each visit; times as HH:MM where the user is, moments as UTC strings."""
        zone = pytz.timezone(self.env.user._crm_tz(self.env.company))
        readable = self.partner_id._filtered_access('read')
        return [visit._phone_card(zone, readable) for visit in self]

    def _phone_card(self, zone, readable):
        def local(moment):
            return pytz.utc.localize(moment).astimezone(zone).strftime('%H:%M') if moment else False

        return {
            'id': self.id, 'ref': str(self.id), 'state': self.state, 'is_off_plan': self.is_off_plan,
            'date': fields.Date.to_string(self.date),
            'planned': [local(self.date_start), local(self.date_end)], 'actual': [local(self.actual_start), local(self.actual_end)],
            'kind': {'id': self.kind_id.id, 'name': self.kind_id.name, 'icon': self.kind_id.icon, 'mode': self.kind_id.mode},
            'wants_position': self._wants_position(), 'is_mine': self.user_id == self.env.user, 'person': self.user_id.sudo().name,
            'partner': self._phone_partner(readable), 'lead': self.lead_id.sudo().name or False,  # names are no secret
            'contacts': [self._phone_contact(contact) for contact in self.contact_ids],
            'purpose': self.purpose or False, 'note': self.note or '', 'outcome': self.outcome,
            'next_step': self.next_step or '', 'next_step_date': fields.Date.to_string(self.next_step_date) or False,
            'checks': [{'name': line.name, 'is_required': line.is_required, 'is_done': line.is_done} for line in self.check_ids],
            'photos': len(self.photo_ids), 'location_state': self.location_state, 'location_reasons': self.location_reasons or False,
            'may_place': self._phone_may_place(),
        }

    def _phone_partner(self, readable):
        partner = self.partner_id
        if partner not in readable:   # somebody else's by now, as one that went to a pool: whom one visits or has visited keeps its name
            return {
                'id': partner.id, 'name': partner.sudo().display_name, 'phone': False, 'city': False, 'address': False,
                'latitude': 0.0, 'longitude': 0.0, 'grade': False}
        grade = partner.crm_grade_id
        address = partner._display_address(without_company=True)
        return {
            'id': partner.id, 'name': partner.display_name, 'phone': partner.phone or False, 'city': partner.city or False,
            'address': ", ".join(line.strip() for line in address.splitlines() if line.strip()) or False,
            'latitude': partner.partner_latitude, 'longitude': partner.partner_longitude,
            'grade': {'name': grade.name, 'color': grade.color} if grade else False,
        }

    def _phone_contact(self, contact):
        return {
            'id': contact.id, 'name': contact.name or contact.display_name, 'function': contact.function or False,
            'phone': contact.phone or False}

    def _phone_may_place(self):
        """Return whether the user may say that the position of this visit is the customer's place."""
        partner = self.partner_id
        return (
            self.location_state == 'located' and partner.has_access('write')
            and not (partner.partner_latitude or partner.partner_longitude))

    # ------------------------------------------------------------------
    # What else is on the page
    # ------------------------------------------------------------------

    def _phone_kinds(self):
        kinds = self.env['crm.visit.kind'].search([('company_id', 'in', (False, self.env.company.id))])
        return [{
            'id': kind.id, 'name': kind.name, 'icon': kind.icon, 'mode': kind.mode, 'needs_location': kind.needs_location,
            'minutes': round(kind.default_duration * 60)} for kind in kinds]

    def _phone_outcomes(self):
        return [[key, label] for key, label in self._fields['outcome']._description_selection(self.env) if key in dict(OUTCOMES)]

    def _phone_customers(self, partners):
        return [{
            'id': partner.id, 'name': partner.display_name, 'city': partner.city or False,
            'grade': {'name': partner.crm_grade_id.name, 'color': partner.crm_grade_id.color} if partner.crm_grade_id else False,
        } for partner in partners]

    def _phone_recent(self, today):
        groups = self._read_group(
            [('user_id', '=', self.env.uid), ('state', '=', 'done'), ('date', '>=', today - timedelta(days=RECENT_DAYS)),
             ('company_id', '=', self.env.company.id)],
            ['partner_id'], ['date:max'], order='date:max DESC', limit=FEW)
        visited = self.env['res.partner'].union(*(partner for partner, _last in groups))
        return self._phone_customers(visited._filtered_access('read'))

    def _phone_due(self, day, planned):
        """Return the user's customers whose next visit is due soon and not planned for that day; those in its cities first."""
        profiles = self.env['crm.customer']
        if 'next_visit_date' not in profiles._fields or not profiles.has_access('read'):
            return []
        found = profiles.search_fetch(
            [('company_id', '=', self.env.company.id), ('user_id', '=', self.env.uid), ('partner_id', 'not in', planned.ids),
             ('next_visit_date', '<=', day + timedelta(days=DUE_AHEAD))],
            ['partner_id', 'next_visit_date'], order='next_visit_date, id', limit=FEW * 4)
        cities = set(planned._filtered_access('read').mapped('city')) - {False}
        near = found.sorted(lambda profile: (profile.partner_id.city not in cities, profile.next_visit_date))[:FEW]
        due = {profile.partner_id.id: profile.next_visit_date for profile in near}
        return [{
            **customer, 'due': fields.Date.to_string(due[customer['id']]), 'is_overdue': due[customer['id']] < day,
            'is_near': customer['city'] in cities,
        } for customer in self._phone_customers(near.partner_id)]
