from odoo import api, models

CONCERNS = {'state', 'contact_ids', 'lead_id', 'partner_id', 'company_id', 'date_start', 'date_end', 'actual_start', 'actual_end'}


class CrmVisit(models.Model):
    """Who was met in a visit is contacted in the customer's deals: told to the stakeholders by one query per call."""
    _inherit = 'crm.visit'

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        self.env['crm.stakeholder']._facts_changed(visits._met())
        return visits

    def write(self, vals):
        if CONCERNS.isdisjoint(vals):
            return super().write(vals)
        met = self._met()
        result = super().write(vals)
        self.env['crm.stakeholder']._facts_changed(met | self._met())
        return result

    def unlink(self):
        met = self._met()
        result = super().unlink()
        self.env['crm.stakeholder']._facts_changed(met)
        return result

    def _met(self):
        """Return the people met in those of the visits that were made."""
        return self.filtered(lambda visit: visit.state == 'done').contact_ids
