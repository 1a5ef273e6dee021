from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.dunning import Level

CHANNELS = [('mail', "E-mail"), ('letter', "Letter"), ('call', "Call")]


class CrmDunningLevel(models.Model):
    """A step of a dunning policy: from which day on, in which words, by which channel, at which price."""
    _name = 'crm.dunning.level'
    _description = "Dunning Level"
    _order = 'policy_id, days, id'

    policy_id = fields.Many2one('crm.dunning.policy', required=True, index=True, ondelete='cascade')
    name = fields.Char(required=True, translate=True)
    days = fields.Integer("Days Overdue", required=True, default=7, help="From so many days after the due day on, at least 1.")
    wait_days = fields.Integer("Days Between", default=7, help="Days that have to pass since the same item was last dunned.")
    channel = fields.Selection(CHANNELS, required=True, default='mail')
    subject = fields.Char(required=True, translate=True)
    body = fields.Html("Text", translate=True, help="Goes before the list of what is due, in the customer's language.")
    currency_id = fields.Many2one(related='policy_id.currency_id')
    fee = fields.Monetary(help="Added to the letter, in the currency of the policy.")
    interest_percent = fields.Float("Interest (% a Year)", help="Of each item, by the days that it is overdue.")
    group_id = fields.Many2one(
        'res.groups', "Signed Off By", ondelete='restrict', help="Somebody of this group has to sign letters of this level off.")

    _days_positive = models.Constraint(
        'CHECK(days >= 1)', "The due day itself is not dunned. A level begins one day after it at the earliest.")
    _amounts_positive = models.Constraint(
        'CHECK(wait_days >= 0 AND fee >= 0 AND interest_percent >= 0)', "Days, fees and interest of a level cannot be negative.")

    @api.constrains('days', 'policy_id')
    def _check_days(self):
        for policy in self.policy_id:
            days = policy.level_ids.mapped('days')
            if len(days) != len(set(days)):
                raise ValidationError(self.env._(
                    "Two levels of “%(policy)s” begin on the same day. Choose different days.", policy=policy.name))

    def _as_levels(self):
        """Return the levels in order, for the rules."""
        return [Level(level.id, level.days, level.wait_days) for level in self.sorted('days')]
