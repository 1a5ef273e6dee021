from odoo import fields, models
from odoo.exceptions import UserError

from ..report.crm_receivable_sql import AS_OF


class CrmReceivableAsOf(models.TransientModel):
    """Ask as of which day receivables are shown."""
    _name = 'crm.receivable.as.of'
    _description = "Receivables As Of"

    date = fields.Date("As Of", required=True, default=lambda self: fields.Date.start_of(self.env.company._crm_today(), 'month'))

    def action_show(self):
        """Open the receivables as they stood at the end of the day.

        :raise UserError: on a day in the future
        """
        self.ensure_one()
        if self.date > self.env.company._crm_today():
            raise UserError(self.env._("%(date)s is in the future. Choose today or a day in the past.", date=self.date))
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_receivable_action')
        day = fields.Date.to_string(self.date)
        return {**action, 'path': False, 'name': self.env._("Receivables on %(date)s", date=day), 'context': {AS_OF: day}}
