from odoo import api, fields, models

NOTICES = ('acknowledged', 'status', 'solved', 'survey', 'care')   # what a customer may do without


class ResPartner(models.Model):
    """What customers want to hear from the service, and whose tickets they see in the portal."""
    _inherit = 'res.partner'

    # empty is what most people have, so that nothing has to be written to a million contacts
    crm_service_scope = fields.Selection(
        [('own', "Own Tickets"), ('company', "All Tickets of the Company")], "Tickets in the Portal",
        help="Which tickets this person finds in the portal. Empty: the own ones.")
    crm_service_admin = fields.Boolean(
        "Administrator of the Company", help="Says in the portal which colleagues see all tickets of the company.")
    crm_service_channel = fields.Selection(
        [('mail', "By E-mail"), ('portal', "In the Portal Only")], "Service Tells", help="Empty: by e-mail.")
    crm_service_mute_acknowledged = fields.Boolean("No Confirmation of Receipt")
    crm_service_mute_status = fields.Boolean("No Notice of Progress")
    crm_service_mute_solved = fields.Boolean("No Notice When Solved")
    crm_service_mute_survey = fields.Boolean("No Questions About Satisfaction")
    crm_service_mute_care = fields.Boolean("No Care Letters")

    def _crm_wants(self, notice):
        """Return whether a person wants to be told something by mail.

        Answers of people are always sent; this is about what the system sends by itself. Who wants to read in the portal only gets no
        mail, provided that there is a sign-in. Nobody (an empty record: a sender that we do not know) wants everything.

        :param notice: acknowledged (receipt of a ticket), status (it went on), solved, survey (how it was), care (letters of care)
        """
        if notice not in NOTICES:
            raise ValueError(f"No such notice: {notice}")
        if not self:
            return True
        person = self.sudo()  # whoever acts for the service may have no right to the contact
        person.ensure_one()
        if person[f'crm_service_mute_{notice}']:
            return False
        return person.crm_service_channel != 'portal' or not person.user_ids

    # ------------------------------------------------------------------
    # People who leave
    # ------------------------------------------------------------------

    def write(self, vals):
        moves = bool({'parent_id', 'is_company'} & vals.keys())
        people = self._crm_service_people() if moves else self.browse()
        before = {person: person.commercial_partner_id for person in people}
        result = super().write(vals)
        moved = people.filtered(lambda person: before[person] != person.commercial_partner_id)
        if moved:
            moved._crm_service_moved(before, vals)
        if 'active' in vals and not vals['active']:
            self._crm_service_forget_links()
        return result

    def _crm_service_people(self):
        """Return these contacts and all below them, in sudo: whoever moves them need not see tickets."""
        return self.sudo().with_context(active_test=False).search([('id', 'child_of', self.ids)])

    def _crm_service_moved(self, before, vals):
        """Let people who belong to another customer now leave behind what they saw of the former one.

        Their tickets stay with the customer they were opened for. Those of somebody who belonged to no company come along.

        :param before: {person: customer}
        """
        tickets = self.env['crm.ticket'].sudo().with_context(active_test=False)
        lonely = self.filtered(lambda person: before[person] == person)
        if lonely:
            along = tickets.search([('partner_id', 'in', lonely.ids), ('commercial_partner_id', 'in', lonely.ids)]).filtered(
                lambda ticket: ticket.commercial_partner_id == ticket.partner_id)
            along.modified(['partner_id'])   # looks up the customer again
        for name in {'crm_service_scope', 'crm_service_admin'} - vals.keys():   # given for the former customer
            self.filtered(name).write({name: False})
        self._crm_service_forget_links()
        left = self.env['mail.followers'].sudo().search([('res_model', '=', 'crm.ticket'), ('partner_id', 'in', self.ids)])
        followed = {ticket.id: ticket.commercial_partner_id for ticket in tickets.browse(left.mapped('res_id')).exists()}
        left.filtered(lambda follower: followed.get(follower.res_id) != follower.partner_id.commercial_partner_id).unlink()

    def _crm_service_forget_links(self):
        """Make the links to the tickets of these people void that went out by mail."""
        tickets = self.env['crm.ticket'].sudo().with_context(active_test=False)  # whoever archives a contact need not see tickets
        tickets.search([('partner_id', 'in', self.ids), ('access_token', '!=', False)]).write({'access_token': False})

    # ------------------------------------------------------------------
    # Colleagues
    # ------------------------------------------------------------------

    def _crm_service_colleagues(self):
        """Return the people of the same customer who can sign in to the portal, the person included, in sudo."""
        self.ensure_one()
        customer = self.sudo().commercial_partner_id  # the domain is the own company's
        if not customer.is_company:
            return self.sudo()
        return customer.search([('commercial_partner_id', '=', customer.id), ('user_ids.share', '=', True)], order='name, id')

    @api.model
    def _crm_service_preferences(self):
        """Return the fields that people set for themselves on the page of preferences."""
        return [f'crm_service_mute_{notice}' for notice in NOTICES]
