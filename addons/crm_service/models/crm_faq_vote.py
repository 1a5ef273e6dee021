from odoo import api, fields, models


class CrmFaqVote(models.Model):
    """Whether an article solved it for somebody: one word of each reader, the last one counts."""
    _name = 'crm.faq.vote'
    _description = "FAQ Vote"
    _order = 'date desc, id desc'
    _rec_name = 'article_id'

    article_id = fields.Many2one('crm.faq.article', required=True, index=True, ondelete='cascade', readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    is_helpful = fields.Boolean("Helped", readonly=True)
    comment = fields.Text("What Was Missing", readonly=True)
    partner_id = fields.Many2one('res.partner', "By", readonly=True, ondelete='set null', index='btree_not_null')
    reader = fields.Char(required=True, readonly=True, help="Who it was: the person, or the session of somebody unknown.")

    _reader_uniq = models.UniqueIndex('(article_id, reader)')

    @api.model
    def _vote(self, article, reader, is_helpful, comment=None, partner=None):
        """Note what a reader thinks of an article; what the same one thought before is replaced.

        :param article: crm.faq.article
        :param reader: what tells readers apart
        :param partner: res.partner, where known
        """
        votes = self.sudo()  # readers have no rights here
        vals = {
            'is_helpful': bool(is_helpful), 'comment': (comment or '').strip()[:2000] or False, 'date': fields.Datetime.now(),
            'partner_id': partner.id if partner else False}
        vote = votes.search([('article_id', '=', article.id), ('reader', '=', reader)])
        if vote:
            vote.write(vals)
        else:
            votes.create({**vals, 'article_id': article.id, 'reader': reader})
        article.sudo()._refresh_score()
