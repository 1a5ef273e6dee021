import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CODE = re.compile(r'[a-z0-9]+(-[a-z0-9]+)*')


class CrmServiceTeam(models.Model):
    """A public form of a team's own: what is sent there is the team's, in its company.

    The plain form at ``/service/new`` belongs to the company of the visitor, which is the same one for everybody who has not signed in. A
    company of a group puts the link of one of its teams on its pages instead.
    """
    _inherit = 'crm.service.team'

    form_code = fields.Char(
        "Name in the Link", copy=False,
        help="Small letters and digits, with hyphens between them. What is sent by this form goes to this team and its company. Empty: the "
        "team has no form of its own.")
    form_url = fields.Char("Public Form", compute='_compute_form_url')

    _form_code_uniq = models.UniqueIndex('(form_code)', "Another team has this name in its link already: choose another one.")

    @api.constrains('form_code')
    def _check_form_code(self):
        for team in self:
            if team.form_code and not (CODE.fullmatch(team.form_code) and len(team.form_code) <= 64):
                raise ValidationError(self.env._(
                    "“%(code)s” cannot stand in a link: use at most 64 small letters and digits, with hyphens between them.",
                    code=team.form_code))

    @api.depends('form_code')
    def _compute_form_url(self):
        for team in self:
            team.form_url = team.form_code and f'{team.get_base_url()}{team._form_path()}'

    def _form_path(self):
        """Return the path of the form, the plain one for no team."""
        return f'/service/new/{self.form_code}' if self.form_code else '/service/new'

    @api.model
    def _of_form(self, code):
        """Return the team whose form has a name in its link, in sudo; none where there is none any more."""
        return self.sudo().search([('form_code', '=', code)], limit=1) if code else self.sudo()  # the link is public
