from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class CrmEscalationStep(models.Model):
    """What is done as the time of a promise runs out: whom to tell, how, and what to change. Each step is taken once."""
    _name = 'crm.escalation.step'
    _inherit = ['crm.cached']
    _description = "Escalation Step"
    _order = 'policy_id, trigger desc, percent, hours, id'

    policy_id = fields.Many2one('crm.sla.policy', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='policy_id.company_id')
    trigger = fields.Selection(
        [('percent', "At a Share of the Time"), ('after', "After It Was Broken")], "When", required=True, default='percent')
    percent = fields.Integer("Used (%)", default=80, help="Of the promised time; at 100 %, the promise is broken.")
    hours = fields.Float("Hours After", help="Working hours after the promise was broken.")
    whom = fields.Selection(
        [('assignee', "Whoever Has It"), ('leader', "Team Leader"), ('managers', "Service Managers"), ('user', "This Person")],
        "Tell", required=True, default='assignee', help="A ticket that nobody has is told to the team leader, then to the managers.")
    user_id = fields.Many2one('res.users', "Person", domain=[('share', '=', False)], ondelete='restrict')
    how = fields.Selection(
        [('activity', "Activity"), ('mail', "Mail or Inbox, as They Prefer"), ('chat', "Chat Message"), ('none', "Not at All")], "By",
        required=True, default='activity')
    reassign_id = fields.Many2one('res.users', "Give the Ticket To", domain=[('share', '=', False)], ondelete='restrict')
    raise_priority = fields.Boolean("Raise the Priority")
    log_ids = fields.One2many('crm.escalation.log', 'step_id', readonly=True)

    _percent_range = models.Constraint(
        "CHECK(trigger != 'percent' OR (percent > 0 AND percent <= 100))", "A share of the time is 1 to 100 %. Later: after it was broken.")
    _hours_positive = models.Constraint("CHECK(hours >= 0)", "Hours cannot be less than none.")

    @api.constrains('whom', 'user_id', 'how', 'reassign_id', 'raise_priority')
    def _check_complete(self):
        for step in self:
            if step.whom == 'user' and step.how != 'none' and not step.user_id:
                raise ValidationError(self.env._("“%(step)s”: choose the person to tell.", step=step.display_name))
            if step.how == 'none' and not step.reassign_id and not step.raise_priority:
                raise ValidationError(self.env._("“%(step)s” does nothing: tell somebody, or change something.", step=step.display_name))

    @api.depends('trigger', 'percent', 'hours')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for step in self:
            minutes = round(step.hours * 60)
            step.display_name = self.env._("At %(percent)s %%", percent=step.percent) if step.trigger == 'percent' else self.env._(
                "%(hours)d:%(minutes)02d h after", hours=minutes // 60, minutes=minutes % 60)

    @api.model
    @tools.ormcache('policy_id')
    def _of_policy(self, policy_id):
        """Return what the moments of a policy's steps hang on: a tuple of (id of the step, trigger, percent, hours)."""
        steps = self.sudo().search([('policy_id', '=', policy_id)])  # what is done in time, does not depend on who looks
        return tuple((step.id, step.trigger, step.percent, step.hours) for step in steps)

    @api.model
    def _moment(self, trigger, percent, hours, minutes, when):
        """Return the moment of a step.

        :param minutes: what is promised
        :param when: function of (seconds of the promise, beyond), see :func:`..tools.sla_clock.moment`
        """
        if trigger == 'percent':
            return when(round(minutes * 60 * percent / 100), percent == 100)
        return when(round((minutes + hours * 60) * 60), not hours)

    def _people(self, ticket):
        """Return whom to tell of a ticket."""
        self.ensure_one()
        people = {
            'assignee': ticket.user_id or ticket.team_id.user_id, 'leader': ticket.team_id.user_id, 'user': self.user_id,
        }.get(self.whom, self.env['res.users']).filtered('active')
        return people or self._managers(ticket.company_id)

    def _managers(self, company):
        """Return the service managers of a company; OdooBot is none."""
        managers = self.env.ref('crm_service.group_service_manager').sudo().all_user_ids  # groups are not for everybody to read
        return managers.filtered(lambda user: user.active and not user.share and company in user.company_ids and user.id != 1)
