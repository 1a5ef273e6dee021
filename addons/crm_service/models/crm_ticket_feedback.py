import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.satisfaction import WEIGHTS, group, is_low


class CrmTicketFeedback(models.Model):
    """What we asked a customer after a ticket, and what the customer said.

    The answer comes by a link of its own, which nobody of us gets to see; it is written by the customer's page only.
    """
    _name = 'crm.ticket.feedback'
    _description = "Feedback on a Ticket"
    _order = 'date_answered desc nulls last, id desc'
    _rec_name = 'ticket_id'

    ticket_id = fields.Many2one('crm.ticket', required=True, index=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, readonly=True, ondelete='cascade')
    commercial_partner_id = fields.Many2one(
        'res.partner', "Company of the Customer", readonly=True, index='btree_not_null', ondelete='set null')
    user_id = fields.Many2one('res.users', "Who Served", readonly=True, index='btree_not_null', ondelete='set null')
    team_id = fields.Many2one('crm.service.team', readonly=True, ondelete='set null')
    type_id = fields.Many2one('crm.ticket.type', readonly=True, ondelete='set null')
    token = fields.Char(
        required=True, readonly=True, copy=False, groups='base.group_system', default=lambda self: secrets.token_urlsafe(24))
    survey = fields.Selection(
        [('rating', "Rating"), ('full', "Rating, Recommendation and Effort")], required=True, readonly=True, default='rating')
    date_sent = fields.Datetime("Asked On", readonly=True)
    date_answered = fields.Datetime("Answered", readonly=True, index='btree_not_null')
    rating = fields.Integer("Rating (1 to 5)", readonly=True, aggregator='avg', help="How content the customer was.")
    nps = fields.Integer("Recommendation (0 to 10)", readonly=True, aggregator='avg', help="Would the customer recommend us?")
    effort = fields.Integer("Effort (1 to 7)", readonly=True, aggregator='avg', help="How easy it was for the customer; 7 is very easy.")
    has_nps = fields.Boolean(readonly=True)
    nps_points = fields.Float(
        "Net Promoter Score", readonly=True, aggregator='avg',
        help="100 for promoters (9, 10), 0 for passives, -100 for detractors (0 to 6).")
    comment = fields.Text(readonly=True)
    weight = fields.Integer(readonly=True, aggregator='sum', help="How much the ticket weighs: by its priority.")
    weighted_rating = fields.Float(
        readonly=True, aggregator='avg', help="Mean of the ratings, in which urgent tickets count up to three times.")
    is_low = fields.Boolean("To Be Followed Up", readonly=True)

    _token_uniq = models.UniqueIndex('(token)')
    _result_idx = models.Index('(company_id, user_id, date_answered) WHERE date_answered IS NOT NULL')

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("What customers say is not changed by us."))
        return super().write(vals)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """The mean of the weighted rating is weighted; figures that were not asked for do not count as 0."""
        def column(name):
            return self._field_to_sql(self._table, name, query)
        name, _sep, function = aggregate_spec.partition(':')
        if function != 'avg' or name not in ('weighted_rating', 'rating', 'effort', 'nps', 'nps_points'):
            return super()._read_group_select(aggregate_spec, query)
        if name == 'weighted_rating':
            given = SQL("FILTER (WHERE %s > 0)", column('rating'))
            return SQL(
                "SUM(%(rating)s * %(weight)s) %(given)s::numeric / NULLIF(SUM(%(weight)s) %(given)s, 0)",
                rating=column('rating'), weight=column('weight'), given=given)
        if name in ('rating', 'effort'):
            return SQL("AVG(NULLIF(%s, 0))", column(name))
        return SQL("AVG(%s) FILTER (WHERE %s)", column(name), column('has_nps'))

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    @api.model
    def _of_token(self, token):
        """Return the question that a link belongs to, in sudo; empty where there is none."""
        return self.sudo().search([('token', '=', token)], limit=1) if token and len(token) < 100 else self.browse()

    def _answer(self, rating=None, nps=None, effort=None, comment=None):
        """Note what the customer says; said again within 14 days, it replaces what was said before.

        :param rating: 1 to 5
        :param nps: 0 to 10
        :param effort: 1 to 7
        :raise UserError: later
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.date_answered and self.date_answered < fields.Datetime.subtract(now, days=14):
            raise UserError(self.env._("You have answered this already, thank you."))
        vals = {'date_answered': self.date_answered or now}
        if rating:
            vals['rating'] = rating
        if nps is not None:
            vals.update(nps=nps, has_nps=True, nps_points={'promoter': 100, 'passive': 0, 'detractor': -100}[group(nps)])
        if effort:
            vals['effort'] = effort
        if comment:
            vals['comment'] = comment.strip()[:4000]
        if len(vals) == 1:
            return
        was_low = self.is_low
        self.write(vals)
        self.is_low = is_low(self.rating, self.nps if self.has_nps else None)
        self.ticket_id._feedback_came(self, followed_up=was_low)

    @api.model
    def _weight(self, ticket):
        """Return how much a ticket weighs."""
        return WEIGHTS.get(ticket.priority, 1)
