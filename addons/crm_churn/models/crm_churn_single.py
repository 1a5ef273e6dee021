from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL

from ..tools import once
from ..tools.warning import ENOUGH, HORIZON
from .crm_churn_backtest import TESTS


class CrmChurnSingle(models.Model):
    """How many one-time buyers bought a second time, by how long ago they had bought: measured on a company's past.

    One purchase shows no rhythm, so that no model can tell one of them from the other; how many of them come back, one can count.
    """
    _name = 'crm.churn.single'
    _description = "One-Time Buyers"
    _order = 'model_id, age'

    model_id = fields.Many2one('crm.churn.model', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='model_id.company_id', store=True, index=True)
    age = fields.Integer("Age Group", required=True, readonly=True, aggregator=None)
    name = fields.Char("Bought So Long Ago", compute='_compute_name')
    customers = fields.Integer(readonly=True, help="Who had bought on one day only, counted on each of the past dates.")
    back = fields.Integer("Bought Again", readonly=True, help="Within the horizon after the date.")
    share = fields.Float("Bought Again (%)", compute='_compute_share', aggregator=None, digits=(5, 1))
    low = fields.Float("At Least (%)", compute='_compute_share', aggregator=None, digits=(5, 1), help="Lower end of the 95 % interval.")
    high = fields.Float("At Most (%)", compute='_compute_share', aggregator=None, digits=(5, 1), help="Upper end of the 95 % interval.")
    is_small = fields.Boolean(
        "Too Few", compute='_compute_share', help="Fewer than 20 customers: of those of this age the share of all one-time buyers is said.")

    _model_age_uniq = models.UniqueIndex('(model_id, age)', "The age group has been measured already.")

    @api.depends('age')
    @api.depends_context('lang')
    def _compute_name(self):
        for row in self:
            first, last = once.limits(row.age)
            row.name = self.env._("%(first)s to %(last)s days", first=first, last=last) if last else self.env._(
                "%(first)s days and more", first=first)

    @api.depends('customers', 'back')
    def _compute_share(self):
        for row in self:
            row.share = 100 * row.back / row.customers if row.customers else 0.0
            row.low, row.high = once.interval(row.back, row.customers)
            row.is_small = row.customers < ENOUGH


class CrmChurnModel(models.Model):
    _inherit = 'crm.churn.model'

    single_ids = fields.One2many('crm.churn.single', 'model_id', "One-Time Buyers", readonly=True)

    def _measured_singles(self, date):
        """Measure on several past dates, each with a whole horizon after it, how many one-time buyers bought again within that.

        Purchases count as in a back-test: strictly after the date. Between the dates lies one horizon: each second purchase is counted
        once.

        :param date: last day of which all purchases are known
        :return: ``{age: (customers, back)}``
        """
        days = [date - timedelta(days=self.horizon_days * step) for step in range(1, TESTS + 1)]
        ages = SQL("WIDTH_BUCKET(past.day - buyer.days[1], %s::int[])", list(once.AGES))
        return {age: (customers, back) for age, customers, back in self._ask(SQL(
            """SELECT %(age)s, COUNT(*), COUNT(*) FILTER (WHERE buyer.days[2] <= past.day + %(horizon)s)
                 FROM (SELECT (ARRAY_AGG(DISTINCT date ORDER BY date))[1:2] AS days FROM (%(invoices)s) AS invoice
                        WHERE move_type <> 'out_refund' GROUP BY subject_id) AS buyer
                 JOIN UNNEST(%(days)s::date[]) AS past(day)
                      ON buyer.days[1] <= past.day AND (buyer.days[2] IS NULL OR buyer.days[2] > past.day)
             GROUP BY 1 ORDER BY 1""",
            age=ages, horizon=self.horizon_days, days=days,
            invoices=self.env['crm.metric']._fact_invoice(self.company_id._crm_metric_scope(date)).relation))}

    def _measure_singles(self, date):
        """Keep what is measured of one-time buyers, in place of what was measured before."""
        self.sudo().single_ids = [Command.clear(), *(   # what a fit leaves behind is read only for people
            Command.create({'age': age, 'customers': customers, 'back': back})
            for age, (customers, back) in self._measured_singles(date).items())]

    def _single_shares(self):
        """Return what is said of one-time buyers by age, see :func:`~..tools.once.shared`. Of no model: nothing."""
        return once.shared({row.age: (row.customers, row.back) for row in self.single_ids}, ENOUGH)

    def _words_once(self):
        """Say how many one-time buyers come back, and how sure that is."""
        count, back = sum(self.single_ids.mapped('customers')), sum(self.single_ids.mapped('back'))
        if not count:
            return ""
        if count < ENOUGH:
            return self.env._(
                "So far %(count)s customers could be watched who had bought once: too few to say how many of them come back.", count=count)
        low, high = once.interval(back, count)
        return self.env._(
            "Of %(count)s customers who had bought once, %(share)s %% bought again within %(days)s days (surely between %(low)s and "
            "%(high)s %%). That is said of one-time buyers, by how long ago they bought, in place of a model's judgement.",
            count=self._number(count), share=self._number(100 * back / count, 1), days=self.horizon_days, low=self._number(low, 1),
            high=self._number(high, 1))


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    churn_is_single = fields.Boolean(
        "Bought Once", readonly=True, help="One purchase day so far: no rhythm, and so no judgement of its own. The risk is how many of"
        " such customers did not buy again in the company's past.")
    churn_single_text = fields.Char("One-Time Buyer", compute='_compute_churn_single_text')

    @api.depends('churn_reasons')
    @api.depends_context('lang')
    def _compute_churn_single_text(self):
        for customer in self:
            found = (customer.churn_reasons or {}).get('once')
            customer.churn_single_text = found and customer._single_words(**found)

    def _single_words(self, back, customers, own, days):
        """Return what is known of one-time buyers like this one.

        :param back: percent that bought again; None: too few to say
        :param customers: how many there were
        :param own: they had bought as long ago as this one; else of all one-time buyers
        :param days: the horizon
        """
        if back is None:
            return self.env._("Bought once: there are too few such customers so far to say how many buy again")
        values = {'back': f'{back:.0f}', 'customers': customers, 'days': days}
        if own:
            return self.env._("Bought once: %(back)s %% of %(customers)s customers like this bought again within %(days)s days", **values)
        return self.env._(
            "Bought once: %(back)s %% of all %(customers)s one-time buyers bought again within %(days)s days (too few of this age)",
            **values)

    @api.model
    def _once_sql(self, company, date, model):
        """Return the query of one-time buyers: ``subject_id``; ``back``, percent of such customers that buy again, None where there are
        too few; ``told``, the explanation as JSON."""
        shares = [share or (None, None, None) for share in model._single_shares()]
        return SQL(
            """SELECT buyer.subject_id, share.back, jsonb_build_object(
                          'back', share.back, 'customers', share.customers, 'own', share.own, 'days', %(days)s) AS told
                 FROM (SELECT subject_id, WIDTH_BUCKET(%(date)s::date - MIN(date), %(ages)s::int[]) AS age FROM (%(invoices)s) AS invoice
                        WHERE move_type <> 'out_refund' GROUP BY subject_id HAVING MIN(date) = MAX(date)) AS buyer
                 JOIN UNNEST(%(groups)s::int[], %(backs)s::numeric[], %(counts)s::int[], %(owns)s::boolean[])
                      AS share(age, back, customers, own) ON share.age = buyer.age""",
            days=model.horizon_days or HORIZON, date=date, ages=list(once.AGES), groups=list(range(len(shares))),
            backs=[share[0] for share in shares], counts=[share[1] for share in shares], owns=[share[2] for share in shares],
            invoices=self.env['crm.metric']._fact_invoice(company._crm_metric_scope(date)).relation)
