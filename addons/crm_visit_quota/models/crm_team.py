from odoo import fields, models

from ..tools.playbook import MODES


class CrmTeam(models.Model):
    _inherit = 'crm.team'

    crm_playbook_mode = fields.Selection(
        MODES, "Leaving Stages with Open Actions",
        help="What happens when an opportunity of the team leaves a stage while required actions are open. Empty: as the company says.")
