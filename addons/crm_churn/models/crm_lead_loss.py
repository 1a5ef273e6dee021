from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 500


class CrmLead(models.Model):
    """What a loss says about its lead."""
    _inherit = 'crm.lead'

    def _churn_record_lost(self, kind=None, at_creation=False):
        """Record the loss of these leads.

        As superuser: the loss tells the grade, the reasons and the purchases of the customer, whoever is at work.

        :param kind: see :mod:`..tools.loss`; default: lead or opportunity lost
        :param bool at_creation: take the day on which the lead was closed instead of today
        :return: the losses
        """
        vals_list = []
        for company, leads in self.sudo().grouped(lambda lead: lead._churn_company()).items():
            vals_list += leads.with_company(company)._churn_vals(company, kind, at_creation)
        return self.env['crm.churn.event']._record(vals_list)

    @api.model
    def _churn_record_past(self):
        """Record what was lost before there was a record of losses, on the days on which it was closed.

        :return: number of losses
        """
        lost = self.with_context(active_test=False).search(
            [('won_status', '=', 'lost'), ('date_closed', '!=', False), ('crm_churn_event_ids', '=', False)], order='date_closed, id')
        for start in range(0, len(lost), BATCH):
            lost[start:start + BATCH]._churn_record_lost(at_creation=True)
        return len(lost)

    def _churn_company(self):
        """Return the company that loses: a lead may belong to none."""
        return self.company_id or self.team_id.company_id or self.user_id.company_id or self.env.company

    def _churn_vals(self, company, kind, at_creation):
        scope = company._crm_metric_scope()
        followed = self._churn_first_follow_up(company)
        furthest = self.env['crm.churn.stage.log']._furthest(self)
        reasons = self.lost_reason_id._churn_reasons(company) if kind is None else {}
        yearly = self.env['crm.churn.event']._yearly_values(company, self.partner_id.commercial_partner_id)
        vals_list = []
        for lead in self:
            closed = at_creation and lead.date_closed
            date = fields.Datetime.context_timestamp(self.with_context(tz=scope.tz), closed).date() if closed else scope.date
            first, is_sale = followed.get(lead.id), lead.type == 'opportunity'
            partner = lead.partner_id.commercial_partner_id
            reason = reasons.get(lead.lost_reason_id)
            order = lead._churn_main_order()
            vals_list.append({
                'name': lead.name, 'company_id': company.id, 'lead_id': lead.id, 'date': date,
                'kind': kind or ('opportunity' if is_sale else 'lead'),
                'phase': 'sale' if is_sale else 'lead' if partner else 'visitor',
                'stage_id': is_sale and lead.stage_id.id, 'stage_reached_id': is_sale and furthest.get(lead.id),
                'date_first': first if first and first <= date else False,
                'user_id': lead.user_id.id, 'team_id': lead.team_id.id, 'grade_id': lead.crm_grade_id.id,
                'source_id': lead.source_id.id,
                'amount': lead.company_currency._convert(lead.expected_revenue, company.currency_id, company, date),
                'margin': order._churn_margin(company) if order else 0.0, 'product_id': order._churn_main_product().id,
                'yearly_value': yearly.get(partner.id, 0.0),
                **self.env['crm.churn.event']._place_vals(partner),
                'country_id': lead.country_id.id or partner.country_id.id, 'state_id': lead.state_id.id or partner.state_id.id,
                'reason_ids': [fields.Command.create({'reason_id': reason.id, 'weight': 100.0, 'is_main': True})] if reason else [],
            })
        return vals_list

    def _churn_main_order(self):
        """Return the newest quotation of the opportunity that says what was to be sold, given up or not."""
        return self.order_ids.filtered('order_line').sorted(lambda order: (order.date_order, order.id))[-1:]

    def _churn_explain_by_lost_reason(self):
        """Take Odoo's own lost reason over where the loss has no reason yet. As superuser: it was given by who may write the lead."""
        events = self.env['crm.churn.event'].sudo().search([('lead_id', 'in', self.ids)], order='id')
        latest = {event.lead_id: event for event in events}
        for lead in self.sudo():
            event = latest.get(lead)
            if event and not event.reason_ids:
                reason = lead.lost_reason_id._churn_reasons(event.company_id)[lead.lost_reason_id]
                event._explain([(reason, 100.0, True)])

    def _churn_first_follow_up(self, company):
        """Return ``{lead id: day}`` on which one of us first wrote, met or did an activity about it, in the company's time zone.

        Not the day of assignment (``date_open``), which moves with each salesperson; internal notes follow nothing up.
        """
        self.env.flush_all()
        condition = SQL("lead.id IN %s", tuple(self.ids) or (0,))
        return dict(self.env.execute_query(self._churn_follow_up_sql(company, condition)))

    def _churn_follow_up_sql(self, company, condition):
        """Return the relation ``(lead_id, date)`` of the first follow-up of the leads (alias ``lead``) that meet a condition."""
        scope = company._crm_metric_scope()
        return SQL(
            """SELECT lead.id AS lead_id, MIN(step.date) AS date
                 FROM crm_lead AS lead
                 JOIN LATERAL (
                      SELECT %(message_day)s AS date
                        FROM mail_message AS message
                       WHERE message.model = 'crm.lead' AND message.res_id = lead.id AND %(touching)s
                         AND EXISTS (SELECT FROM res_users AS us
                                      WHERE us.partner_id = message.author_id AND us.share IS NOT TRUE AND us.id > 1)
                       UNION ALL
                      SELECT activity.date_done
                        FROM mail_activity AS activity
                       WHERE activity.res_model = 'crm.lead' AND activity.res_id = lead.id
                         AND NOT activity.active AND activity.date_done IS NOT NULL
                       UNION ALL
                      SELECT CASE WHEN event.allday THEN event.start_date ELSE %(meeting_day)s END
                        FROM calendar_event AS event
                       WHERE event.opportunity_id = lead.id AND event.active
                 ) AS step ON step.date BETWEEN %(created)s AND %(today)s
                WHERE %(condition)s
             GROUP BY lead.id""",
            message_day=scope.day(SQL("message.date")), meeting_day=scope.day(SQL("event.start")),
            touching=self.env['crm.metric']._is_touching_message(), created=scope.day(SQL("lead.create_date")), today=scope.date,
            condition=condition)
