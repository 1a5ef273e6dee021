from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_duration

from ..tools import position

MOMENTS = [('check_in', "Check-In"), ('check_out', "Check-Out")]
FLAGS = ('is_stale', 'is_inaccurate', 'is_far', 'is_jump')


class CrmVisitFix(models.Model):
    """Where a person was when checking in or out: what the device said, and what is to be doubted about it.

    Made by :meth:`crm.visit._locate` only, and only where the company records positions. Nothing is refused for its position;
    doubts are marked, by the limits in force when it came in.
    """
    _name = 'crm.visit.fix'
    _description = "Position of a Visit"
    _order = 'at desc, id desc'
    _rec_name = 'visit_id'

    visit_id = fields.Many2one('crm.visit', required=True, readonly=True, ondelete='cascade', index=True)
    partner_id = fields.Many2one(related='visit_id.partner_id', store=True, index=True)
    company_id = fields.Many2one(related='visit_id.company_id', store=True, index=True)
    user_id = fields.Many2one('res.users', "Person", required=True, readonly=True, default=lambda self: self.env.user, ondelete='restrict')
    moment = fields.Selection(MOMENTS, required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, help="When the person checked in or out, by the device.")
    received_at = fields.Datetime("Received", required=True, readonly=True, default=fields.Datetime.now)
    latitude = fields.Float(required=True, readonly=True, digits=(10, 7), aggregator=None)
    longitude = fields.Float(required=True, readonly=True, digits=(10, 7), aggregator=None)
    accuracy = fields.Float("Accuracy (m)", readonly=True, digits=(10, 1), aggregator='avg', help="Radius in metres; 0: not told.")
    age = fields.Float("Age (s)", readonly=True, digits=(10, 1), aggregator='avg', help="Seconds between measuring and using it.")
    has_distance = fields.Boolean("Customer's Place Known", readonly=True)
    distance = fields.Float(
        "Distance (m)", readonly=True, digits=(12, 1), aggregator='avg', help="Metres to the customer's nearest address.")
    speed = fields.Float("Speed (km/h)", readonly=True, digits=(12, 1), aggregator=None, help="Needed since the person's position before.")
    is_stale = fields.Boolean("Stale", readonly=True)
    is_inaccurate = fields.Boolean("Inaccurate", readonly=True)
    is_far = fields.Boolean("Far Away", readonly=True)
    is_jump = fields.Boolean("Impossible Speed", readonly=True)
    is_suspect = fields.Boolean("Doubtful", compute='_compute_is_suspect', store=True)
    reasons = fields.Char("Doubts", compute='_compute_reasons')

    _visit_moment_uniq = models.UniqueIndex('(visit_id, moment)', "This visit has a position of that moment already.")
    _person_at_idx = models.Index('(user_id, at)')

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends(*FLAGS)
    def _compute_is_suspect(self):
        for fix in self:
            fix.is_suspect = any(fix[flag] for flag in FLAGS)

    @api.depends(*FLAGS, 'distance', 'age', 'accuracy', 'speed')
    @api.depends_context('lang')
    def _compute_reasons(self):
        moments = dict(self._fields['moment']._description_selection(self.env))
        for fix in self:
            doubts = fix._doubts()
            fix.reasons = self.env._("%(moment)s: %(doubts)s", moment=moments[fix.moment], doubts=", ".join(doubts)) if doubts else False

    def _doubts(self):
        """Return the doubts about a fix, each in words."""
        texts = []
        if self.is_far:
            texts.append(self.env._("%(distance)s km from the customer", distance=f"{self.distance / 1000:.1f}"))
        if self.is_stale:
            texts.append(self.env._("the position was %(age)s old (h:min)", age=format_duration(self.age / 3600)))
        if self.is_inaccurate and self.accuracy:
            texts.append(self.env._("accurate to %(accuracy)s m only", accuracy=round(self.accuracy)))
        elif self.is_inaccurate:
            texts.append(self.env._("the device did not say how accurate"))
        if self.is_jump:
            texts.append(self.env._("reachable only at %(speed)s km/h from the position before", speed=round(self.speed)))
        return texts

    @api.constrains('latitude', 'longitude')
    def _check_coordinates(self):
        for fix in self:
            if not position.valid(fix.latitude, fix.longitude):
                raise ValidationError(self.env._(
                    "%(latitude)s, %(longitude)s is not a place on earth: latitudes go from -90 to 90, longitudes from -180 to 180.",
                    latitude=fix.latitude, longitude=fix.longitude))

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def _judge(self):
        """Set distance, speed and doubts by the limits of the company."""
        for fix in self:
            given = position.Fix(fix.latitude, fix.longitude, fix.accuracy, fix.age)
            away = fix._customer_distance()
            speed = fix._speed_before(given)
            fix.write({
                'has_distance': away is not None, 'distance': away or 0,
                'speed': min(speed or 0, 1e9),  # what took no time at all is infinitely fast
                **position.flags(given, fix.company_id._crm_position_limits(), away, speed),
            })

    def _customer_distance(self):
        """Return the metres to the nearest address of the customer, None if none of them has coordinates."""
        places = self.env['res.partner'].sudo().search_read(  # where the company's customer is, whoever asks
            [('commercial_partner_id', '=', self.partner_id.commercial_partner_id.id),
             '|', ('partner_latitude', '!=', 0), ('partner_longitude', '!=', 0)], ['partner_latitude', 'partner_longitude'])
        return min((
            position.distance(self.latitude, self.longitude, place['partner_latitude'], place['partner_longitude'])
            for place in places), default=None)

    def _speed_before(self, given):
        before = self.sudo().search([  # one's own, also from visits in other companies
            ('user_id', '=', self.user_id.id), ('id', '!=', self.id), ('at', '<=', self.at)], limit=1)
        if not before:
            return None
        other = position.Fix(before.latitude, before.longitude, before.accuracy, before.age)
        way = position.distance(self.latitude, self.longitude, before.latitude, before.longitude)
        return position.speed(way, (self.at - before.at).total_seconds(), position.blur(given, other))

    def _next(self):
        """Return the person's next fix, which is there already when this one was sent late."""
        return self.sudo().search(  # as in _speed_before
            [('user_id', '=', self.user_id.id), ('id', '!=', self.id), ('at', '>', self.at)], order='at, id', limit=1)

    # ------------------------------------------------------------------
    # The customer's place
    # ------------------------------------------------------------------

    def action_set_customer_place(self):
        """Take this position for the place of the customer, which had none.

        :raise UserError: if the position is doubtful, or the customer has coordinates already
        :raise AccessError: for those who may not write the contact
        """
        self.ensure_one()
        if self.is_stale or self.is_inaccurate:
            raise UserError(self.env._(
                "This position is too old or too inaccurate to say where the customer is. Try again on your next visit."))
        partner = self.partner_id
        partner.check_access('write')
        if partner.partner_latitude or partner.partner_longitude:
            raise UserError(self.env._(
                "%(customer)s has coordinates already. Correct them on the contact.", customer=partner.display_name))
        partner.write({'partner_latitude': self.latitude, 'partner_longitude': self.longitude})
        self.sudo()._judge()  # doubts are set by the system only
        return True

    def action_open_map(self):
        """Open the position on a map."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url', 'target': 'new',
            'url': f'https://www.openstreetmap.org/?mlat={self.latitude}&mlon={self.longitude}#map=17/{self.latitude}/{self.longitude}',
        }
