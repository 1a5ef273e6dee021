from odoo import fields, models

from odoo.addons.crm_grading.tools.extension import Tile


class CrmTile(models.AbstractModel):
    """The tiles of visits: one's own on the overview, the customer's on its page."""
    _inherit = 'crm.tile'

    def _tile_visits_today(self, place):
        if place.name != 'overview' or not self.env['crm.visit'].has_access('create'):
            return None
        today = self.env.user._crm_local_date(fields.Datetime.now(), place.company)
        domain = [
            ('user_id', '=', self.env.uid), ('company_id', '=', place.company.id), ('date', '=', fields.Date.to_string(today)),
            ('state', 'in', ['planned', 'underway', 'done'])]
        return Tile(
            self.env._("My visits today"), self.env['crm.visit'].search_count(domain), 'crm.visit', domain, icon='fa-handshake-o',
            tone='primary', sequence=5, help=self.env._("Planned, under way and done."))

    def _tile_visits_month(self, place):
        if place.name != 'overview' or not self.env['crm.visit'].has_access('create'):
            return None
        today = self.env.user._crm_local_date(fields.Datetime.now(), place.company)
        domain = [
            ('user_id', '=', self.env.uid), ('company_id', '=', place.company.id), ('state', '=', 'done'),
            ('date', '>=', fields.Date.to_string(today.replace(day=1)))]
        return Tile(
            self.env._("My visits this month"), self.env['crm.visit'].search_count(domain), 'crm.visit', domain,
            icon='fa-handshake-o', tone='success', sequence=6)

    def _tile_visits(self, place):
        if place.name != 'customer' or not self.env['crm.visit'].has_access('read'):
            return None
        domain = [
            ('partner_id', 'in', place.customer.contacts.ids), ('company_id', '=', place.company.id), ('state', '=', 'done'),
            ('date', '>=', 'today -12m')]
        return Tile(
            self.env._("Visits in 12 months"), self.env['crm.visit'].search_count(domain) or None, 'crm.visit', domain,
            icon='fa-handshake-o', tone='success', sequence=15)
