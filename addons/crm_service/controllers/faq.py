import hashlib

from odoo import http
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.crm_faq_article import SHOWN
from .desk import visited_company, visited_desk

PER_PAGE = 20


def audience():
    """Return to whom the articles are shown that the visitor may read."""
    user = request.env.user
    if user._is_public():
        return 'public'
    return 'customers' if user.share else 'internal'


def reader():
    """Return what tells this visitor from others: the person, or the session of somebody unknown."""
    user = request.env.user
    if not user._is_public():
        return f'user-{user.id}'
    return hashlib.sha256(f'{request.session.sid[:42]}{request.env.cr.dbname}'.encode()).hexdigest()[:32]


class FaqPages(http.Controller):
    """The answers that customers find by themselves."""

    def _shown(self):
        """Return the domain of the articles that the visitor may read, in the language of the visit."""
        return Domain([
            ('state', '=', 'published'), ('audience', 'in', SHOWN[audience()]), ('lang', '=', request.env.lang),
            ('company_id', 'in', (False, visited_company().id))])

    def _article(self, article_id):
        """Return an article that the visitor may read, in sudo, in whichever language it is.

        :raise MissingError: for all others, whether they exist or not
        """
        article = request.env['crm.faq.article'].sudo().browse(article_id).exists()  # what may be read is checked here
        if not article or article.state != 'published' or article.audience not in SHOWN[audience()] or (
                article.company_id and article.company_id not in request.env.user.company_ids | visited_company()):
            raise MissingError(request.env._("This answer does not exist."))
        return article

    @http.route(['/service/faq', '/service/faq/page/<int:page>'], type='http', auth='public', website=True, readonly=False, sitemap=True)
    def faq(self, page=1, search='', category=None, **kw):
        """List the answers by category, or those that a question finds."""
        articles = request.env['crm.faq.article'].sudo()  # the domain is what the visitor may read
        chosen = request.env['crm.faq.category'].sudo().browse(
            int(category) if str(category or '').isdecimal() and len(str(category)) < 10 else 0).exists()
        domain = self._shown() & (Domain('category_id', '=', chosen.id) if chosen else Domain.TRUE)
        search = search.strip()[:200]
        pager = None
        if search:
            found = articles._find(search, request.env.lang, audience(), PER_PAGE, category=chosen or None, company=visited_company())
            articles.env['crm.faq.search']._note(search, request.env.lang, 'page', len(found), reader())
        else:
            total = articles.search_count(domain)
            pager = portal_pager(
                url='/service/faq', total=total, page=page, step=PER_PAGE, url_args={'category': chosen.id} if chosen else {})
            found = articles.search(domain, limit=PER_PAGE, offset=pager['offset'])
        counts = dict(articles._read_group(self._shown() & Domain('category_id', '!=', False), ['category_id'], ['__count']))
        return request.render('crm_service.faq_page', {
            'articles': found, 'search': search, 'chosen': chosen, 'pager': pager, 'page_name': 'faq',
            'ask_url': visited_desk()._form_path(),
            'categories': sorted(counts.items(), key=lambda item: (item[0].sequence, item[0].name))})

    @http.route('/service/faq/<int:article_id>', type='http', auth='public', website=True, readonly=False, sitemap=False)
    def faq_article(self, article_id, voted=None, **kw):
        """Show an answer."""
        try:
            article = self._article(article_id)
        except MissingError:
            return request.render('crm_service.faq_missing', {'page_name': 'faq'}, status=404)
        self._count(article)
        whole = (article.original_id or article) | (article.original_id or article).translation_ids
        return request.render('crm_service.faq_article_page', {
            'article': article, 'voted': voted, 'page_name': 'faq', 'is_internal': audience() == 'internal',
            'ask_url': visited_desk()._form_path(),
            'others': (whole - article).filtered(lambda other: other.state == 'published' and other.audience in SHOWN[audience()]),
            'languages': dict(request.env['res.lang'].get_installed())})

    def _count(self, article):
        """Count an opening once per visitor, and tell the search that led here."""
        seen = request.session.get('crm_faq_seen') or []
        if article.id not in seen:
            request.session['crm_faq_seen'] = [*seen, article.id][-200:]
            request.env.cr.execute("UPDATE crm_faq_article SET view_count = COALESCE(view_count, 0) + 1 WHERE id = %s", [article.id])
        last = request.env['crm.faq.search']._last_of(reader())
        if last and last.article_id != article:
            last._read(article)

    @http.route('/service/faq/<int:article_id>/vote', type='http', auth='public', methods=['POST'], website=True)
    def faq_vote(self, article_id, helped=None, comment=None, **kw):
        """Note whether the answer solved it."""
        try:
            article = self._article(article_id)
        except MissingError:
            return request.render('crm_service.faq_missing', {'page_name': 'faq'}, status=404)
        if helped in ('yes', 'no'):
            user = request.env.user
            request.env['crm.faq.vote']._vote(
                article, reader(), helped == 'yes', comment, None if user._is_public() else user.partner_id)
            last = request.env['crm.faq.search']._last_of(reader())
            if helped == 'yes' and last:
                last._solved(article)
        return request.redirect(f'/service/faq/{article.id}?voted={"yes" if helped == "yes" else "no"}')
