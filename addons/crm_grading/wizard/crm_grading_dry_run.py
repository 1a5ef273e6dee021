from odoo import fields, models
from odoo.exceptions import UserError


class CrmGradingDryRun(models.TransientModel):
    """Ask as of which day a scheme is tried."""
    _name = 'crm.grading.dry.run'
    _description = "Dry Run of a Grading Scheme"

    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade')
    company_id = fields.Many2one(related='scheme_id.company_id')
    date = fields.Date("As Of", required=True, default=lambda self: self.env.company._crm_today())
    inexact_metric_ids = fields.Many2many('crm.metric', compute='_compute_inexact_metric_ids')

    def _compute_inexact_metric_ids(self):
        for wizard in self:
            metrics = wizard.scheme_id.dimension_ids.metric_id
            wizard.inexact_metric_ids = metrics.filtered(lambda metric: not metric.is_replayable)

    def action_simulate(self):
        """Try the scheme and show who would move.

        :raise UserError: on a day in the future
        """
        self.ensure_one()
        if self.date > self.company_id._crm_today():
            raise UserError(self.env._("A dry run looks at today or at a day in the past."))
        return self.scheme_id._simulate(self.date)._action_show()
