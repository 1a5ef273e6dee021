from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmInterestTopic(models.Model):
    """What interests are about, where it is not a product."""
    _name = 'crm.interest.topic'
    _description = "Interest Topic"
    _order = 'name, id'

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint('UNIQUE(name)', "There is a topic of this name already.")


class CrmInterest(models.Model):
    """A need or interest that a customer has expressed: who asked about what, when, in which words."""
    _name = 'crm.interest'
    _description = "Customer Interest"
    _order = 'date desc, id desc'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, ondelete='cascade', index=True)
    contact_id = fields.Many2one('res.partner', "Asked By", ondelete='set null', index='btree_not_null',
                                 domain="[('commercial_partner_id', '=', partner_id)]")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    topic_id = fields.Many2one('crm.interest.topic', ondelete='restrict', index='btree_not_null')
    product_id = fields.Many2one('product.product', ondelete='set null', index='btree_not_null')
    note = fields.Text("In Their Words")
    user_id = fields.Many2one('res.users', "Noted By", default=lambda self: self.env.user, index='btree_not_null')
    salesperson_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    res_model = fields.Char("Source Document Model", readonly=True)
    res_id = fields.Many2oneReference("Source Document", model_field='res_model', readonly=True, index='btree_not_null')

    _subject_check = models.Constraint(
        "CHECK(topic_id IS NOT NULL OR product_id IS NOT NULL OR COALESCE(note, '') <> '')",
        "Say what the interest is about: a topic, a product or a few words.")

    @api.depends('topic_id', 'product_id', 'note')
    def _compute_display_name(self):
        for interest in self:
            words = (interest.note or '').strip().split('\n')[0]
            subjects = [interest.topic_id.display_name, interest.product_id.display_name]
            interest.display_name = ", ".join(filter(None, subjects)) or words[:80] or self.env._("Interest")

    @api.constrains('partner_id', 'contact_id')
    def _check_contact(self):
        for interest in self:
            if interest.contact_id and interest.contact_id.commercial_partner_id != interest.partner_id.commercial_partner_id:
                raise ValidationError(self.env._(
                    "%(contact)s does not belong to %(customer)s. Choose one of the customer's contacts.",
                    contact=interest.contact_id.display_name, customer=interest.partner_id.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:  # the customer is the commercial entity, whoever of it asked
            partner = self.env['res.partner'].browse(vals.get('partner_id'))
            if partner and partner.commercial_partner_id != partner:
                vals.setdefault('contact_id', partner.id)
                vals['partner_id'] = partner.commercial_partner_id.id
        return super().create(vals_list)

    @api.onchange('contact_id')
    def _onchange_contact_id(self):
        if self.contact_id and not self.partner_id:
            self.partner_id = self.contact_id.commercial_partner_id

    def action_open_source(self):
        """Open the document in which the interest was expressed."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id, 'views': [(False, 'form')]}
