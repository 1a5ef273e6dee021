from collections import Counter

from odoo import models
from odoo.tools import SQL

VIEWS = [(False, 'list'), (False, 'kanban'), (False, 'form')]   # cards on a phone


class CrmVisitQuotaResult(models.Model):
    """From each figure to the records behind it."""
    _inherit = 'crm.visit.quota.result'

    def _entry_domain(self, *conditions):
        """Return the domain of the ledger entries that a result counts, narrowed down by ``conditions``."""
        self.ensure_one()
        domain = [
            ('company_id', '=', self.company_id.id), ('user_id', '=', self.user_id.id), ('month', '>=', self.date_from),
            ('month', '<=', self.date_to), *conditions]
        return [*domain, ('kind', '=', self.kind)] if self.period == 'month' else domain

    def _visit_ids(self, what='counted'):
        """Return the ids of the visits behind a figure.

        :param str what: 'counted', 'new', 'repeat', 'late', 'withdrawn', 'lead' or 'order'
        """
        entries = self.env['crm.visit.quota.entry'].sudo()  # the ledger of a result that the user may read, and visits are read by all
        self.check_access('read')
        if what in ('late', 'withdrawn'):
            sign = 1 if what == 'late' else -1
            return entries.search(self._entry_domain(('kind', '=', 'correction'), ('sign', '=', sign))).visit_id.ids
        if what == 'repeat':
            return entries.search(self._entry_domain(('is_repeat', '=', True))).visit_id.ids
        found = entries.search(self._entry_domain(('is_repeat', '=', False)))
        if what in ('lead', 'order'):
            return self._followed_ids(found, what)
        if what == 'new':
            found = found.filtered('is_new')
        net = Counter()
        for entry in found:
            net[entry.visit_id.id] += entry.sign
        return [visit_id for visit_id, sign in net.items() if sign > 0]

    def _followed_ids(self, entries, what):
        company = self.company_id.sudo()
        relation = self._opportunity_sql(company) if what == 'lead' else self._signing_sql(company)
        return [row[0] for row in self.env.execute_query(SQL(
            "SELECT visit_id FROM crm_visit_quota_entry AS entry WHERE id IN %s AND kind = 'regular' AND %s",
            tuple(entries.ids) or (0,), self._followed_sql(company, SQL("(%s)", relation))))]

    def _open_visits(self, name, what):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': 'crm.visit', 'views': VIEWS,
            'domain': [('id', 'in', self._visit_ids(what))], 'context': {'create': False}}

    def action_open_visits(self):
        """Open the visits that count."""
        return self._open_visits(self.env._("Visits of %(result)s", result=self.display_name), 'counted')

    def action_open_new(self):
        """Open the visits that found a new customer."""
        return self._open_visits(self.env._("New Customers of %(result)s", result=self.display_name), 'new')

    def action_open_repeat(self):
        """Open the further visits of a day, which do not count."""
        return self._open_visits(self.env._("Same Day Again: %(result)s", result=self.display_name), 'repeat')

    def action_open_late(self):
        """Open the visits of closed months that were entered later; for a closed month those of this month."""
        name = self.env._("Late Entries of %(result)s", result=self.display_name)
        if self.kind == 'correction' or self.period != 'month':
            return self._open_visits(name, 'late')
        entries = self.env['crm.visit.quota.entry'].search([
            ('company_id', '=', self.company_id.id), ('user_id', '=', self.user_id.id), ('kind', '=', 'correction'), ('sign', '>', 0),
            ('date', '>=', self.date_from), ('date', '<=', self.date_to)])
        return {**self._open_visits(name, 'late'), 'domain': [('id', 'in', entries.visit_id.ids)]}

    def action_open_withdrawn(self):
        """Open the visits of closed months that no longer count."""
        return self._open_visits(self.env._("Taken Back: %(result)s", result=self.display_name), 'withdrawn')

    def action_open_lead_visits(self):
        """Open the visits that were followed by an opportunity."""
        return self._open_visits(self.env._("Visits with Opportunity: %(result)s", result=self.display_name), 'lead')

    def action_open_order_visits(self):
        """Open the visits that were followed by an order."""
        return self._open_visits(self.env._("Visits with Order: %(result)s", result=self.display_name), 'order')

    def action_open_distinct(self):
        """Open the customers visited."""
        partners = self.env['crm.visit'].browse(self._visit_ids()).partner_id
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Customers of %(result)s", result=self.display_name),
            'res_model': 'res.partner', 'views': VIEWS, 'domain': [('id', 'in', partners.ids)]}

    def action_open_signings(self):
        """Open what was signed in the period, as it is now."""
        self.check_access('read')
        company = self.company_id.sudo()
        self.env.flush_all()
        ids = [row[0] for row in self.env.execute_query(SQL(
            "SELECT res_id FROM (%s) AS signing WHERE user_id = %s AND date BETWEEN %s AND %s",
            self._signing_sql(company), self.user_id.id, self.date_from, self.date_to))]
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Signings of %(result)s", result=self.display_name),
            'res_model': self.env['crm.signing']._signing_model(company), 'views': VIEWS, 'domain': [('id', 'in', ids)]}

    def action_open_portfolio(self):
        """Open the customers whom the person looks after."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Customers of %(name)s", name=self.user_id.sudo().name),
            'res_model': 'crm.customer', 'views': VIEWS,
            'domain': [('company_id', '=', self.company_id.id), ('user_id', '=', self.user_id.id)]}
