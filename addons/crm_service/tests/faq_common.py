from .common import ServiceCommon


class FaqCommon(ServiceCommon):

    @classmethod
    def _article(cls, name, body="<p>An answer of some length.</p>", audience='public', lang='en_US', publish=True, **vals):
        article = cls.env['crm.faq.article'].create({'name': name, 'body': body, 'audience': audience, 'lang': lang, **vals})
        if publish:
            article.action_publish()
        return article
