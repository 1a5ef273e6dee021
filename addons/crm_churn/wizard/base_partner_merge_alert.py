from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps all their alerts, and one of them open per company."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _crm_merge_profile(self, source, destination):
        # as superuser: as the profiles themselves; who merges contacts need not see the alerts of all companies
        alerts = self.env['crm.churn.alert'].sudo().search(
            [('customer_id', 'in', (source + destination).ids), ('state', '=', 'open')])
        if len(alerts) > 1:
            double = alerts.filtered(lambda alert: alert.customer_id == source)
            double.write({'state': 'done', 'date_done': source.company_id._crm_today(), 'snooze_until': False})
            double.activity_unlink(['crm_churn.mail_activity_type_alert'])
            self.env.flush_all()
        return super()._crm_merge_profile(source, destination)
