from odoo import api, fields, models

from ..tools.faq_text import normal

PLACES = [('page', "FAQ Page"), ('form', "Public Form"), ('portal', "Portal Form"), ('agent', "Agent")]


class CrmFaqSearch(models.Model):
    """What somebody looked for and what came of it: read on, solved, or a ticket after all; one row for a person and question."""
    _name = 'crm.faq.search'
    _description = "FAQ Search"
    _order = 'date desc, id desc'
    _rec_name = 'query'

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    query = fields.Char("Asked For", required=True, readonly=True)
    normal_query = fields.Char(
        "What Is Asked", readonly=True, index=True, help="Without punctuation and capitals, so that equal ones are counted together.")
    lang = fields.Char("Language", readonly=True)
    place = fields.Selection(PLACES, required=True, readonly=True)
    result_count = fields.Integer("Answers Found", readonly=True)
    article_id = fields.Many2one('crm.faq.article', "Read", readonly=True, ondelete='set null', index='btree_not_null')
    ticket_id = fields.Many2one('crm.ticket', readonly=True, ondelete='set null', index='btree_not_null')
    outcome = fields.Selection(
        [('open', "Left Open"), ('solved', "Solved"), ('ticket', "Became a Ticket"), ('unanswered', "No Answer Found")],
        readonly=True, required=True, default='open', index=True)
    is_deflected = fields.Float(
        "Deflected", readonly=True, aggregator='avg',
        help="1 where the answer was enough, 0 where it was not; the mean is the share of deflection.")
    reader = fields.Char(readonly=True)

    _recent_idx = models.Index('(reader, date DESC)')

    @api.model
    def _note(self, query, lang, place, found, reader):
        """Note a search; what the same reader typed on within five minutes belongs to the same one.

        :param found: number of articles
        :return: the row, in sudo; None for nothing asked
        """
        question = normal(query or '')
        if not question:
            return None
        searches = self.sudo()  # readers have no rights here
        outcome = 'open' if found else 'unanswered'
        last = searches.search([
            ('reader', '=', reader), ('date', '>=', fields.Datetime.subtract(fields.Datetime.now(), minutes=5)), ('place', '=', place),
            ('outcome', 'in', ('open', 'unanswered')), ('article_id', '=', False)], limit=1)
        vals = {'query': query.strip()[:200], 'normal_query': question, 'result_count': found, 'outcome': outcome}
        if last and (question.startswith(last.normal_query) or last.normal_query.startswith(question)):
            last.write(vals)
            return last
        return searches.create({**vals, 'lang': lang, 'place': place, 'reader': reader})

    @api.model
    def _last_of(self, reader, minutes=60):
        """Return what a reader looked for last, in sudo."""
        return self.sudo().search([  # readers have no rights here
            ('reader', '=', reader), ('date', '>=', fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes))], limit=1)

    def _read(self, article):
        """An answer was opened."""
        self.filtered(lambda search: search.outcome != 'ticket').write({'article_id': article.id, 'outcome': 'open'})

    def _solved(self, article):
        """The answer was enough."""
        self.write({'article_id': article.id, 'outcome': 'solved', 'is_deflected': 1})

    def _became(self, ticket):
        """It became a ticket after all."""
        self.write({'ticket_id': ticket.id, 'outcome': 'ticket' if self.result_count else 'unanswered', 'is_deflected': 0})

    @api.autovacuum
    def _gc_searches(self):
        """Searches older than two years go."""
        self.search([('date', '<', fields.Datetime.subtract(fields.Datetime.now(), years=2))], limit=10000).unlink()
