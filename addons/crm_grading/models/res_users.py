from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    @api.private
    def crm_standin_domain(self, owner, customer=None):
        """Return the domain of the records that this user may treat as own for the moment, standing in for a colleague.

        For record rules of documents with an owner, beside the rule for own documents:
        ``user.crm_standin_domain('user_id', 'partner_id')``. Nobody stands in for anybody, unless an addon says so.

        :param str owner: path to the owner
        :param str customer: path to any contact of the customer; None: the documents belong to no single customer
        """
        return list(Domain.FALSE)
