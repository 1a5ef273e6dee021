from odoo import fields, models


class CrmLifecycleState(models.Model):
    """A state of the customer's life with the company. A customer is in the last state in order whose rules all hold."""
    _name = 'crm.lifecycle.state'
    _description = "Life-Cycle State"
    _order = 'company_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    def _assign(self, company, date=None, partners=None):
        """Move the customers of a company into the states that their recorded metrics say."""
