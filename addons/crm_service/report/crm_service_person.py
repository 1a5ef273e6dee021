from odoo import fields, models
from odoo.tools import SQL

from ..tools.satisfaction import BIG, FEW, WELCOME


class CrmServicePerson(models.Model):
    """What customers said of each member of a team over the last twelve months: who solved big problems and left them feeling welcome."""
    _name = 'crm.service.person'
    _description = "Service Results per Person"
    _auto = False
    _order = 'weighted_rating desc nulls last, id'
    _rec_name = 'user_id'
    _depends = {'crm.ticket.feedback': ['date_answered', 'rating', 'weight', 'user_id', 'team_id', 'has_nps', 'nps_points'],
                'crm.service.member': ['user_id', 'team_id']}

    user_id = fields.Many2one('res.users', "Person", readonly=True)
    team_id = fields.Many2one('crm.service.team', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    answer_count = fields.Integer("Times Rated", readonly=True)
    rating = fields.Float("Mean Rating", readonly=True, aggregator='avg', digits=(16, 2))
    weighted_rating = fields.Float(
        readonly=True, aggregator='avg', digits=(16, 2), help="Mean of the ratings, in which urgent tickets count up to three times.")
    nps = fields.Float("Net Promoter Score", readonly=True, aggregator='avg', digits=(16, 0))
    big_count = fields.Integer(
        "Big Problems, Welcome Customer", readonly=True, help="Urgent or serious tickets that were rated with 4 or 5.")
    low_count = fields.Integer("Low Ratings", readonly=True)
    is_small = fields.Boolean("Few Answers", readonly=True, help="Fewer than ten answers: the mean says little.")

    @property
    def _table_query(self):
        return SQL(
            """SELECT member.id, member.user_id, member.team_id, member.company_id, COUNT(feedback.id)::int AS answer_count,
                      AVG(feedback.rating)::float AS rating,
                      (SUM(feedback.rating * feedback.weight)::float / NULLIF(SUM(feedback.weight), 0)) AS weighted_rating,
                      AVG(feedback.nps_points) FILTER (WHERE feedback.has_nps) AS nps,
                      COUNT(feedback.id) FILTER (WHERE feedback.weight >= %(big)s AND feedback.rating >= %(welcome)s)::int AS big_count,
                      COUNT(feedback.id) FILTER (WHERE feedback.is_low)::int AS low_count,
                      COUNT(feedback.id) < %(few)s AS is_small
                 FROM crm_service_member AS member
            LEFT JOIN crm_ticket_feedback AS feedback
                   ON feedback.user_id = member.user_id AND feedback.team_id = member.team_id AND feedback.rating > 0
                  AND feedback.date_answered >= %(since)s
             GROUP BY member.id""", big=BIG, welcome=WELCOME, few=FEW,
            since=fields.Datetime.subtract(fields.Datetime.now(), years=1))
