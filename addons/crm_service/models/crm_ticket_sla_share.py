from odoo import api, fields, models
from odoo.tools import SQL

PERCENTILES = {'used_median': 0.5, 'used_p90': 0.9}


class CrmTicketSla(models.Model):
    """How well promises are kept, as pivots, graphs and groups of lists tell it: of a group, not the mean of its rows."""
    _inherit = 'crm.ticket.sla'

    kept_share = fields.Float(
        "Kept (%)", compute='_compute_shares', aggregator='avg', digits=(16, 1), help="Of the promises that are kept or broken.")
    used_median = fields.Float(
        "Median of Hours Used", compute='_compute_shares', aggregator='avg', digits=(16, 1),
        help="Working time until it was reached; of the promises that are kept or broken.")
    used_p90 = fields.Float(
        "90th Percentile of Hours Used", compute='_compute_shares', aggregator='avg', digits=(16, 1),
        help="Nine of ten took less working time; of the promises that are kept or broken.")

    @api.depends('state', 'worked_hours')
    def _compute_shares(self):
        for sla in self:
            sla.kept_share = 100 if sla.state == 'met' else 0
            sla.used_median = sla.used_p90 = sla.worked_hours

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _sep, function = aggregate_spec.partition(':')
        if function != 'avg' or name not in ('kept_share', *PERCENTILES):
            return super()._read_group_select(aggregate_spec, query)
        state = self._field_to_sql(self._table, 'state', query)
        decided = SQL("FILTER (WHERE %s IN ('met', 'missed'))", state)
        if name == 'kept_share':
            return SQL("100.0 * COUNT(*) FILTER (WHERE %s = 'met') / NULLIF(COUNT(*) %s, 0)", state, decided)
        return SQL(
            "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s) %s", PERCENTILES[name],
            self._field_to_sql(self._table, 'worked_hours', query), decided)
