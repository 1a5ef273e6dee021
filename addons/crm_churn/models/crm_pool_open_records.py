from odoo import models
from odoo.fields import Domain


class CrmPool(models.Model):
    """What is still open at a customer when its owner changes by the pool: closed or handed over, never orphaned."""
    _inherit = 'crm.pool'

    def _settle(self, customers, owner, heir, closing):
        """Close or hand over the open records that an owner has at customers: of every kind that an addon declares.

        With all rights: whoever moves a customer need not see what moves along.

        :param customers: commercial partners
        :param closing: end those kinds that say how, such as planned activities and visits
        """
        if owner == heir and not closing:
            return
        for key, owned in self.env['crm.ownership']._declared(customers).items():
            if key == 'customer':
                continue
            records = self.env[owned.model].search(owned.domain & Domain(owned.owner, '=', owner.id))
            records = self._of_company(records)
            if not records:
                continue
            if closing and owned.close:
                owned.close(records, self.env._("The customer went to the pool “%(pool)s”.", pool=self.name))
            elif owner != heir:
                records.write({owned.owner: heir.id})

    def _of_company(self, records):
        """Leave out what belongs to another company."""
        if 'company_id' not in records._fields:
            return records
        return records.filtered(lambda record: not record.company_id or record.company_id == self.company_id)
