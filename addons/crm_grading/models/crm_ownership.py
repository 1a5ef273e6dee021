from odoo import api, models
from odoo.fields import Domain

from ..tools.extension import Owned

PREFIX = '_ownership_'


class CrmOwnership(models.AbstractModel):
    """Which open records go along when a customer gets another owner, for handover and stand-in.

    Extension point: a method ``_ownership_<x>(partners)`` (all contacts of the customers) returns the
    :class:`~..tools.extension.Owned` records, or None where it does not apply.
    """
    _name = 'crm.ownership'
    _description = "Ownership of a Customer's Open Records"

    @api.model
    def _declared(self, partners):
        """Return ``{key: Owned}`` of the kinds that the user may read.

        :param partners: any contacts of the customers
        """
        contacts = self.env['res.partner'].with_context(active_test=False).search(
            [('commercial_partner_id', 'in', partners.commercial_partner_id.ids)])
        result = {}
        for name in dir(type(self)):
            owned = name.startswith(PREFIX) and getattr(self, name)(contacts)
            if owned and owned.model in self.env and self.env[owned.model].has_access('read'):
                result[name.removeprefix(PREFIX)] = owned
        return result

    @api.model
    def _records(self, partners, user=None):
        """Return the open records that move with the owner of customers.

        :param partners: any contacts of the customers
        :param user: their present owner; default: whoever owns them, nobody included
        :return: ``{key: recordset}`` of what the user may read; empty kinds are left out
        """
        result = {}
        for key, owned in self._declared(partners).items():
            domain = owned.domain & (Domain(owned.owner, '=', user.id) if user else Domain.TRUE)
            records = self.env[owned.model].search(domain)
            if records:
                result[key] = records
        return result

    # ------------------------------------------------------------------
    # Core's records
    # ------------------------------------------------------------------

    def _ownership_customer(self, partners):
        return Owned(self.env._("Customers"), 'res.partner', Domain('id', 'in', partners.ids))

    def _ownership_lead(self, partners):
        return Owned(
            self.env._("Open leads and opportunities"), 'crm.lead',
            Domain('partner_id', 'in', partners.ids) & Domain('won_status', '=', 'pending'))

    def _ownership_quotation(self, partners):
        return Owned(
            self.env._("Open quotations"), 'sale.order',
            Domain('partner_id', 'in', partners.ids) & Domain('state', 'in', ('draft', 'sent')))

    def _ownership_activity(self, partners):
        """Planned activities on the contacts and on whatever else moves."""
        domains = [Domain('res_model', '=', 'res.partner') & Domain('res_id', 'in', partners.ids)]
        for name in dir(type(self)):
            if not name.startswith(PREFIX) or name in ('_ownership_activity', '_ownership_customer'):
                continue
            owned = getattr(self, name)(partners)
            if owned and owned.model in self.env and 'activity_ids' in self.env[owned.model]._fields:
                query = self.env[owned.model].sudo()._search(owned.domain)  # activities answer for their own access
                domains.append(Domain('res_model', '=', owned.model) & self.env['crm.timeline']._id_domain('res_id', query))
        return Owned(
            self.env._("Planned activities"), 'mail.activity', Domain.OR(domains), close=lambda activities, _reason: activities.unlink())
