from odoo import api, models


class ResPartner(models.Model):
    """A customer that becomes a contact of another one: what is open about it is from then on about that one."""
    _inherit = 'res.partner'

    def write(self, vals):
        if {'parent_id', 'is_company'}.isdisjoint(vals):
            return super().write(vals)
        partners = self.sudo()   # what is open about them is found out whoever changes them; the write itself checks rights
        customers = partners.filtered(lambda partner: partner.commercial_partner_id == partner)
        result = super().write(vals)
        for target, joined in customers.filtered(lambda partner: partner.commercial_partner_id != partner).grouped(
                'commercial_partner_id').items():
            joined._crm_churn_join(target)
        return result

    def _crm_churn_join(self, target):
        """Bring cases, alerts and pool entries to the customer that the partners belong to now."""
        cases = self.env['crm.churn.case']
        doubles = cases._end_doubles(self, target)
        cases.search([('partner_id', 'in', self.ids)]).write({'partner_id': target.id})
        for case, kept in doubles:
            kept._absorb(case)
        self.env['crm.churn.alert']._join(self, target)
        self._crm_pool_join(target)

    def _crm_pool_join(self, target):
        """Take the partners out of their pools; a customer that nobody looks after waits there in their place."""
        moves = self.env['crm.pool.move']
        entries = self.env['crm.pool.entry'].with_context(active_test=False)
        reason = self.env._("Became a contact of %(customer)s", customer=target.display_name)
        for pool, group in entries.search([('partner_id', 'in', self.ids)]).grouped('pool_id').items():
            moves._carry_out('withdrawn', group.partner_id, reason=reason)
            if not target.user_id and not entries.search_count([('partner_id', '=', target.id)], limit=1):
                moves._carry_out('imported', target, pool=pool, reason=reason)
        family = self.with_context(active_test=False).search([('commercial_partner_id', '=', target.id)])
        self.env.add_to_compute(family._fields['crm_pool_id'], family)


class CrmChurnAlert(models.Model):
    _inherit = 'crm.churn.alert'

    @api.model
    def _join(self, partners, target):
        """Bring the alerts of customers to the one that they belong to now."""
        profiles = self.env['crm.customer'].with_context(active_test=False)
        for company, alerts in self.search([('partner_id', 'in', partners.ids)]).grouped('company_id').items():
            domain = [('company_id', '=', company.id), ('partner_id', '=', target.id)]
            profile = profiles.search(domain) or profiles.create({'company_id': company.id, 'partner_id': target.id})
            for source in alerts.customer_id:
                self._end_doubles(source, profile)
                alerts.filtered(lambda alert, source=source: alert.customer_id == source).write(
                    {'customer_id': profile.id, 'partner_id': target.id})
                self.env.flush_all()

    @api.model
    def _end_doubles(self, source, destination):
        """End the open alert of a profile whose customer becomes one with another that has an open alert, without an outcome.

        As superuser, as the profiles themselves: who changes contacts need not see the alerts of all companies.
        """
        alerts = self.sudo().search([('customer_id', 'in', (source + destination).ids), ('state', '=', 'open')])
        if len(alerts) > 1:
            double = alerts.filtered(lambda alert: alert.customer_id == source)
            double.write({'state': 'done', 'date_done': source.company_id._crm_today(), 'snooze_until': False})
            double.activity_unlink(['crm_churn.mail_activity_type_alert'])
            self.env.flush_all()
