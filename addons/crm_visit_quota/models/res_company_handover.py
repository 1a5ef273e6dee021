from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    crm_handover_undo_days = fields.Integer(
        "Undo Handovers Within", default=14, help="Days in which a handover can be undone. 0: on the same day only.")

    _crm_handover_undo_days = models.Constraint('CHECK(crm_handover_undo_days >= 0)', "Give a number of days, 0 or more.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_handover_undo_days = fields.Integer(related='company_id.crm_handover_undo_days', readonly=False)
