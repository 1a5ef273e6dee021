from odoo import fields, models

from ..tools.playbook import MODES

OVERRIDE = [('all', "Everybody, with a reason"), ('manager', "Team leaders and sales managers, with a reason")]


class ResCompany(models.Model):
    _inherit = 'res.company'

    crm_playbook_mode = fields.Selection(
        MODES, "Leaving Stages with Open Actions", default='off', required=True,
        help="What happens when an opportunity leaves a stage while required actions are open. Teams and stages may differ.")
    crm_playbook_override = fields.Selection(OVERRIDE, "Who May Override", default='all', required=True)


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_playbook_mode = fields.Selection(related='company_id.crm_playbook_mode', readonly=False)
    crm_playbook_override = fields.Selection(related='company_id.crm_playbook_override', readonly=False)
