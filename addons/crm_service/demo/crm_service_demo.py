from odoo import Command, api, fields, models

from odoo.addons.crm_grading.demo.stage import customers, stage

from .desk import Desk
from .requests import ARTICLES, ASIDE, CATEGORIES, CATEGORIES_CN, WANTED


class CrmTicket(models.Model):
    _inherit = 'crm.ticket'

    @api.model
    def _load_demo(self):
        """Give the demo company half a year of service, relative to now; no mail leaves the house."""
        with stage(self.env, "The service") as company:
            env, partners = company.env, customers(company.env)
            for partner in partners.values():
                if partner.country_id.code == 'CN':
                    (partner | partner.child_ids).lang = 'zh_CN'
            articles = self._load_demo_articles(env)
            tickets = Desk(env, company, partners, fields.Datetime.now()).work()
            self._load_demo_use(env, articles, tickets)
            self._load_demo_care(env, company)
            self._load_demo_mail(env, company)

    def _load_demo_articles(self, env):
        categories = {}
        for key, name in CATEGORIES.items():
            categories[key] = env['crm.faq.category'].create({'name': name})
            categories[key].with_context(lang='zh_CN').name = CATEGORIES_CN[key]
        articles = []
        for name, body, category, audience, lang, original in ARTICLES:
            articles.append(env['crm.faq.article'].create({
                'name': name, 'body': body, 'category_id': categories[category].id, 'audience': audience, 'lang': lang,
                'original_id': articles[original].id if original is not None else False,
                'user_id': env.ref('crm_service.demo_user_service').id}))
        published = env['crm.faq.article'].union(*articles)
        published.action_publish()
        return published

    def _load_demo_use(self, env, articles, tickets):
        """What the articles were good for, and what nobody has written yet."""
        for number, ticket in enumerate(tickets.filtered(lambda ticket: ticket.state == 'closed')):
            found = env['crm.faq.article']._find(ticket.title, ticket.lang or 'en_US', 'internal', 1)
            if found and number % 2:
                ticket.faq_article_ids = [Command.link(found.id)]
        for number, article in enumerate(articles):
            for reader in range((number * 7) % 9):
                env['crm.faq.vote']._vote(article, f'demo-{reader}', reader % 4 != 3)
        searches = env['crm.faq.search']
        for number, (query, lang) in enumerate(WANTED):
            searches._note(query, lang, 'form', 0, f'demo-{number}')
        for number, article in enumerate(articles):
            search = searches._note(article.name, article.lang, 'page', 1, f'demo-read-{number}')
            if search and number % 3:
                search._solved(article)
        env['crm.faq.article']._cron_score()

    def _load_demo_care(self, env, company):
        """Plans of care, carried out since a month."""
        call = env.ref('mail.mail_activity_data_call').id
        letter = env.ref('crm_service.mail_template_care_delivery').id
        today = company._crm_today()
        plans = env['crm.care.plan'].create([
            {'name': "Two weeks after an order", 'company_id': company.id, 'trigger': 'order', 'offset_days': 14, 'action': 'mail',
             'template_id': letter, 'control_percent': 20, 'effect_days': 20, 'date_from': fields.Date.subtract(today, days=60)},
            {'name': "Anniversary of a customer", 'company_id': company.id, 'trigger': 'anniversary', 'offset_days': 0,
             'action': 'activity', 'activity_type_id': call, 'summary': "Congratulate on the years together",
             'date_from': fields.Date.subtract(today, days=60)},
            {'name': "Nothing bought for half a year", 'company_id': company.id, 'trigger': 'inactivity', 'inactivity_days': 180,
             'offset_days': 0, 'action': 'activity', 'activity_type_id': call, 'summary': "Ask what they need",
             'date_from': fields.Date.subtract(today, days=60)}])
        for days in range(56, -1, -7):
            for plan in plans:
                plan._propose(fields.Date.subtract(today, days=days))._give()
        plans._judge()

    def _load_demo_mail(self, env, company):
        """What was told to customers was told when it happened, and not by the demo; and mail that became no ticket."""
        for notice in env['crm.ticket.notice'].sudo().search([('state', '=', 'queued')]):
            ticket = notice.ticket_id
            day = ticket.date_opened if notice.kind == 'acknowledged' else ticket.date_solved or ticket.date_opened
            notice.write({'state': 'sent', 'date': day, 'date_sent': day})
        for number, (reason, subject, sender, text) in enumerate(ASIDE):
            raw = env['ir.attachment'].create({
                'name': "mail.eml", 'raw': f"From: {sender}\nSubject: {subject}\n\n{text}\n".encode(), 'mimetype': 'message/rfc822'})
            env['crm.mail.aside'].create({
                'name': subject, 'reason': reason, 'email_from': sender, 'email_to': 'service@our.example.com', 'text': text,
                'date': fields.Datetime.subtract(fields.Datetime.now(), hours=5 + 20 * number), 'attachment_id': raw.id,
                'company_id': company.id})
