from odoo import api, fields, models

from ..tools.warning import ENOUGH

VERDICTS = [('new', "No Alerts Yet"), ('few', "Too Few to Say"), ('holds', "Comes True"), ('fails', "Mostly False")]


class CrmChurnSignal(models.Model):
    """How often a signal has come true, beside the points it is worth: so that one sees which of them deserve their weight."""
    _inherit = 'crm.churn.signal'

    alert_count = fields.Integer(
        "Alerts Judged", compute='_compute_results', compute_sudo=True,
        help="Alerts in which the signal held, that nobody acted on, and whose horizon is over.")
    hit_rate = fields.Float(
        "Came True (%)", compute='_compute_results', compute_sudo=True, digits=(5, 1),
        help="Of these alerts: nothing was bought within the horizon. Rescued customers do not count against a signal.")
    hit_verdict = fields.Selection(
        VERDICTS, "Verdict", compute='_compute_results', compute_sudo=True,
        help="Mostly false: of at least 20 alerts, more than half of the customers bought again by themselves. Lower the points.")

    @api.depends('company_id', 'weight')
    def _compute_results(self):
        """As superuser: how good a signal is, is told to all who see it; whose alerts they were is not told."""
        found = {signal.id: (count, rate) for signal, count, rate in self.env['crm.churn.alert.report']._read_group(
            [('signal_id', 'in', self.ids), ('is_over', '=', True), ('is_treated', '=', False)], ['signal_id'],
            ['judged:count_distinct', 'came_true_idle:avg'])}
        for signal in self:
            signal.alert_count, signal.hit_rate = found.get(signal.id, (0, 0.0))
            signal.hit_verdict = self._hit_verdict(signal.alert_count, signal.hit_rate)

    @api.model
    def _hit_verdict(self, count, rate):
        """Return the verdict on so many alerts, of which so many percent came true."""
        if count < ENOUGH:
            return 'few' if count else 'new'
        return 'holds' if rate >= 50 else 'fails'

    def action_open_results(self):
        """Show what came of the alerts in which the signal held."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_alert_report_action')
        return {**action, 'context': {}, 'domain': [('signal_id', '=', self.id)]}
