from odoo import models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    def _churn_main_product(self):
        """Return the product with the largest part in the amount; none without an order."""
        lines = self.order_line.filtered('product_id').sorted(lambda line: (-line.price_subtotal, line.id))
        return lines[:1].product_id

    def _churn_margin(self, company):
        """Return what the order would have left over at the present cost of its products, in the company's currency."""
        cost = sum(
            line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
            * line.product_id.with_company(company).standard_price for line in self.order_line.filtered('product_id'))
        return self.amount_untaxed / (self.currency_rate or 1.0) - cost
