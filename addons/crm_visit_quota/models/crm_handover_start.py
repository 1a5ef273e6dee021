from odoo import models
from odoo.exceptions import UserError


def start_handover(partners):
    """Return the action that opens a new handover of the chosen contacts' customers.

    :raise UserError: unless one person looks after them all
    """
    env = partners.env
    customers = partners.commercial_partner_id
    owners = customers.user_id
    if len(owners) != 1:
        raise UserError(
            env._("These customers have several salespersons. Choose customers of one person.") if owners else
            env._("These customers have no salesperson yet. Set one on each contact, or let the assignment rules give them out."))
    return {
        'type': 'ir.actions.act_window', 'name': env._("Hand Over"), 'res_model': 'crm.handover', 'views': [(False, 'form')],
        'context': {
            'default_user_id': owners.id, 'default_scope': 'some', 'default_partner_ids': customers.filtered('user_id').ids},
    }


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def action_crm_hand_over(self):
        """Start a handover of these customers."""
        return start_handover(self)


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    def action_crm_hand_over(self):
        """Start a handover of these customers."""
        return start_handover(self.partner_id)
