from odoo import fields, models

from ..tools.position import Limits


class ResCompany(models.Model):
    """Whether a company records positions at check-in and check-out, and which of them it takes for good."""
    _inherit = 'res.company'

    crm_visit_positions = fields.Boolean(
        "Positions of Visits", help="Record the position when somebody checks in or out, only then, for kinds of visits that ask for it.")
    crm_visit_position_max_age = fields.Integer("Oldest Position (s)", default=120, help="Seconds; an older position is marked as stale.")
    crm_visit_position_max_accuracy = fields.Integer("Accuracy (m)", default=150, help="Metres; a less accurate position is marked.")
    crm_visit_position_far = fields.Integer("Far From the Customer (m)", default=500, help="Metres; a position further away is marked.")
    crm_visit_position_max_speed = fields.Integer(
        "Fastest Travel (km/h)", default=250, help="Positions that one can only have reached faster are marked: they may be invented.")

    _check_crm_visit_position_limits = models.Constraint(
        'CHECK(crm_visit_position_max_age > 0 AND crm_visit_position_max_accuracy > 0'
        ' AND crm_visit_position_far > 0 AND crm_visit_position_max_speed > 0)',
        "The limits of positions must be above zero.")

    def _crm_position_limits(self):
        """Return the :class:`Limits` of the company."""
        self.ensure_one()
        company = self.sudo()  # how good a position must be is no secret
        return Limits(
            company.crm_visit_position_max_age, company.crm_visit_position_max_accuracy, company.crm_visit_position_far,
            company.crm_visit_position_max_speed)


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_visit_positions = fields.Boolean(related='company_id.crm_visit_positions', readonly=False)
    crm_visit_position_max_age = fields.Integer(related='company_id.crm_visit_position_max_age', readonly=False)
    crm_visit_position_max_accuracy = fields.Integer(related='company_id.crm_visit_position_max_accuracy', readonly=False)
    crm_visit_position_far = fields.Integer(related='company_id.crm_visit_position_far', readonly=False)
    crm_visit_position_max_speed = fields.Integer(related='company_id.crm_visit_position_max_speed', readonly=False)
