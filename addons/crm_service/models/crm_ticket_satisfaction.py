from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import plaintext2html


class CrmTicketType(models.Model):
    _inherit = 'crm.ticket.type'

    survey = fields.Selection(
        [('none', "Nothing"), ('rating', "A Rating"), ('full', "A Rating, Recommendation and Effort")], "Ask When Closed",
        required=True, default='rating', help="What the customer is asked by mail after a ticket of this type was closed.")
    survey_days = fields.Integer(
        "Ask at Most Every (Days)", default=7, help="The same person is not asked again sooner, however many tickets are closed.")


class CrmTicket(models.Model):
    """After a ticket was closed, its customer is asked; who is not content hears from somebody else than whoever served."""
    _inherit = 'crm.ticket'

    feedback_ids = fields.One2many('crm.ticket.feedback', 'ticket_id', readonly=True)
    feedback_rating = fields.Integer("Customer's Rating", copy=False, readonly=True, aggregator='avg')
    feedback_comment = fields.Text("Customer's Comment", copy=False, readonly=True)

    @api.model
    def _after_log(self, logs):
        result = super()._after_log(logs)
        closed = logs.filtered(lambda log: log.event == 'stage' and log.state == 'closed').ticket_id
        if closed:
            closed._ask_feedback()
        return result

    def _ask_feedback(self):
        """Ask the customers of closed tickets by mail, each person at most once in the days that the type says.

        Not asked are people of ours, people without an address, and those who do not want to be.
        """
        tickets = self.sudo().filtered(  # whoever closes a ticket, its customer is asked
            lambda ticket: ticket.state == 'closed' and ticket.type_id.survey != 'none' and ticket._may_ask())
        asked = dict(self.env['crm.ticket.feedback'].sudo()._read_group(
            [('partner_id', 'in', tickets.partner_id.ids)], ['partner_id'], ['date_sent:max']))
        vals_list, now = [], fields.Datetime.now()
        for ticket in tickets:
            last = asked.get(ticket.partner_id)
            if last and last > fields.Datetime.subtract(now, days=ticket.type_id.survey_days):
                continue
            asked[ticket.partner_id] = now
            vals_list.append({**ticket._feedback_vals(), 'date_sent': now})
        self.env['crm.ticket.feedback'].sudo().create(vals_list)._send()

    def _feedback_vals(self):
        """Return what a question to the customer keeps of the ticket as it stands."""
        return {
            'ticket_id': self.id, 'company_id': self.company_id.id, 'partner_id': self.partner_id.id,
            'commercial_partner_id': self.commercial_partner_id.id, 'user_id': self.user_id.id, 'team_id': self.team_id.id,
            'type_id': self.type_id.id, 'survey': self.type_id.survey, 'weight': self.env['crm.ticket.feedback']._weight(self)}

    def _may_ask(self):
        """Whether the customer of the ticket can be asked: a person with an address who is none of us, and not who served."""
        partner = self.partner_id
        users = partner.with_context(active_test=False).user_ids
        return bool(partner.email_normalized) and partner._crm_wants('survey') and not self.merged_into_id and all(users.mapped('share'))

    def _feedback_came(self, feedback, followed_up=False):
        """Keep the last word of the customer on the ticket, beside Odoo's own ratings; somebody follows up where it is low.

        :param followed_up: whether that was asked for already
        """
        self.ensure_one()
        self.write({'feedback_rating': feedback.rating, 'feedback_comment': feedback.comment})
        if feedback.rating:
            ratings = self.env['rating.rating'].sudo()  # written by this page only, see rating_rating.py
            domain = [('res_model', '=', 'crm.ticket'), ('res_id', '=', self.id), ('partner_id', '=', feedback.partner_id.id)]
            vals = {'rating': feedback.rating, 'feedback': feedback.comment, 'consumed': True}
            rating = ratings.search(domain, limit=1)
            if rating:
                rating.write(vals)
            else:
                ratings.create({
                    **vals, 'res_model_id': self.env['ir.model']._get_id('crm.ticket'), 'res_id': self.id,
                    'partner_id': feedback.partner_id.id, 'rated_partner_id': feedback.user_id.partner_id.id})
        self.message_post(body=feedback._told(), author_id=feedback.partner_id.id, subtype_xmlid='mail.mt_note')
        if feedback.is_low and not followed_up:
            self._follow_up_low(feedback)

    def _follow_up_low(self, feedback):
        """Ask the leader of the team, else a manager of the service, to speak to the customer; never who served."""
        leader = self.team_id.user_id
        if not leader or leader == self.user_id:
            managers = self.env.ref('crm_service.group_service_manager').all_user_ids.filtered(
                lambda user: self.company_id in user.company_ids and not user.share and user != self.user_id and user.id != 1)
            leader = managers.sorted('id')[:1] or leader
        if leader:
            # in the name of Odoo: the public user, who has come by a link, is unknown in other companies
            self.with_user(SUPERUSER_ID).activity_schedule(
                'mail.mail_activity_data_call', user_id=leader.id, summary=self.env._("Low rating: speak to the customer"),
                note=feedback._told())


class CrmTicketFeedback(models.Model):
    _inherit = 'crm.ticket.feedback'

    def _send(self):
        """Send the questions in the language of each customer. The mails belong to no document: their links are the customer's alone."""
        template = self.env.ref('crm_service.mail_template_feedback', raise_if_not_found=False)
        if template:
            for feedback in self:
                template.sudo().send_mail(  # its link is known to nobody else
                    feedback.id, force_send=False, email_values={'model': False, 'res_id': False})

    def _link(self, rating=None):
        """Return the address at which the customer answers.

        :param rating: what a click in the mail stands for
        """
        self.ensure_one()
        url = f'{self.get_base_url()}/service/feedback/{self.sudo().token}'  # the customer's own link
        return f'{url}?rating={rating}' if rating else url

    def _told(self):
        """Return what the customer said, as HTML."""
        parts = []
        if self.rating:
            parts.append(self.env._("Rating: %(rating)s of 5", rating=self.rating))
        if self.has_nps:
            parts.append(self.env._("Would recommend us: %(nps)s of 10", nps=self.nps))
        if self.effort:
            parts.append(self.env._("Ease: %(effort)s of 7", effort=self.effort))
        body = Markup("<p>{}</p>").format(", ".join(parts))
        return body + plaintext2html(self.comment) if self.comment else body
