from odoo import models


def has_team(records):
    """Return whether records stand under a sales team."""
    field = records._fields.get('team_id')
    return bool(field) and field.comodel_name == 'crm.team' and field.store


class ResUsers(models.Model):
    """Sales teams of people, and how records come under them."""
    _inherit = 'res.users'

    def _crm_leaders(self):
        """Return who leads a sales team in which one of these people works, themselves left out."""
        people = self.sudo()  # who works in which team is no secret
        return people.crm_team_member_ids.crm_team_id.user_id - people

    def _crm_sales_team(self, company):
        """Return the team under which a person's records in a company go: where the person works, else what the person leads."""
        self.ensure_one()
        teams = self.sudo().crm_team_member_ids.crm_team_id  # as in _crm_leaders
        teams |= teams.search([('user_id', '=', self.id)], limit=1)
        return teams.filtered(lambda team: not team.company_id or team.company_id == company)[:1]

    def _crm_teams_after(self, records, company):
        """Return ``{team: records}``: a record stays under its team where the person works in or leads that, else goes along.

        Nothing but ``{None: records}`` for records without a team.
        """
        self.ensure_one()
        if not has_team(records):
            return {None: records}
        team = self._crm_sales_team(company)
        return records.grouped(
            lambda record: record.team_id if self in record.team_id.member_ids | record.team_id.user_id else team)

    def _crm_take_over(self, records, company, owner='user_id'):
        """Make the person the owner of records, in as many writes as teams: left to Odoo, the team of each record is looked up."""
        for team, share in self._crm_teams_after(records, company).items():
            share.write({owner: self.id} | ({} if team is None else {'team_id': team.id}))
