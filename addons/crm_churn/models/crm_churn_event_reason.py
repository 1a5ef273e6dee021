from odoo import api, fields, models


class CrmChurnEventReason(models.Model):
    """One of the reasons of a loss, with its share of it. Marking another one as the main reason takes the mark off the first."""
    _name = 'crm.churn.event.reason'
    _description = "Reason of a Loss"
    _order = 'event_id, is_main desc, weight desc, id'
    _rec_name = 'reason_id'

    event_id = fields.Many2one('crm.churn.event', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='event_id.company_id', store=True, index=True)
    reason_id = fields.Many2one('crm.churn.reason', required=True, ondelete='restrict', index=True)
    weight = fields.Float("Weight (%)", default=100.0, aggregator='avg', help="Share of the loss, from 0 to 100.")
    is_main = fields.Boolean("Main Reason")

    _event_reason_uniq = models.UniqueIndex('(event_id, reason_id)', "This reason is given already.")
    _main_uniq = models.UniqueIndex('(event_id) WHERE is_main', "A loss has one main reason.")
    _weight_check = models.Constraint('CHECK(weight > 0 AND weight <= 100)', "A weight lies above 0 and at most at 100 %.")

    @api.model_create_multi
    def create(self, vals_list):
        self.search([
            ('event_id', 'in', [vals.get('event_id') for vals in vals_list if vals.get('is_main')]), ('is_main', '=', True)])._unmark()
        lines = super().create(vals_list)
        lines.event_id._settle()
        return lines

    def write(self, vals):
        if vals.get('is_main'):
            self.search([('event_id', 'in', self.event_id.ids), ('id', 'not in', self.ids), ('is_main', '=', True)])._unmark()
        result = super().write(vals)
        if not vals.get('is_main', True) and not self.env.context.get('crm_churn_settled'):
            self.event_id._settle()
        return result

    def unlink(self):
        events = self.event_id
        result = super().unlink()
        events._settle()
        return result

    def _unmark(self):
        """Take the mark off, in the database too: the index allows one main reason at any time."""
        if self:
            self.with_context(crm_churn_settled=True).is_main = False
            self.flush_recordset(['is_main'])
