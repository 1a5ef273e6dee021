from odoo import api, fields, models


class CrmCompetitorProduct(models.Model):
    """What a competitor sells, and at which price on which day: older rows stay as the history of the price."""
    _name = 'crm.competitor.product'
    _description = "Competitor's Product"
    _order = 'competitor_id, name, date desc, id desc'

    competitor_id = fields.Many2one('crm.competitor', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='competitor_id.company_id', store=True, index='btree_not_null')
    name = fields.Char("Their Product", required=True)
    product_id = fields.Many2one(
        'product.product', "Against Our Product", index='btree_not_null', ondelete='set null', domain=[('sale_ok', '=', True)])
    price = fields.Monetary()
    currency_id = fields.Many2one('res.currency', required=True, default=lambda self: self.env.company.currency_id)
    date = fields.Date("As Of", required=True, default=lambda self: self.env.company._crm_today())
    our_price = fields.Float("Our List Price", compute='_compute_our_price', digits='Product Price', help="In the currency of their price.")
    gap = fields.Float(
        "Price Gap (%)", compute='_compute_our_price', digits=(16, 1),
        help="Their price against ours; negative: the competitor is cheaper.")
    note = fields.Char()

    _price_check = models.Constraint('CHECK(price >= 0)', "A price cannot be negative.")

    @api.depends('product_id.lst_price', 'price', 'currency_id', 'date')
    @api.depends_context('company')
    def _compute_our_price(self):
        for line in self:
            product, ours = line.product_id, 0
            if product:
                ours = product.currency_id._convert(
                    product.lst_price, line.currency_id, self.env.company, line.date or self.env.company._crm_today())
            line.our_price = ours
            line.gap = 100 * (line.price - ours) / ours if ours and line.price else 0
