from odoo import api, fields, models

from ..tools import position

LOCATION_STATES = [('none', "Not asked"), ('located', "Located"), ('suspect', "Doubtful"), ('unlocated', "Not located")]
POSITION_ERRORS = [
    ('denied', "The phone did not allow a position"), ('unavailable', "The phone found no position"),
    ('timeout', "The phone took too long to find a position"),
]


class CrmVisit(models.Model):
    """Whether a visit took place where the customer is."""
    _inherit = 'crm.visit'

    fix_ids = fields.One2many('crm.visit.fix', 'visit_id', "Positions", readonly=True)
    position_error = fields.Selection(POSITION_ERRORS, "Why Without Position", readonly=True, copy=False)
    location_state = fields.Selection(
        LOCATION_STATES, "Location", compute='_compute_location_state', store=True, compute_sudo=True,
        help="What the positions at check-in and check-out say. No visit is refused for it.")
    location_reasons = fields.Char(
        "About the Location", compute='_compute_location_reasons', help="What is to be doubted, for those who may see positions.")

    @api.depends('fix_ids.is_suspect', 'state', 'kind_id')  # not on the company's switch: what was settled stays
    def _compute_location_state(self):
        for visit in self:
            visit.location_state = position.location_state(
                visit.state in ('underway', 'done'), visit._wants_position(), visit.fix_ids.mapped('is_suspect'))

    @api.depends('location_state', 'position_error', 'fix_ids.reasons')
    @api.depends_context('uid', 'lang')
    def _compute_location_reasons(self):
        errors = dict(self._fields['position_error']._description_selection(self.env))
        fixes = self.env['crm.visit.fix'].search([('visit_id', 'in', self.ids)], order='at, id').grouped('visit_id')
        for visit in self:
            told = [fix.reasons for fix in fixes.get(visit._origin, ()) if fix.reasons]
            if visit.location_state == 'unlocated' and visit.position_error:
                told.append(errors[visit.position_error])
            visit.location_reasons = "; ".join(told)

    def _wants_position(self):
        """Return whether a position is to be recorded with this visit: the company does so, and its kind asks for it."""
        self.ensure_one()
        return self.company_id.sudo().crm_visit_positions and self.kind_id.needs_location  # a switch is no secret

    def _locate(self, moment, at, given=None, error=None):
        """Record where the present user is, if the company wants to know.

        :param moment: 'check_in' or 'check_out'
        :param at: naive UTC moment
        :param dict given: ``latitude, longitude`` (degrees), ``accuracy`` (m, None if not told), ``age`` (s)
        :param error: instead: why the device gave none, 'denied', 'unavailable' or 'timeout'
        :return: the ``crm.visit.fix``, none where positions are not recorded
        :raise ValidationError: for coordinates that are none
        """
        self.ensure_one()
        self.check_access('write')
        fixes = self.env['crm.visit.fix'].sudo()  # nobody writes positions by hand; that the visit may be written is checked above
        if not self._wants_position():
            return fixes.sudo(False)
        if not given:
            self.position_error = error if error in dict(POSITION_ERRORS) else False
            return fixes.sudo(False)
        if known := fixes.search([('visit_id', '=', self.id), ('moment', '=', moment)], limit=1):
            return known.sudo(False)
        fix = fixes.create({
            'visit_id': self.id, 'user_id': self.env.uid, 'moment': moment, 'at': at,
            'latitude': given['latitude'], 'longitude': given['longitude'],
            'accuracy': given.get('accuracy') or 0, 'age': max(0, given.get('age') or 0)})
        (fix + fix._next())._judge()
        return fix.sudo(False)
