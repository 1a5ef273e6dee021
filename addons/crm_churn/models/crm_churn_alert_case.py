from odoo import api, fields, models
from odoo.fields import Domain


class CrmChurnAlert(models.Model):
    """From the warning to the win-back: who was lost all the same gets a case, and both know of each other."""
    _inherit = 'crm.churn.alert'

    case_id = fields.Many2one(
        'crm.churn.case', "Win-Back Case", readonly=True, index='btree_not_null', ondelete='set null', copy=False,
        help="That came of the alert.")

    def action_open_case(self):
        """Open win-back cases for the customers, or show those that are open: an alert that waits ends as lost by that.

        :raise UserError: when somebody else works on winning a customer back already
        """
        self.check_access('write')
        cases, losses = self.env['crm.churn.case'], self.env['crm.churn.event']
        for (company, customer), alerts in self.grouped(
                lambda alert: (alert.company_id, alert.partner_id.commercial_partner_id)).items():
            events = losses.search([
                ('partner_id.commercial_partner_id', '=', customer.id), ('company_id', '=', company.id), ('date_back', '=', False)])
            case = cases._open_for(customer, company, events)
            alerts.filtered(lambda alert: alert.state == 'open')._said('lost')
            case._take_alerts(alerts)
            cases |= case
        return cases._opened()

    def action_show_case(self):
        """Show the win-back case that came of the alert."""
        self.ensure_one()
        return self.case_id._opened()


class CrmChurnCase(models.Model):
    _inherit = 'crm.churn.case'

    alert_ids = fields.One2many('crm.churn.alert', 'case_id', "Alerts Before", readonly=True, copy=False)
    alert_count = fields.Integer("Number of Alerts", compute='_compute_alert_count')

    @api.depends('alert_ids')
    def _compute_alert_count(self):
        """Of the alerts that the user may see."""
        counts = dict(self.env['crm.churn.alert']._read_group([('case_id', 'in', self.ids)], ['case_id'], ['__count']))
        for case in self:
            case.alert_count = counts.get(case._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._find_alerts()
        return cases

    def _find_alerts(self):
        """Take the alerts of the customers that had warned of this: those that wait, and those of the lost that have not come back.

        As superuser: an alert belongs to the case of its customer, whoever opens it.
        """
        alerts = self.env['crm.churn.alert'].sudo().search(
            Domain('partner_id', 'in', self.partner_id.ids) & Domain('company_id', 'in', self.company_id.ids)
            & Domain('case_id', '=', False) & Domain('date_back', '=', False)
            & (Domain('state', '=', 'open') | Domain('outcome', '=', 'lost')))
        for case in self:
            case._take_alerts(alerts.filtered(
                lambda alert, case=case: (alert.partner_id, alert.company_id) == (case.partner_id, case.company_id)
                and alert.date <= case.date_open))

    def _take_alerts(self, alerts):
        """Link alerts to the case; to open one is to act on them."""
        alerts.sudo().case_id = self   # kept by us, for who may open the case
        alerts.sudo()._note_action()   # as above

    def action_open_alerts(self):
        """Show the alerts that the case came of."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_alert_action')
        if self.alert_count == 1:
            return {**action, 'views': [(False, 'form')], 'res_id': self.alert_ids.id, 'context': {}}
        return {**action, 'domain': [('case_id', '=', self.id)], 'context': {}}
