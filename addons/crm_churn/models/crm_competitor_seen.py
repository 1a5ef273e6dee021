from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Happening


class CrmTimeline(models.AbstractModel):
    """Sightings on the timeline of a customer, and among what names competitors."""
    _inherit = 'crm.timeline'

    def _timeline_competitor(self, customer):
        positions = dict(self.env['crm.competitor.sighting']._fields['position']._description_selection(self.env))
        return Happening(
            self.env._("Competitors seen"), 'fa-binoculars', 'crm.competitor.sighting', customer.of('partner_id'), 'date',
            title=lambda sighting: sighting.competitor_id.name,
            text=lambda sighting: sighting.note or positions.get(sighting.position) or sighting.lead_id.name,
            author='user_id', tone='warning', group='sales')


class CrmCompetitor(models.Model):
    """Where a competitor was met, and how it ended."""
    _inherit = 'crm.competitor'

    sighting_ids = fields.One2many('crm.competitor.sighting', 'competitor_id', "Seen At")
    product_ids = fields.One2many('crm.competitor.product', 'competitor_id', "Products and Prices")
    event_ids = fields.One2many('crm.churn.event', 'competitor_id', "Lost To")
    seen_count = fields.Integer("Times Seen", compute='_compute_seen_count', help="In opportunities, and wherever other apps name it.")
    won_count = fields.Integer("Won Against It", compute='_compute_record')
    lost_count = fields.Integer("Lost to It", compute='_compute_record')
    win_rate = fields.Float("Win Rate (%)", compute='_compute_record', digits=(16, 1), help="Won ÷ (won + lost) where it was met.")

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('sighting_ids')
    def _compute_seen_count(self):
        """One query for the sightings, and one for each kind of document that names competitors."""
        seen = Counter(dict(self.env['crm.competitor.sighting']._read_group(
            [('competitor_id', 'in', self.ids)], ['competitor_id'], ['__count'])))
        by_partner = self.grouped('partner_id')
        for place in self._places():
            domain = place.domain & Domain(place.competitors, 'in', self.partner_id.ids)
            for partner, count in self.env[place.model]._read_group(domain, [place.competitors], ['__count']):
                for competitor in by_partner.get(partner, ()):
                    seen[competitor] += count
        for competitor in self:
            competitor.seen_count = seen[competitor]

    @api.model
    def _places(self):
        """Return the kinds of documents that name competitors and that the user may read."""
        return [
            place for place in self.env['crm.timeline']._sighted()
            if place.model in self.env and self.env[place.model].has_access('read')]

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_record(self):
        found = {}
        report = self.env['crm.competitor.report']
        if report.has_access('read'):
            found = {competitor: figures for competitor, *figures in report._read_group(
                [('competitor_id', 'in', self.ids)], ['competitor_id'], ['won:sum', 'lost:sum', 'win_rate:avg'])}
        for competitor in self:
            competitor.won_count, competitor.lost_count, competitor.win_rate = found.get(competitor, (0, 0, 0))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_record(self):
        """Show how opportunities ended in which it was met."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_competitor_report_action')
        return {**action, 'domain': [('competitor_id', '=', self.id)], 'context': {}}

    def action_open_met(self):
        """Show the documents of other apps that name it: visits, where those are installed.

        :raise UserError: where there are none
        """
        self.ensure_one()
        for place in self._places():
            domain = place.domain & Domain(place.competitors, 'in', self.partner_id.ids)
            if self.env[place.model].search_count(domain, limit=1):
                return {
                    'type': 'ir.actions.act_window', 'name': self.env._("%(what)s: %(who)s", what=place.label, who=self.name),
                    'res_model': place.model, 'domain': list(domain), 'views': [(False, 'list'), (False, 'form')]}
        raise UserError(self.env._("No visit or other document names %(competitor)s yet.", competitor=self.name))

    def action_open_sightings(self):
        """Show where it was seen."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_competitor_sighting_action')
        return {**action, 'domain': [('competitor_id', '=', self.id)], 'context': {'default_competitor_id': self.id}}
