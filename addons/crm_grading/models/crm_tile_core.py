from dateutil.relativedelta import relativedelta

from odoo import models

from ..tools.extension import AMOUNTS, Part, Tile

SILENT_DAYS = 60


class CrmTile(models.AbstractModel):
    """The tiles of customers, grades, receivables and contacts."""
    _inherit = 'crm.tile'

    def _on_overview(self, place):
        """Whether this is the overview of somebody who sees customers; record rules narrow them down to one's own."""
        return place.name == 'overview' and self.env['crm.customer'].has_access('read')

    def _sees_amounts(self):
        return self.env.su or self.env.user.has_group(AMOUNTS)

    def _customers(self, place, *conditions):
        return [('company_id', '=', place.company.id), *conditions]

    def _count_customers(self, place, *conditions):
        domain = self._customers(place, *conditions)
        return self.env['crm.customer'].search_count(domain), domain

    # ------------------------------------------------------------------
    # Overview
    # ------------------------------------------------------------------

    def _tile_grades(self, place):
        if not self._on_overview(place):
            return None
        domain = self._customers(place, ('grade_id', '!=', False))
        groups = self.env['crm.customer']._read_group(domain, ['grade_id'], ['__count'])
        parts = [
            Part(grade.name, count, [*domain, ('grade_id', '=', grade.id)], grade.color)
            for grade, count in sorted(groups, key=lambda group: group[0].sequence)]
        return Tile(
            self.env._("Graded customers"), sum(part.value for part in parts), 'crm.customer', domain, icon='fa-certificate',
            tone='primary', parts=tuple(parts), sequence=10)

    def _tile_promoted(self, place):
        return self._moved(place, 'up', self.env._("Promoted this month"), 'fa-arrow-up', 'success', 20)

    def _tile_demoted(self, place):
        return self._moved(place, 'down', self.env._("Demoted this month"), 'fa-arrow-down', 'danger', 21)

    def _moved(self, place, move, label, icon, tone, sequence):
        if not self._on_overview(place):
            return None
        domain = [
            ('company_id', '=', place.company.id), ('move', '=', move), ('scheme_id.is_leading', '=', True),
            ('customer_id', '!=', False), ('date', '>=', place.company._crm_today().replace(day=1))]
        count = self.env['crm.grade.history'].search_count(domain)
        return Tile(label, count, 'crm.grade.history', domain, icon=icon, tone=tone, sequence=sequence)

    def _tile_overdue(self, place):
        if not self._on_overview(place) or not self._sees_amounts():
            return None
        domain = self._customers(place, ('overdue_amount', '>', 0))
        [(amount,)] = self.env['crm.customer']._read_group(domain, [], ['overdue_amount:sum'])
        return Tile(
            self.env._("Overdue"), amount or 0.0, 'crm.customer', domain, unit='monetary', icon='fa-clock-o', tone='danger',
            sequence=30, help=self.env._("Receivables past their due date, as of the last run."))

    def _tile_silent(self, place):
        if not self._on_overview(place):
            return None
        day = place.company._crm_today() - relativedelta(days=SILENT_DAYS)
        count, domain = self._count_customers(
            place, ('grade_id', '!=', False), '|', ('last_contact_date', '<', day), ('last_contact_date', '=', False))
        return Tile(
            self.env._("Not contacted for %(days)s days", days=SILENT_DAYS), count, 'crm.customer', domain,
            icon='fa-phone', tone='warning', sequence=40)

    def _tile_unowned(self, place):
        if not self._on_overview(place) or not self.env.user.has_group('sales_team.group_sale_salesman_all_leads'):
            return None
        count, domain = self._count_customers(place, ('grade_id', '!=', False), ('user_id', '=', False))
        return Tile(
            self.env._("Without a salesperson"), count, 'crm.customer', domain, icon='fa-user-times', tone='warning', sequence=41)

    def _tile_interests(self, place):
        if place.name != 'overview' or not self.env['crm.interest'].has_access('read'):
            return None
        domain = [
            ('company_id', '=', place.company.id), ('date', '>=', place.company._crm_today() - relativedelta(days=30))]
        return Tile(
            self.env._("Interests of the last 30 days"), self.env['crm.interest'].search_count(domain), 'crm.interest', domain,
            icon='fa-lightbulb-o', tone='info', sequence=45)

    def _tile_my_activities(self, place):
        if place.name != 'overview':
            return None
        domain = [('user_id', '=', self.env.uid), ('date_deadline', '<=', place.company._crm_today())]
        count = self.env['mail.activity'].search_count(domain)
        return Tile(
            self.env._("My activities due"), count, 'mail.activity', domain, icon='fa-bell', tone='danger', sequence=5)

    # ------------------------------------------------------------------
    # Customer page: open issues
    # ------------------------------------------------------------------

    def _tile_open_opportunities(self, place):
        if place.name != 'customer' or not self.env['crm.lead'].has_access('read'):
            return None
        domain = [
            ('partner_id', 'in', place.customer.contacts.ids), ('won_status', '=', 'pending'),
            ('company_id', 'in', [False, place.company.id])]
        return Tile(
            self.env._("Open opportunities"), self.env['crm.lead'].search_count(domain) or None, 'crm.lead', domain,
            icon='fa-star', tone='info', sequence=20)

    def _tile_open_quotations(self, place):
        if place.name != 'customer' or not self.env['sale.order'].has_access('read'):
            return None
        domain = [
            ('partner_id', 'in', place.customer.contacts.ids), ('state', 'in', ['draft', 'sent']),
            ('company_id', '=', place.company.id)]
        return Tile(
            self.env._("Open quotations"), self.env['sale.order'].search_count(domain) or None, 'sale.order', domain,
            icon='fa-file-text-o', tone='info', sequence=21)

    def _tile_overdue_invoices(self, place):
        if place.name != 'customer' or not self.env['account.move'].has_access('read'):
            return None
        domain = [
            ('commercial_partner_id', '=', place.customer.partner.id), ('move_type', '=', 'out_invoice'),
            ('state', '=', 'posted'), ('payment_state', 'in', ['not_paid', 'partial']),
            ('invoice_date_due', '<', place.company._crm_today()), ('company_id', '=', place.company.id)]
        [(count, residual)] = self.env['account.move']._read_group(domain, [], ['__count', 'amount_residual_signed:sum'])
        amount = count and self._sees_amounts()
        return Tile(
            self.env._("Overdue invoices"), (residual if amount else count) or None, 'account.move', domain,
            unit='monetary' if amount else 'count', icon='fa-clock-o', tone='danger', sequence=10)

    def _tile_overdue_activities(self, place):
        if place.name != 'customer':
            return None
        domain = [
            ('res_model', '=', 'res.partner'), ('res_id', 'in', place.customer.contacts.ids),
            ('date_deadline', '<', place.company._crm_today())]
        return Tile(
            self.env._("Overdue activities"), self.env['mail.activity'].search_count(domain) or None, 'mail.activity', domain,
            icon='fa-bell', tone='danger', sequence=11)
