from odoo import api, fields, models
from odoo.fields import Domain


class CrmCompetitor(models.Model):
    """The file of a competitor: what it is good and bad at, what it sells at which price and where, and how one wins against it.

    One file per contact that carries the flag of a competitor, and company (or one for all companies).
    """
    _name = 'crm.competitor'
    _description = "Competitor"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'name, id'

    partner_id = fields.Many2one(
        'res.partner', "Contact", required=True, ondelete='restrict', index=True, domain=[('is_company', '=', True)], tracking=True)
    name = fields.Char(related='partner_id.name', store=True, string="Competitor")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', ondelete='cascade', help="Empty: of all companies.")
    image_128 = fields.Image(related='partner_id.image_128')
    website = fields.Char(related='partner_id.website')
    country_id = fields.Many2one(related='partner_id.country_id', store=True)
    user_id = fields.Many2one('res.users', "Watched By", tracking=True, ondelete='set null', help="Keeps this file up to date.")
    threat = fields.Selection(
        [('1', "Low"), ('2', "Medium"), ('3', "High")], required=True, default='2', tracking=True, help="How dangerous it is to us.")
    strengths = fields.Html(help="What customers choose it for.")
    weaknesses = fields.Html(help="What customers leave it for.")
    approach = fields.Html("How to Win", help="What to say and offer when you meet it.")
    country_ids = fields.Many2many('res.country', string="Countries Served")
    state_ids = fields.Many2many('res.country.state', string="Regions Served", domain="[('country_id', 'in', country_ids)]")

    _partner_company_uniq = models.UniqueIndex('(partner_id, COALESCE(company_id, 0))', "This competitor has a file already.")

    @api.model_create_multi
    def create(self, vals_list):
        competitors = super().create(vals_list)
        competitors._flag_partners()
        return competitors

    def write(self, vals):
        result = super().write(vals)
        if vals.get('partner_id'):
            self._flag_partners()
        return result

    def _flag_partners(self):
        """Whoever has a file is a competitor: other apps offer contacts by that flag.

        As superuser: who may keep the file of a competitor may say that it is one.
        """
        self.partner_id.sudo().filtered(lambda partner: not partner.crm_is_competitor).crm_is_competitor = True

    @api.model
    def _files_of(self, partners, company):
        """Return the files of competitors that hold in a company, one each: the company's own before that of all companies."""
        files = self.search(
            Domain('partner_id', 'in', partners.ids) & Domain('company_id', 'in', [False, company.id]), order='company_id, id')
        return self.browse(own[:1].id for own in files.grouped('partner_id').values())
