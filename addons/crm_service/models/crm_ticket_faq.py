from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class CrmTicket(models.Model):
    """Answers beside the ticket, and the ticket that becomes an answer."""
    _inherit = 'crm.ticket'

    faq_article_ids = fields.Many2many(
        'crm.faq.article', 'crm_faq_article_ticket_rel', 'ticket_id', 'article_id', "Answered With", copy=False)
    faq_suggestion_ids = fields.Many2many('crm.faq.article', compute='_compute_faq_suggestion_ids', string="Answers That May Fit")
    faq_draft_count = fields.Integer("Articles", compute='_compute_faq_draft_count')

    @api.depends('title', 'lang')
    def _compute_faq_suggestion_ids(self):
        """For one ticket that is looked at; in a list nobody waits for answers."""
        articles = self.env['crm.faq.article']
        for ticket in self:
            ticket.faq_suggestion_ids = (
                articles._find(ticket.title, ticket.lang, 'internal', 5, company=ticket.company_id) if len(self) == 1 else articles)

    def _compute_faq_draft_count(self):
        counts = dict(self.env['crm.faq.article']._read_group([('source_ticket_id', 'in', self.ids)], ['source_ticket_id'], ['__count']))
        for ticket in self:
            ticket.faq_draft_count = counts.get(ticket, 0)

    def _answer_with(self, article):
        """Open a reply to the customer with an article; the ticket counts for the article.

        :raise UserError: for an article that is not published
        """
        self.ensure_one()
        if article.state != 'published':
            raise UserError(self.env._("“%(name)s” is not published. Choose another article.", name=article.name))
        body = article.body
        if article.audience != 'internal':
            link = Markup('<a href="{}">{}</a>').format(self.get_base_url() + article._page(), article.name)
            body = Markup("{}<p>{}</p>").format(body, link)
        self.faq_article_ids |= article
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Answer"), 'res_model': 'mail.compose.message', 'views': [(False, 'form')],
            'target': 'new', 'context': {
                'default_model': 'crm.ticket', 'default_res_ids': self.ids, 'default_composition_mode': 'comment',
                'default_body': body, 'default_partner_ids': self.partner_id.ids}}

    def action_make_article(self):
        """Make a draft of an article out of a solved ticket: its question, and what we answered last.

        :raise UserError: while the ticket is not solved
        """
        self.ensure_one()
        if self.state not in ('solved', 'closed'):
            raise UserError(self.env._("Solve the ticket first: an article tells what helped."))
        article = self.env['crm.faq.article'].search([('source_ticket_id', '=', self.id)], limit=1)
        if not article:
            category = self.env['crm.faq.category'].search([('type_ids', 'in', self.type_id.ids)], limit=1)
            article = self.env['crm.faq.article'].create({
                'name': self.title, 'body': self._told(), 'lang': self.lang or self.env.lang, 'category_id': category.id,
                'company_id': self.company_id.id, 'source_ticket_id': self.id, 'ticket_ids': [fields.Command.link(self.id)]})
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.faq.article', 'res_id': article.id, 'views': [(False, 'form')]}

    def _told(self):
        """Return the last answer of ours that has more than a word; drafts are read before they are published."""
        messages = self.message_ids.filtered(
            lambda message: self._side_of(message) == 'replied' and len(html2plaintext(message.body or '').strip()) > 10)
        return messages.sorted('id', reverse=True)[:1].body

    def action_open_articles(self):
        """Open the articles that were made of this ticket."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Articles"), 'res_model': 'crm.faq.article',
            'views': [(False, 'list'), (False, 'form')], 'domain': [('source_ticket_id', '=', self.id)]}
