from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """Pipeline: quotations, opportunities and activities that are open.

    Odoo keeps no history of these states, so for a past day they show the documents that existed then, in the state they have
    now. Opportunities of no company count in each company, in its currency, as Odoo shows them there.
    """
    _inherit = 'crm.metric'

    def _fact_quotation(self, scope):
        """Return the fact of quotations neither confirmed, cancelled nor expired, in the company's currency."""
        day = scope.day(SQL("sale.date_order"))
        return Fact('quotation', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, %(day)s AS date,
                      sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount
                 FROM sale_order sale
                 JOIN res_partner partner ON partner.id = sale.partner_id
                WHERE sale.company_id = %(company)s AND sale.state IN ('draft', 'sent') AND %(day)s <= %(date)s
                  AND (sale.validity_date IS NULL OR sale.validity_date >= %(date)s)""",
            day=day, company=scope.company.id, date=scope.date))

    def _metric_quotation_count(self, scope):
        """Number of open quotations."""
        fact = self._fact_quotation(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_quotation_amount(self, scope):
        """Untaxed amount of open quotations."""
        fact = self._fact_quotation(scope)
        return Measure(fact, fact.sum('amount', self._window(scope.date)))

    def _fact_opportunity(self, scope):
        """Return the fact of opportunities, dated by the day they were created; ``is_open`` while neither won nor lost."""
        day = scope.day(SQL("lead.create_date"))
        return Fact('opportunity', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, %(day)s AS date,
                      lead.active AND lead.won_status = 'pending' AS is_open,
                      lead.expected_revenue * lead.probability / 100 AS weighted
                 FROM crm_lead lead
                 JOIN res_partner partner ON partner.id = lead.partner_id
                WHERE lead.type = 'opportunity' AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
                  AND %(day)s <= %(date)s""",
            day=day, company=scope.company.id, date=scope.date))

    def _metric_opportunity_count(self, scope):
        """Number of opportunities that arose in the window, whatever became of them."""
        fact = self._fact_opportunity(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_opportunity_open(self, scope):
        """Number of opportunities neither won nor lost."""
        fact = self._fact_opportunity(scope)
        return Measure(fact, fact.count(self._window(scope.date), SQL("fact.is_open")))

    def _metric_pipeline(self, scope):
        """Expected revenue of open opportunities, each weighted with its probability."""
        fact = self._fact_opportunity(scope)
        return Measure(fact, fact.sum('weighted', self._window(scope.date), SQL("fact.is_open")))

    def _fact_activity_open(self, scope):
        """Return the fact of planned activities on the customer and on its leads, orders and invoices."""
        return Fact('activity_open', self._activities(scope, SQL("activity.active"), scope.day(SQL("activity.create_date"))))

    def _metric_activity_open(self, scope):
        """Number of planned activities."""
        fact = self._fact_activity_open(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _activities(self, scope, where, day):
        """Return the relation of the activities that satisfy ``where``, on the SQL date ``day``, up to the as-of day."""
        return SQL(" UNION ALL ").join(
            SQL("""SELECT document.subject_id, %(day)s AS date
                     FROM mail_activity activity
                     JOIN (%(documents)s) AS document ON document.id = activity.res_id
                    WHERE activity.res_model = %(model)s AND %(where)s AND %(day)s <= %(date)s""",
                day=day, documents=documents, model=model, where=where, date=scope.date)
            for model, documents in self._customer_documents(scope).items())

    def _customer_documents(self, scope):
        """Return, by model, the relation (``subject_id``, ``id``) of the records about a customer that carry activities.

        Records of no company count in each. An addon with documents about customers extends it with its own.
        """
        company = scope.company.id
        return {
            'res.partner': SQL(
                """SELECT commercial_partner_id AS subject_id, id
                     FROM res_partner WHERE company_id = %s OR company_id IS NULL""", company),
            'crm.lead': SQL(
                """SELECT partner.commercial_partner_id AS subject_id, lead.id
                     FROM crm_lead lead JOIN res_partner partner ON partner.id = lead.partner_id
                    WHERE lead.company_id = %s OR lead.company_id IS NULL""", company),
            'sale.order': SQL(
                """SELECT partner.commercial_partner_id AS subject_id, sale.id
                     FROM sale_order sale JOIN res_partner partner ON partner.id = sale.partner_id
                    WHERE sale.company_id = %s""", company),
            'account.move': SQL(
                """SELECT commercial_partner_id AS subject_id, id FROM account_move
                    WHERE company_id = %s AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')""", company),
        }
