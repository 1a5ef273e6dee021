from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmProvisionRate(models.Model):
    """What share of a receivable is to be provided for: by how long it is overdue, and by the credit level of who owes it."""
    _name = 'crm.provision.rate'
    _description = "Provision Rate"
    _order = 'company_id, days_from, id'

    name = fields.Char("Age", required=True, translate=True)
    company_id = fields.Many2one('res.company', index=True, ondelete='cascade', help="Empty: for all companies without rates of their own.")
    days_from = fields.Integer("Overdue From (Days)", required=True, aggregator=None, help="0: from the day of the invoice on.")
    percent_good = fields.Float("Good (%)", aggregator=None)
    percent_fair = fields.Float("Fair (%)", aggregator=None)
    percent_watch = fields.Float("Watch (%)", aggregator=None)
    percent_poor = fields.Float("Poor (%)", aggregator=None)
    percent_unknown = fields.Float("No Standing (%)", aggregator=None)

    _days_uniq = models.UniqueIndex("(COALESCE(company_id, 0), days_from)", "There is a rate from this number of days on already.")
    _days_positive = models.Constraint('CHECK(days_from >= 0)', "A receivable is overdue for no less than 0 days.")

    @api.constrains('percent_good', 'percent_fair', 'percent_watch', 'percent_poor', 'percent_unknown')
    def _check_percents(self):
        for rate in self:
            percents = (rate.percent_good, rate.percent_fair, rate.percent_watch, rate.percent_poor, rate.percent_unknown)
            if not all(0 <= percent <= 100 for percent in percents):
                raise ValidationError(self.env._("Of “%(age)s” between 0 and 100 percent can be provided for.", age=rate.name))
