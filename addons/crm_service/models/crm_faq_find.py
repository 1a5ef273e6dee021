from odoo import api, models
from odoo.tools import SQL, html2plaintext

from ..tools.faq_text import pairs, query, stemmer, words
from .crm_faq_article import SHOWN

SIMILAR = 0.3   # of titles with a slip of the pen; see word_similarity of pg_trgm


class CrmFaqArticle(models.Model):
    """Finding articles: PostgreSQL's full-text search on a column of its own, which also holds the pairs of Chinese signs."""
    _inherit = 'crm.faq.article'

    def init(self):
        result = super().init()
        self.env.cr.execute("""
            ALTER TABLE crm_faq_article ADD COLUMN IF NOT EXISTS search_vector tsvector;
            CREATE INDEX IF NOT EXISTS crm_faq_article_search_vector_idx ON crm_faq_article USING gin (search_vector)""")
        return result

    def _index(self):
        """Bring the index of the articles in line with what they say: the question counts more than the answer."""
        self.flush_recordset(['name', 'body', 'lang'])
        for config, articles in self.grouped(lambda article: stemmer(article.lang)).items():
            rows = [(article.id, article.name or '', html2plaintext(article.body or '')) for article in articles]
            self.env.cr.execute(SQL(
                """UPDATE crm_faq_article AS article
                      SET search_vector =
                          setweight(to_tsvector(%(config)s, told.title) || to_tsvector('simple', told.title_pairs), 'A')
                       || setweight(to_tsvector(%(config)s, told.answer) || to_tsvector('simple', told.answer_pairs), 'C')
                     FROM (VALUES %(rows)s) AS told(id, title, title_pairs, answer, answer_pairs)
                    WHERE told.id = article.id""",
                config=SQL("%s::regconfig", config),
                rows=SQL(", ").join(SQL(
                    "(%s, %s, %s, %s, %s)", key, ' '.join(words(title)), ' '.join(pairs(title)), ' '.join(words(answer)),
                    ' '.join(pairs(answer))) for key, title, answer in rows)))

    @api.model
    def _wanted(self, text, lang):
        """Return the tsquery of a question: any of its words or pairs; the rank says how many of them an article has."""
        wanted_words, wanted_pairs = query(text)
        parts = [SQL("plainto_tsquery(%s::regconfig, %s)", stemmer(lang), word) for word in wanted_words[:-1]]
        if wanted_words:   # the last one may not be typed to its end
            parts += [
                SQL("plainto_tsquery(%s::regconfig, %s)", stemmer(lang), wanted_words[-1]),
                SQL("to_tsquery('simple', %s)", f"{wanted_words[-1]}:*")]
        parts += [SQL("plainto_tsquery('simple', %s)", pair) for pair in wanted_pairs]
        return SQL("(%s)", SQL(" || ").join(parts)) if parts else None

    @api.model
    def _find(self, text, lang, audience, limit=20, category=None, company=None):
        """Return the published articles that answer a question best, the best one first.

        Rank: ``ts_rank_cd`` with the question weighing ten times the answer, divided by the logarithm of the length (option 1), times
        1 + ln(1 + score) / 10. Where no article has a word of it, titles that are spelled alike are taken (pg_trgm's word_similarity).

        :param lang: language code; articles in other languages are not found
        :param audience: public, customers or internal
        :param company: articles of this company and of all; default: the company at work
        """
        text = (text or '')[:500].replace('\0', ' ')
        wanted = self._wanted(text, lang)
        if wanted is None:
            return self.browse()
        self.flush_model(['state', 'audience', 'lang', 'category_id', 'company_id', 'score'])
        shown = SQL(
            """article.state = 'published' AND article.lang = %s AND article.audience IN %s
               AND (article.company_id IS NULL OR article.company_id = %s) AND %s""",
            lang, SHOWN[audience], (company or self.env.company).id,
            SQL("article.category_id = %s", category.id) if category else SQL("TRUE"))
        rows = self.env.execute_query(SQL(
            """SELECT article.id
                 FROM crm_faq_article AS article, (SELECT %(wanted)s AS query) AS wanted
                WHERE article.search_vector @@ wanted.query AND %(shown)s
             ORDER BY ts_rank_cd('{0.05, 0.1, 0.1, 1}', article.search_vector, wanted.query, 1)
                      * (1 + ln(1 + GREATEST(article.score, 0)) / 10) DESC, article.score DESC, article.id
                LIMIT %(limit)s""", wanted=wanted, shown=shown, limit=limit))
        if not rows and self.pool.has_trigram:
            rows = self.env.execute_query(SQL(
                """SELECT article.id FROM crm_faq_article AS article
                    WHERE word_similarity(%(text)s, article.name) > %(least)s AND %(shown)s
                 ORDER BY word_similarity(%(text)s, article.name) DESC, article.score DESC, article.id
                    LIMIT %(limit)s""", text=text, least=SIMILAR, shown=shown, limit=limit))
        return self.browse([key for [key] in rows])

    @api.model
    def _suggest(self, text, lang, audience, limit=5):
        """Return what may answer a question while it is being typed, for people without rights to the articles as well.

        :param lang: language code of whoever asks
        :param audience: public (anybody), customers (signed in) or internal (colleagues)
        :return: list of {'id', 'title', 'excerpt', 'url'}
        """
        articles = self.sudo()._find(text, lang, audience, limit)  # what may be shown is part of the search
        return [
            {'id': article.id, 'title': article.name, 'excerpt': article._excerpt(), 'url': article._page()} for article in articles]
