from odoo import api, models


class CrmChurnCase(models.Model):
    """Customers that become one have one open case: that of the one that is left goes on, with the losses, offers, measures and alerts
    of all."""
    _inherit = 'crm.churn.case'

    @api.model
    def _end_doubles(self, partners, target):
        """Drop all open cases but one in each company: that of the destination goes on, else the oldest.

        As superuser: who changes contacts need not see the cases of all companies.

        :param partners: customers that become one with ``target``
        :return: list of (case dropped, case that goes on)
        """
        cases = self.sudo().search([('partner_id', 'in', (partners + target).ids), ('state', '=', 'open')], order='date_open, id')
        doubles = []
        for same in cases.grouped('company_id').values():
            kept = (same.filtered(lambda case: case.partner_id == target) or same)[0]
            for case in same - kept:
                case._close('dropped', self.env._("Merged into “%(case)s”.", case=kept.name))
                doubles.append((case, kept))
        self.env.flush_all()
        return doubles

    def _absorb(self, case):
        """Take over what belongs to a case that was dropped as the double of this one; both are of one customer by now."""
        self.write({'event_ids': [(4, event.id) for event in case.event_ids],
                    'measure_ids': [(4, measure.id) for measure in case.measure_ids]})
        case.order_ids.crm_churn_case_id = self
        case.alert_ids.case_id = self
        case.with_context(active_test=False).lead_ids.crm_churn_case_id = self
