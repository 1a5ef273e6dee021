from odoo import fields, models


class CrmSalesImportColumn(models.Model):
    """One column of the uploaded file and what it is read as."""

    _name = 'crm.sales.import.column'
    _description = "Sales History Column"
    _order = 'import_id, position'

    import_id = fields.Many2one('crm.sales.import', required=True, index=True, ondelete='cascade')
    position = fields.Integer(required=True, readonly=True)
    header = fields.Char("Column", readonly=True)
    example = fields.Char(readonly=True)
    role = fields.Selection([
        ('ignore', "Ignore"),
        ('number', "Document number"),
        ('customer', "Customer id"),
        ('customer_name', "Customer name"),
        ('date', "Date"),
        ('quantity', "Quantity"),
        ('price', "Unit price"),
        ('amount', "Amount of the line"),
        ('product', "Product code"),
        ('description', "Product name"),
        ('order', "Order number"),
        ('country', "Country"),
        ('currency', "Currency code"),
    ], "Read as", required=True, default='ignore')


class CrmSalesImportProblem(models.Model):
    """A row that was left out, or read otherwise than it stands. The first of each kind; the attached file has all."""

    _name = 'crm.sales.import.problem'
    _description = "Sales History Problem"
    _order = 'import_id, line'

    import_id = fields.Many2one('crm.sales.import', required=True, index=True, ondelete='cascade')
    line = fields.Integer(readonly=True, aggregator=None)
    kind = fields.Selection([
        ('skipped', "Row skipped"), ('customer', "Row without customer"), ('note', "Note"), ('document', "Document not created"),
    ], required=True, readonly=True)
    reason = fields.Char(readonly=True)
    content = fields.Char(readonly=True)
