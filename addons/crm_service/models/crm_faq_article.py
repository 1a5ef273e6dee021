from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import html2plaintext, is_html_empty

STATES = [('draft', "Draft"), ('published', "Published"), ('retired', "Retired")]
AUDIENCES = [('public', "Everybody"), ('customers', "Customers Who Sign In"), ('internal', "Colleagues")]
# who asks -> whose articles may be shown
SHOWN = {'public': ('public',), 'customers': ('public', 'customers'), 'internal': ('public', 'customers', 'internal')}


class CrmFaqArticle(models.Model):
    """A question and its answer, in one language; the same answer in another one is an article of its own that names this one."""
    _name = 'crm.faq.article'
    _description = "FAQ Article"
    _inherit = ['mail.thread']
    _order = 'score desc, name, id'

    name = fields.Char("What Is Asked", required=True, index='trigram', tracking=True)
    body = fields.Html("What Helps", sanitize_style=True)
    category_id = fields.Many2one('crm.faq.category', index='btree_not_null', ondelete='restrict', tracking=True)
    lang = fields.Selection(
        '_selection_lang', "Language", required=True, default=lambda self: self.env.lang or 'en_US')
    original_id = fields.Many2one(
        'crm.faq.article', "Translation Of", index='btree_not_null', ondelete='set null',
        domain="[('original_id', '=', False), ('id', '!=', id)]")
    translation_ids = fields.One2many('crm.faq.article', 'original_id', "Translations")
    audience = fields.Selection(AUDIENCES, "Readers", required=True, default='customers', tracking=True)
    state = fields.Selection(STATES, required=True, default='draft', copy=False, tracking=True, index=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for the customers of all companies.")
    user_id = fields.Many2one(
        'res.users', "Responsible", default=lambda self: self.env.user, index='btree_not_null', domain=[('share', '=', False)])
    date_published = fields.Datetime("Published", readonly=True, copy=False)
    version = fields.Integer(readonly=True, copy=False, default=0)
    version_ids = fields.One2many('crm.faq.version', 'article_id', "Versions", readonly=True)
    ticket_ids = fields.Many2many('crm.ticket', 'crm_faq_article_ticket_rel', 'article_id', 'ticket_id', "Answered Tickets", copy=False)
    source_ticket_id = fields.Many2one('crm.ticket', "Made Of", readonly=True, copy=False, ondelete='set null', index='btree_not_null')
    vote_ids = fields.One2many('crm.faq.vote', 'article_id', "Votes", readonly=True)

    # brought up to date by the vote, and every night
    helped_count = fields.Integer("Helped", readonly=True, copy=False)
    failed_count = fields.Integer("Did Not Help", readonly=True, copy=False)
    ticket_count = fields.Integer("Tickets Answered", readonly=True, copy=False, help="In the last twelve months.")
    view_count = fields.Integer("Views", readonly=True, copy=False)
    score = fields.Float(readonly=True, copy=False, index=True, help="What puts it in front: votes and tickets that it answered.")

    _original_lang_uniq = models.UniqueIndex(
        "(original_id, lang) WHERE original_id IS NOT NULL AND state != 'retired'",
        "There is a translation of this article into this language already.")
    _shown_idx = models.Index("(lang, audience, score DESC) WHERE state = 'published'")

    @api.model
    def _selection_lang(self):
        return self.env['res.lang'].get_installed()

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains('original_id', 'lang')
    def _check_original(self):
        for article in self:
            if article.original_id.original_id or (article.original_id and article.translation_ids):
                raise ValidationError(self.env._("“%(name)s” is a translation already. Name the first article of all instead.",
                                                 name=article.original_id.name))
            if article.original_id.lang == article.lang:
                raise ValidationError(self.env._(
                    "“%(name)s” is in the same language as what it translates. Choose another language.", name=article.name))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get('state', 'draft') != 'draft' for vals in vals_list):
            self._check_publisher()
        articles = super().create(vals_list)
        articles._index()
        return articles

    def write(self, vals):
        """Changes of what is published make a new version; the old one stays readable."""
        if not self.env.su and 'state' in vals:
            self._check_publisher()
        told = self.filtered(lambda article: article.state == 'published') if {'name', 'body'} & vals.keys() else self.browse()
        result = super().write(vals)
        if told:
            told._note_version()
        if {'name', 'body', 'lang'} & vals.keys():
            self._index()
        return result

    def _check_publisher(self):
        """:raise AccessError: for people who may write drafts only"""
        if not self.env.user.has_group('crm_service.group_service_lead'):
            raise AccessError(self.env._("Team leads publish articles and take them back. Ask one to read your draft."))

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        return [{**vals, 'name': self.env._("%s (copy)", article.name)} for article, vals in zip(self, copies, strict=True)]

    # ------------------------------------------------------------------
    # Publishing and versions
    # ------------------------------------------------------------------

    def action_publish(self):
        """Show the articles to their readers.

        :raise UserError: for an article without an answer
        """
        for article in self:
            if is_html_empty(article.body):
                raise UserError(self.env._("Write the answer to “%(name)s” before you publish it.", name=article.name))
        self.write({'state': 'published', 'date_published': fields.Datetime.now()})
        self._note_version()
        return True

    def action_retire(self):
        """Show the articles to nobody any more; their votes and versions stay."""
        self.write({'state': 'retired'})
        return True

    def action_draft(self):
        """Take the articles back to work on them."""
        self.write({'state': 'draft'})
        return True

    def _note_version(self):
        """Keep what is told now as a version of its own, where it differs from the last one."""
        for article in self:
            last = article.version_ids.sorted('number')[-1:]
            if (last.name, last.body) != (article.name, article.body):
                article.sudo().version_ids.create({  # versions are made by changes only
                    'article_id': article.id, 'number': article.version + 1, 'name': article.name, 'body': article.body,
                    'user_id': self.env.uid})
                article.sudo().version = article.version + 1

    def action_translate(self):
        """Open a new draft of the article in another language."""
        self.ensure_one()
        original = self.original_id or self
        taken = (original | original.translation_ids).mapped('lang')
        left = [code for code, _name in self.env['res.lang'].get_installed() if code not in taken]
        if not left:
            raise UserError(self.env._("This article exists in all languages of the system."))
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.faq.article', 'views': [(False, 'form')],
            'context': {
                'default_original_id': original.id, 'default_lang': left[0], 'default_name': self.name, 'default_body': self.body,
                'default_category_id': self.category_id.id, 'default_audience': self.audience, 'default_company_id': self.company_id.id}}

    def action_open_page(self):
        """Open the article as its readers see it."""
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'url': self._page(), 'target': 'new'}

    def action_send_with_ticket(self):
        """Answer the ticket named in the context with this article."""
        self.ensure_one()
        ticket = self.env['crm.ticket'].browse(self.env.context.get('crm_ticket_id'))
        ticket.check_access('write')
        return ticket._answer_with(self)

    def _page(self):
        return f'/service/faq/{self.id}'

    def _excerpt(self, length=160):
        """Return the beginning of the answer as plain text of at most ``length`` signs."""
        text = ' '.join(html2plaintext(self.body or '').split())
        return text if len(text) <= length else text[:length - 1].rstrip() + '…'

    # ------------------------------------------------------------------
    # Order
    # ------------------------------------------------------------------

    @api.model
    def _cron_score(self):
        """Bring the order of articles in line with the tickets that they answered and the votes; only what changed is written."""
        self.search([('state', '=', 'published')])._refresh_score()

    def _refresh_score(self):
        """Count votes and the tickets of the last twelve months; score = helped + 2 × tickets − failed."""
        if not self:
            return
        self.env['crm.faq.vote'].flush_model()
        self.env['crm.ticket'].flush_model(['date_opened'])
        self.flush_model(['ticket_ids', 'helped_count', 'failed_count', 'ticket_count', 'score'])
        since = fields.Datetime.subtract(fields.Datetime.now(), months=12)
        self.env.cr.execute("""
            WITH counted AS (
                SELECT article.id,
                       (SELECT COUNT(*) FROM crm_faq_vote AS vote WHERE vote.article_id = article.id AND vote.is_helpful) AS helped,
                       (SELECT COUNT(*) FROM crm_faq_vote AS vote WHERE vote.article_id = article.id AND NOT vote.is_helpful) AS failed,
                       (SELECT COUNT(*) FROM crm_faq_article_ticket_rel AS used JOIN crm_ticket AS ticket ON ticket.id = used.ticket_id
                         WHERE used.article_id = article.id AND ticket.date_opened >= %s) AS tickets
                  FROM crm_faq_article AS article WHERE article.id IN %s)
            UPDATE crm_faq_article AS article
               SET helped_count = helped, failed_count = failed, ticket_count = tickets, score = helped + 2 * tickets - failed
              FROM counted
             WHERE counted.id = article.id
               AND (helped_count, failed_count, ticket_count, score)
                   IS DISTINCT FROM (helped, failed, tickets, helped + 2 * tickets - failed)
            """, [since, tuple(self.ids)])
        self.invalidate_model(['helped_count', 'failed_count', 'ticket_count', 'score'])
