from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.performance import BASES

FROZEN = ('company_id', 'date_from', 'basis', 'signed_weight', 'delivered_weight', 'invoiced_weight', 'collected_weight')


class CrmPerformanceRule(models.Model):
    """What people are credited with, for the contracts of a company that were signed from a day on.

    A rule changes nothing about contracts signed before its day: those stay with the rule they were signed under.
    """
    _name = 'crm.performance.rule'
    _description = "Rule of Performance Credit"
    _order = 'company_id, date_from desc'
    _rec_name = 'date_from'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    date_from = fields.Date(
        "Signed From", required=True, default=fields.Date.context_today,
        help="Day of signature from which on contracts are credited in this way, until the next rule begins.")
    basis = fields.Selection(
        BASES, "Credited By", required=True, default='revenue',
        help="Margin: the share of margin in the net amount, at the costs of the day on which the contract was signed. Whoever is"
             " credited by margin can work it out: choose this only where people may know margins.")
    signed_weight = fields.Float("On Signature (%)", help="Percent of a contract that is credited when it is signed.")
    delivered_weight = fields.Float("On Delivery (%)", help="Percent that is credited as goods leave to the customer.")
    invoiced_weight = fields.Float("On Invoice (%)", help="Percent that is credited as invoices are posted.")
    collected_weight = fields.Float("On Collection (%)", default=100, help="Percent that is credited as the customer pays.")

    _day_uniq = models.Constraint('UNIQUE(company_id, date_from)', "The company has a rule from this day on already. Change that one.")
    _weights = models.Constraint(
        'CHECK(signed_weight >= 0 AND delivered_weight >= 0 AND invoiced_weight >= 0 AND collected_weight >= 0'
        ' AND ABS(signed_weight + delivered_weight + invoiced_weight + collected_weight - 100) < 0.001)',
        "The percentages add up to 100, and none of them is negative.")

    def write(self, vals):
        if any(name in vals for name in FROZEN):
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_open()

    def _check_open(self):
        """:raise UserError: for a rule by which something in a closed month was credited"""
        closed = self.env['crm.performance.month'].sudo()._read_group(  # that a month is closed is no secret
            [('company_id', 'in', self.company_id.ids), ('state', '=', 'closed')], ['company_id'], ['date_to:max'])
        closed = {company.id: last for company, last in closed}
        for rule in self:
            if rule.date_from and closed.get(rule.company_id.id) and rule.date_from <= closed[rule.company_id.id]:
                raise UserError(self.env._(
                    "People were credited by the rule from %(date)s in months that are closed. Add a rule from a later day instead.",
                    date=rule.date_from))
