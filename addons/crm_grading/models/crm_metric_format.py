from odoo import models
from odoo.tools.misc import formatLang

QUANTA = {'count': 1, 'day': 1, 'percent': 0.1, 'number': 0.01}


class CrmMetric(models.Model):
    """Figures as people read them."""
    _inherit = 'crm.metric'

    def _format(self, value, currency=None):
        """Return a value of the metric in the user's language, with its unit.

        :param value: number, or None for no data
        :param currency: of amounts; default: the current company's
        """
        self.ensure_one()
        if value is None:
            return "–"
        whole = abs(value - round(value)) < 1e-9
        if self.unit == 'monetary':
            currency = currency or self.env.company.currency_id
            number = formatLang(self.env, value, digits=0 if whole else currency.decimal_places)
            parts = (currency.symbol, number) if currency.position == 'before' else (number, currency.symbol)
            return "\N{NO-BREAK SPACE}".join(parts)
        number = formatLang(self.env, value, digits=0 if whole else 1 if self.unit in ('count', 'day', 'percent') else 2)
        if self.unit == 'day':
            return self.env._("%(number)s days", number=number)
        return self.env._("%(number)s %%", number=number) if self.unit == 'percent' else number

    def _quantum(self, currency):
        """Return the step in which values of the metric move."""
        self.ensure_one()
        return currency.rounding if self.unit == 'monetary' else QUANTA[self.unit]
