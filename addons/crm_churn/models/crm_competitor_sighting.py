from odoo import api, fields, models
from odoo.tools.misc import format_date


class CrmCompetitorSighting(models.Model):
    """A competitor met at a customer, mostly in an opportunity: when, with what, at which price."""
    _name = 'crm.competitor.sighting'
    _description = "Competitor Sighting"
    _order = 'date desc, id desc'
    _rec_name = 'competitor_id'
    _check_company_auto = True

    competitor_id = fields.Many2one(
        'crm.competitor', required=True, ondelete='restrict', index=True, domain="[('company_id', 'in', [False, company_id])]")
    company_id = fields.Many2one(
        'res.company', compute='_compute_from_lead', store=True, readonly=False, required=True, precompute=True, index=True,
        ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    lead_id = fields.Many2one('crm.lead', "Opportunity", index='btree_not_null', ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', "Customer", compute='_compute_from_lead', store=True, readonly=False, precompute=True, index='btree_not_null',
        ondelete='cascade')
    date = fields.Date("Seen On", required=True, default=lambda self: self.env.company._crm_today())
    user_id = fields.Many2one('res.users', "Seen By", required=True, default=lambda self: self.env.user, index=True, ondelete='restrict')
    team_id = fields.Many2one(related='lead_id.team_id', store=True, string="Sales Team", index='btree_not_null')
    product_id = fields.Many2one('product.product', "Our Product", ondelete='set null', domain=[('sale_ok', '=', True)])
    price = fields.Monetary("Their Price", help="What the competitor asks for what we offer, in the company's currency.")
    position = fields.Selection(
        [('ahead', "Ahead of Us"), ('even', "Level with Us"), ('behind', "Behind Us"), ('present', "Supplies Already")],
        help="How it stands with the customer.")
    note = fields.Char()

    _price_check = models.Constraint('CHECK(price >= 0)', "A price cannot be negative.")
    _of_something = models.Constraint(
        'CHECK(lead_id IS NOT NULL OR partner_id IS NOT NULL)', "Say at which customer or in which opportunity the competitor was seen.")
    _partner_date_idx = models.Index('(company_id, partner_id, date)')

    @api.depends('lead_id')
    def _compute_from_lead(self):
        for sighting in self:
            lead = sighting.lead_id
            sighting.partner_id = lead.partner_id.commercial_partner_id or sighting.partner_id
            sighting.company_id = lead.company_id or sighting.company_id or self.env.company

    @api.depends('competitor_id', 'date')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for sighting in self:
            sighting.display_name = self.env._(
                "%(competitor)s, %(date)s", competitor=sighting.competitor_id.name, date=format_date(self.env, sighting.date))
