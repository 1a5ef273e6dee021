import ast

from odoo import api, fields, models


class CrmServiceTeam(models.Model):
    """People who answer customers together: their address, their working time, and how they share the work."""
    _name = 'crm.service.team'
    _description = "Service Team"
    _inherit = ['mail.alias.mixin', 'mail.thread']
    _order = 'sequence, name, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one('res.users', "Team Leader", check_company=True, index='btree_not_null', domain=[('share', '=', False)])
    member_ids = fields.One2many('crm.service.member', 'team_id', "Members")
    type_id = fields.Many2one(
        'crm.ticket.type', "Default Type", check_company=True, ondelete='restrict', help="Of tickets that come by mail to this team.")
    calendar_id = fields.Many2one(
        'resource.calendar', "Working Hours", check_company=True, default=lambda self: self.env.company.resource_calendar_id,
        help="When the team works: promises count this time only. Empty: around the clock.")
    assignment = fields.Selection(
        [('manual', "By Hand"), ('turn', "In Turn"), ('load', "Whoever Has the Fewest Open Tickets")], required=True, default='manual')
    color = fields.Integer()
    active = fields.Boolean(default=True)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values['alias_model_id'] = self.env['ir.model']._get('crm.ticket').id
        if self.id:
            values['alias_defaults'] = defaults = ast.literal_eval(self.alias_defaults or '{}')
            defaults.update(team_id=self.id, company_id=self.company_id.id)
        return values

    def write(self, vals):
        result = super().write(vals)
        if {'company_id', 'alias_defaults'} & vals.keys():
            for team in self:
                team.alias_id.sudo().write(team._alias_get_creation_values())  # the lead of a team has no right to aliases
        return result


class CrmServiceMember(models.Model):
    """What somebody does in a team: what one knows, which languages one speaks, how much one takes."""
    _name = 'crm.service.member'
    _description = "Service Team Member"
    _order = 'team_id, id'
    _rec_name = 'user_id'

    team_id = fields.Many2one('crm.service.team', required=True, index=True, ondelete='cascade')
    user_id = fields.Many2one('res.users', required=True, index=True, ondelete='cascade', domain=[('share', '=', False)])
    company_id = fields.Many2one(related='team_id.company_id', store=True)
    tag_ids = fields.Many2many('crm.ticket.tag', string="Skills")
    lang_ids = fields.Many2many('res.lang', string="Languages")
    capacity = fields.Integer("At Most Open Tickets", help="0: no limit.")
    is_absent = fields.Boolean("Away", help="Gets no tickets for the time being.")
    date_assigned = fields.Datetime("Last Assigned", readonly=True)

    _member_uniq = models.UniqueIndex('(team_id, user_id)', "This person is a member of the team already.")

    @api.depends('user_id', 'team_id')
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.user_id.name} ({member.team_id.name})"
