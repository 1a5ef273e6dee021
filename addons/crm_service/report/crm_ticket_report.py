from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.ticket_state import CHANNELS, KINDS, PRIORITIES, STATES

# figure -> (share of the tickets that took at most so long, column)
PERCENTILES = {
    'response_median': (0.5, 'response_hours'), 'response_p90': (0.9, 'response_hours'),
    'resolution_median': (0.5, 'resolution_hours'), 'resolution_p90': (0.9, 'resolution_hours')}
WEEKDAYS = [('1', "Monday"), ('2', "Tuesday"), ('3', "Wednesday"), ('4', "Thursday"), ('5', "Friday"), ('6', "Saturday"), ('7', "Sunday")]


class CrmTicketReport(models.Model):
    """When tickets come, how long they take and how old the open ones are: a row per ticket that was not cancelled.

    Hours are clock hours; working time against a promise is in *Promises*. Hour and weekday are those of the company.
    """
    _name = 'crm.ticket.report'
    _description = "Ticket Statistics"
    _auto = False
    _order = 'date_opened desc, id desc'
    _rec_name = 'ticket_id'
    _depends = {'crm.ticket': [
        'date_opened', 'date_first_response', 'date_solved', 'state', 'kind', 'type_id', 'team_id', 'user_id', 'channel', 'priority',
        'commercial_partner_id', 'company_id', 'reopen_count', 'feedback_rating', 'sla_state']}

    ticket_id = fields.Many2one('crm.ticket', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    commercial_partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    team_id = fields.Many2one('crm.service.team', readonly=True)
    user_id = fields.Many2one('res.users', "Agent", readonly=True)
    type_id = fields.Many2one('crm.ticket.type', readonly=True)
    kind = fields.Selection(KINDS, "Sort", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    state = fields.Selection(STATES, readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    date_opened = fields.Datetime("Opened", readonly=True)
    date_solved = fields.Datetime("Solved", readonly=True)
    hour = fields.Selection([(f'{hour:02d}', f'{hour:02d}:00') for hour in range(24)], "Hour of the Day", readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    age = fields.Selection(
        [('1', "Up to 1 Day"), ('2', "2 to 3 Days"), ('3', "4 to 7 Days"), ('4', "8 to 30 Days"), ('5', "Over 30 Days")],
        "Age of Open Tickets", readonly=True)
    age_days = fields.Float("Age (Days)", readonly=True, aggregator='avg', digits=(16, 1), help="Of open tickets.")
    response_hours = fields.Float("Hours to First Answer", readonly=True, aggregator='avg', digits=(16, 1))
    resolution_hours = fields.Float("Hours to Solution", readonly=True, aggregator='avg', digits=(16, 1))
    response_median = fields.Float("Median Hours to First Answer", readonly=True, aggregator='avg', digits=(16, 1))
    response_p90 = fields.Float(
        "90th Percentile of Hours to First Answer", readonly=True, aggregator='avg', digits=(16, 1), help="Nine of ten were faster.")
    resolution_median = fields.Float("Median Hours to Solution", readonly=True, aggregator='avg', digits=(16, 1))
    resolution_p90 = fields.Float(
        "90th Percentile of Hours to Solution", readonly=True, aggregator='avg', digits=(16, 1), help="Nine of ten were faster.")
    reopened_share = fields.Float("Reopened (%)", readonly=True, aggregator='avg', digits=(16, 1))
    rating = fields.Float(readonly=True, aggregator='avg', digits=(16, 2))

    @property
    def _table_query(self):
        now = fields.Datetime.now()
        local = SQL("(ticket.date_opened AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, 'UTC'))")
        return SQL(
            """SELECT ticket.id, ticket.id AS ticket_id, ticket.company_id, ticket.commercial_partner_id, ticket.team_id, ticket.user_id,
                      ticket.type_id, ticket.kind, ticket.channel, ticket.priority, ticket.state, ticket.date_opened, ticket.date_solved,
                      part.is_open, TO_CHAR(%(local)s, 'HH24') AS hour, TO_CHAR(%(local)s, 'ID') AS weekday,
                      CASE WHEN part.is_open THEN
                          CASE WHEN part.days <= 1 THEN '1' WHEN part.days <= 3 THEN '2' WHEN part.days <= 7 THEN '3'
                               WHEN part.days <= 30 THEN '4' ELSE '5' END END AS age,
                      CASE WHEN part.is_open THEN part.days END AS age_days,
                      part.response AS response_hours, part.response AS response_median, part.response AS response_p90,
                      part.resolution AS resolution_hours, part.resolution AS resolution_median, part.resolution AS resolution_p90,
                      CASE WHEN ticket.reopen_count > 0 THEN 100.0 WHEN ticket.date_solved IS NOT NULL THEN 0 END AS reopened_share,
                      NULLIF(ticket.feedback_rating, 0)::float AS rating
                 FROM crm_ticket AS ticket
                 JOIN res_company AS company ON company.id = ticket.company_id
            LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
           CROSS JOIN LATERAL (
                      SELECT ticket.state IN ('new', 'open', 'waiting') AS is_open,
                             EXTRACT(EPOCH FROM %(now)s::timestamp - ticket.date_opened) / 86400 AS days,
                             EXTRACT(EPOCH FROM ticket.date_first_response - ticket.date_opened) / 3600 AS response,
                             EXTRACT(EPOCH FROM ticket.date_solved - ticket.date_opened) / 3600 AS resolution) AS part
                WHERE ticket.active AND ticket.state <> 'cancelled'""", local=local, now=now)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Medians and percentiles are those of the group, not means of them."""
        name, _sep, function = aggregate_spec.partition(':')
        if function == 'avg' and name in PERCENTILES:
            share, column = PERCENTILES[name]
            return SQL("PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)", share, self._field_to_sql(self._table, column, query))
        return super()._read_group_select(aggregate_spec, query)

    def action_open_ticket(self):
        """Open the ticket of the row."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.ticket', 'res_id': self.ticket_id.id, 'views': [(False, 'form')]}
