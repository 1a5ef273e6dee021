from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.assignment import OPEN, STATES

HOWS = [('activity', "Activity Done"), ('message', "Message Sent"), ('visit', "Visit"), ('stage', "Stage Moved")]
SUBJECTS = {'crm.lead': 'lead_id', 'res.partner': 'partner_id'}


class CrmAssignment(models.Model):
    """A lead or a customer that a rule gave to somebody, and whether that person followed up in time.

    Written by rules and by the job that watches deadlines, never by people. What counts as following up is read from what the
    person has done anyway: an activity, a message to the customer, a visit, a stage.
    """
    _name = 'crm.assignment'
    _description = "Assignment"
    _order = 'date desc, id desc'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    rule_id = fields.Many2one('crm.assignment.rule', readonly=True, index='btree_not_null', ondelete='set null')
    lead_id = fields.Many2one('crm.lead', readonly=True, index='btree_not_null', ondelete='cascade')
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True, index='btree_not_null', ondelete='cascade')
    user_id = fields.Many2one('res.users', "Given To", required=True, readonly=True, index=True)
    team_id = fields.Many2one(
        'crm.team', "Sales Team", compute='_compute_team_id', store=True, precompute=True, index='btree_not_null', ondelete='set null')
    date = fields.Datetime("Given Out", required=True, readonly=True, default=fields.Datetime.now)
    deadline = fields.Datetime("Next Step", readonly=True, help="When the receiver is reminded, the manager told, or somebody else chosen.")
    state = fields.Selection(STATES, required=True, readonly=True, default='waiting', index=True)
    how = fields.Selection(HOWS, "Followed Up By", readonly=True)
    followed_up_at = fields.Datetime("Followed Up", readonly=True)
    response_hours = fields.Float(
        "Hours Until Follow-Up", compute='_compute_response_hours', store=True, aggregator='avg',
        help="Hours by the clock, nights included.")
    note = fields.Char(readonly=True)
    previous_id = fields.Many2one('crm.assignment', "Previous Assignment", readonly=True, index='btree_not_null', ondelete='set null')

    _subject = models.Constraint('CHECK((lead_id IS NULL) != (partner_id IS NULL))', "A lead or a customer is given out, one of both.")
    _one_open_lead = models.UniqueIndex(
        "(lead_id) WHERE state IN ('waiting', 'reminded', 'escalated')", "This lead has been given out to somebody already.")
    _one_open_customer = models.UniqueIndex(
        "(partner_id, company_id) WHERE state IN ('waiting', 'reminded', 'escalated') AND lead_id IS NULL",
        "This customer has been given out to somebody already.")
    _deadline_idx = models.Index("(deadline) WHERE state IN ('waiting', 'reminded', 'escalated')")

    @api.depends('lead_id', 'partner_id')
    def _compute_display_name(self):
        for assignment in self:
            assignment.display_name = (assignment.lead_id or assignment.partner_id).display_name

    @api.model
    def _search_display_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain('lead_id.display_name', operator, value) | Domain('partner_id.display_name', operator, value)

    @api.depends('user_id')
    def _compute_team_id(self):
        for assignment in self:
            teams = assignment.user_id.sudo().crm_team_member_ids.crm_team_id  # memberships of colleagues are no secret
            assignment.team_id = teams.filtered(
                lambda team, assignment=assignment: not team.company_id or team.company_id == assignment.company_id)[:1]

    @api.depends('followed_up_at')
    def _compute_response_hours(self):
        for assignment in self:
            end = assignment.followed_up_at
            assignment.response_hours = (end - assignment.date).total_seconds() / 3600 if end else False

    def _subject_record(self):
        """Return the lead or the contact."""
        self.ensure_one()
        return self.lead_id or self.partner_id

    def action_open_subject(self):
        """Open the lead or the customer."""
        record = self._subject_record()
        return {'type': 'ir.actions.act_window', 'res_model': record._name, 'res_id': record.id, 'views': [(False, 'form')]}

    # ------------------------------------------------------------------
    # What has become of it
    # ------------------------------------------------------------------

    def _settle(self):
        """Close the open assignments that were followed up, and those that were settled otherwise: given to somebody by hand,
        won, lost or archived.

        :return: those that still wait
        """
        waiting = self.filtered(lambda assignment: assignment.state in OPEN)
        done = {row[0]: row[1:] for row in self._follow_ups(waiting)}
        for assignment in waiting.filtered(lambda assignment: assignment.id in done):
            how, moment = done[assignment.id]
            assignment.write({'state': 'followed_up', 'how': how, 'followed_up_at': moment, 'deadline': False})
        waiting = waiting.filtered(lambda assignment: assignment.state in OPEN)
        gone = waiting.filtered(lambda assignment: not assignment._is_current())
        gone.write({'state': 'closed', 'deadline': False})
        return waiting - gone

    def _is_current(self):
        record = self._subject_record()
        still_open = record.active and (record._name != 'crm.lead' or record.won_status == 'pending')
        return still_open and record.user_id == self.user_id

    @api.model
    def _follow_ups(self, assignments):
        """Return rows ``(assignment id, how, naive UTC moment)`` of the first thing that each receiver has done since, one query."""
        if not assignments:
            return []
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """WITH given AS (
                   SELECT assignment.id, assignment.date, assignment.user_id, assignment.lead_id, person.partner_id AS author_id,
                          COALESCE(customer.commercial_partner_id, owner.commercial_partner_id) AS customer_id
                     FROM crm_assignment AS assignment
                     JOIN res_users AS person ON person.id = assignment.user_id
                LEFT JOIN crm_lead AS lead ON lead.id = assignment.lead_id
                LEFT JOIN res_partner AS customer ON customer.id = lead.partner_id
                LEFT JOIN res_partner AS owner ON owner.id = assignment.partner_id
                    WHERE assignment.id = ANY(%(ids)s)),
               written AS (
                   SELECT given.id, given.date AS since, message.id AS message_id
                     FROM given
                     JOIN mail_message AS message ON message.model = 'crm.lead' AND message.res_id = given.lead_id
                    WHERE message.author_id = given.author_id AND message.date >= given.date
                UNION ALL
                   SELECT given.id, given.date, message.id
                     FROM given
                     JOIN res_partner AS contact ON contact.commercial_partner_id = given.customer_id
                     JOIN mail_message AS message ON message.model = 'res.partner' AND message.res_id = contact.id
                    WHERE message.author_id = given.author_id AND message.date >= given.date),
               done AS (
                   SELECT written.id, message.date AS moment,
                          CASE WHEN message.mail_activity_type_id IS NOT NULL THEN 'activity'
                               WHEN message.message_type IN ('comment', 'email_outgoing') AND public.id IS NOT NULL THEN 'message'
                               WHEN EXISTS (SELECT
                                              FROM mail_tracking_value AS value
                                              JOIN ir_model_fields AS field ON field.id = value.field_id
                                             WHERE value.mail_message_id = message.id AND field.name = 'stage_id') THEN 'stage'
                          END AS how
                     FROM written
                     JOIN mail_message AS message ON message.id = written.message_id
                LEFT JOIN mail_message_subtype AS public ON public.id = message.subtype_id AND public.internal IS NOT TRUE
                UNION ALL
                   SELECT given.id, visit.actual_end, 'visit'
                     FROM given
                     JOIN crm_visit AS visit
                       ON visit.partner_id = given.customer_id AND visit.user_id = given.user_id
                      AND visit.state = 'done' AND visit.actual_end >= given.date)
               SELECT DISTINCT ON (id) id, how, moment
                 FROM done
                WHERE how IS NOT NULL
             ORDER BY id, moment""", ids=assignments.ids))
