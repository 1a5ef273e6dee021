import pytz

from odoo import api, fields, models
from odoo.tools import SQL

CONTACT_MESSAGES = ('comment', 'email', 'email_outgoing')
FACTS = ('met_date', 'heard_date', 'last_interaction', 'is_contacted')
READ = {
    'crm.stakeholder': ['partner_id', 'lead_id'], 'crm.lead': ['partner_id', 'company_id'],
    'crm.visit': ['state', 'date', 'lead_id', 'partner_id', 'company_id', 'actual_end', 'date_end', 'contact_ids'],
    'mail.message': ['model', 'res_id', 'message_type', 'author_id', 'partner_ids', 'date'],
}


class CrmStakeholder(models.Model):
    """Contacted, and when last: taken from visits and messages, by one query for any number of stakeholders."""
    _inherit = 'crm.stakeholder'

    met_date = fields.Date(
        "Last Met", compute='_compute_facts', store=True, compute_sudo=True,
        help="Last visit made in which the person was met: for this opportunity, or for the customer since it began.")
    heard_date = fields.Date(
        "Last Heard From", compute='_compute_facts', store=True, compute_sudo=True,
        help="Last message that the person wrote to us on this opportunity.")
    last_interaction = fields.Date(
        compute='_compute_facts', store=True, compute_sudo=True,
        help="Last visit, or message from or to the person, on this opportunity.")
    is_contacted = fields.Boolean(
        "Contacted", compute='_compute_facts', store=True, compute_sudo=True,
        help="Met in a visit of whatever kind, or has written to us. A mail without an answer is no contact.")

    _person_idx = models.Index("(partner_id, lead_id)")

    @api.depends('partner_id', 'lead_id')  # visits and messages say themselves when they change: see _facts_changed
    def _compute_facts(self):
        facts = {}
        if self._origin:
            for model, names in READ.items():
                self.env[model].flush_model(names)
            facts = {row[0]: row[1:] for row in self.env.execute_query(self._origin._facts_sql())}
        zones = {}
        for stakeholder in self:
            met, *messages = facts.get(stakeholder._origin.id, (None, None, None))
            company = stakeholder.company_id or self.env.company
            zone = zones.setdefault(company, pytz.timezone(company._crm_tz()))
            heard, told = (moment and pytz.utc.localize(moment).astimezone(zone).date() for moment in messages)
            stakeholder.met_date = met
            stakeholder.heard_date = heard
            stakeholder.last_interaction = max((date for date in (met, heard, told) if date), default=False)
            stakeholder.is_contacted = bool(met or heard)

    def _facts_sql(self):
        """Return the query ``(stakeholder_id, day last met, moment last heard from, moment last told something)``, moments in UTC."""
        return SQL(
            """
            SELECT stakeholder.id, visit.met, message.heard, message.told
              FROM crm_stakeholder AS stakeholder
              JOIN crm_lead AS lead ON lead.id = stakeholder.lead_id
              LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
              LEFT JOIN LATERAL (
                    SELECT MAX(visit.date) AS met
                      FROM crm_visit_contact_rel AS met JOIN crm_visit AS visit ON visit.id = met.visit_id
                     WHERE met.partner_id = stakeholder.partner_id AND visit.state = 'done' AND %(of_the_deal)s
              ) AS visit ON TRUE
              LEFT JOIN LATERAL (
                    SELECT MAX(message.date) FILTER (WHERE message.author_id = stakeholder.partner_id) AS heard,
                           MAX(message.date) FILTER (WHERE EXISTS (
                                SELECT 1 FROM mail_message_res_partner_rel AS addressee
                                 WHERE addressee.mail_message_id = message.id
                                   AND addressee.res_partner_id = stakeholder.partner_id)) AS told
                      FROM mail_message AS message
                     WHERE message.model = 'crm.lead' AND message.res_id = lead.id AND message.message_type IN %(types)s
              ) AS message ON TRUE
             WHERE stakeholder.id IN %(ids)s
            """,
            of_the_deal=self.env['crm.lead']._crm_visit_of_deal_sql(), types=CONTACT_MESSAGES, ids=tuple(self.ids))

    @api.model
    def _facts_changed(self, partners):
        """Look anew at the deals of people whom a visit was made to or a message concerned: when the changes are saved.

        :param partners: res.partner, the people
        """
        if partners:
            self.sudo().search([('partner_id', 'in', partners.ids)])._refresh_facts()  # facts are facts, whoever's deal it is

    def _refresh_facts(self):
        """Look anew when next read or saved, and judge the deals anew with it."""
        for name in FACTS:
            self.env.add_to_compute(self._fields[name], self)
        self.modified(['is_contacted'])
