from odoo import Command, api, fields, models


class CrmInterested(models.AbstractModel):
    """A document in which a customer says what would be of interest, such as a lead or a ticket."""
    _name = 'crm.interested'
    _description = "Document With Interests"

    interest_ids = fields.One2many(
        'crm.interest', 'res_id', "Interests", domain=lambda self: [('res_model', '=', self._name)], copy=False,
        help="What the customer asked about or wished for; letters and quotations are made of it.")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._tag_interests(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._tag_interests(vals))

    @api.model
    def _tag_interests(self, vals):
        """Return values in which new interests say from which model they come: the ORM gives them the number of the document only."""
        if not vals.get('interest_ids'):
            return vals
        return dict(vals, interest_ids=[
            Command.create({**command[2], 'res_model': self._name}) if command[0] == Command.CREATE else command
            for command in vals['interest_ids']])


class CrmLead(models.Model):
    _name = 'crm.lead'
    _inherit = ['crm.lead', 'crm.interested']
