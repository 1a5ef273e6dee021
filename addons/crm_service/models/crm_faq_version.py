from odoo import fields, models


class CrmFaqVersion(models.Model):
    """What an article said once."""
    _name = 'crm.faq.version'
    _description = "FAQ Version"
    _order = 'article_id, number desc, id desc'

    article_id = fields.Many2one('crm.faq.article', required=True, index=True, ondelete='cascade', readonly=True)
    number = fields.Integer("Version", required=True, readonly=True)
    name = fields.Char("What Is Asked", required=True, readonly=True)
    body = fields.Html("What Helps", readonly=True)
    user_id = fields.Many2one('res.users', "By", readonly=True, ondelete='set null')

    def action_restore(self):
        """Make the article say again what it said in this version; that is a new version."""
        self.ensure_one()
        self.article_id.write({'name': self.name, 'body': self.body})
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.faq.article', 'res_id': self.article_id.id, 'views': [(False, 'form')]}
