from odoo import fields, models


class CrmServiceTeam(models.Model):
    """How a team takes mail."""
    _inherit = 'crm.service.team'

    acknowledge_template_id = fields.Many2one(
        'mail.template', "Acknowledgement", domain=[('model', '=', 'crm.ticket')], ondelete='restrict',
        default=lambda self: self.env.ref('crm_service.mail_template_ticket_acknowledged', raise_if_not_found=False),
        help="Is sent at once to whoever opens a ticket by mail or on our pages. Empty: nothing is sent.")
    takes_machine_mail = fields.Boolean(
        "Tickets From Machines", help="Mail that a form, a device or a monitoring system sends becomes a ticket, without acknowledgement. "
        "Otherwise it is kept aside.")
    mail_quiet_limit = fields.Integer(
        "Acknowledged per Hour", default=5,
        help="From one sender; more within an hour become tickets without acknowledgement. 0: no limit.")
    mail_aside_limit = fields.Integer(
        "Accepted per Hour", default=20, help="From one sender, or on one ticket; more within an hour are kept aside. 0: no limit.")
    aside_count = fields.Integer("Mail Kept Aside", compute='_compute_aside_count', groups='crm_service.group_service_lead')

    _mail_limits = models.Constraint('CHECK(mail_quiet_limit >= 0 AND mail_aside_limit >= 0)', "A limit cannot be less than none.")

    def _compute_aside_count(self):
        counts = dict(self.env['crm.mail.aside']._read_group(
            [('team_id', 'in', self.ids), ('state', '=', 'kept')], ['team_id'], ['__count']))
        for team in self:
            team.aside_count = counts.get(team, 0)
