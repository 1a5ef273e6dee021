from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure

BINDING = SQL("fact.state IN ('signed', 'executing', 'suspended', 'completed')")
RUNNING = SQL("fact.state IN ('signed', 'executing', 'suspended')")


class CrmMetric(models.Model):
    """What was signed with customers, how punctually we deliver it, and how punctually they pay.

    Amounts are in the company's currency at the exchange rate of the day of signature. A contract keeps its present state for past
    days, too; what has its own day (payments, finished steps) counts from that day on.
    """
    _inherit = 'crm.metric'

    def _contract_rate(self):
        return self.env['crm.performance.entry']._rate_sql(
            SQL("contract.currency_id"), SQL("company.currency_id"), SQL("COALESCE(contract.date_signed, %s)", self.env.cr.now().date()))

    def _fact_contract(self, scope):
        """Return the fact of signed contracts: ``date`` of signature, ``state``, ``net`` and ``gross``, and what was ``collected``."""
        condition = SQL("contract.company_id = %s AND %s", scope.company.id, scope.among(SQL("contract.partner_id")))
        collected = SQL(
            "SELECT contract_id, SUM(amount) AS amount FROM (%s) AS paid WHERE date <= %s GROUP BY contract_id",
            self.env['crm.contract']._collected_sql(SQL("NOT COALESCE(contract.is_manual, FALSE) AND %s", condition)), scope.date)
        return Fact('contract', SQL(
            """SELECT contract.partner_id AS subject_id, contract.date_signed AS date, contract.state,
                      contract.amount_untaxed * part.rate AS net, contract.amount_total * part.rate AS gross, part.rate *
                      CASE WHEN contract.is_manual THEN contract.collected_amount ELSE COALESCE(collected.amount, 0) END AS collected
                 FROM crm_contract AS contract
                 JOIN res_company AS company ON company.id = contract.company_id
                 LEFT JOIN (%s) AS collected ON collected.contract_id = contract.id
                CROSS JOIN LATERAL (SELECT %s AS rate) AS part
                WHERE contract.date_signed <= %s AND %s""", collected, self._contract_rate(), scope.date, condition))

    def _fact_contract_step(self, scope):
        """Return the fact of steps of signed contracts with a due day: ``date`` on which each was done (else its due day), ``kind``,
        ``due``, ``done`` (day) and the ``open`` amount."""
        return Fact('contract_step', SQL(
            """SELECT contract.partner_id AS subject_id, COALESCE(step.date_done, step.date_due) AS date, step.kind, step.date_due AS due,
                      step.date_done AS done, step.open_amount * %s AS open
                 FROM crm_contract_step AS step
                 JOIN crm_contract AS contract ON contract.id = step.contract_id
                 JOIN res_company AS company ON company.id = contract.company_id
                WHERE contract.company_id = %s AND contract.state IN ('signed', 'executing', 'suspended', 'completed')
                  AND step.state <> 'void' AND step.date_due IS NOT NULL AND contract.date_signed <= %s AND %s""",
            self._contract_rate(), scope.company.id, scope.date, scope.among(SQL("contract.partner_id"))))

    # ------------------------------------------------------------------
    # Contracts
    # ------------------------------------------------------------------

    def _metric_contracted(self, scope):
        """Net amount of the contracts signed in the window."""
        fact = self._fact_contract(scope)
        return Measure(fact, fact.sum('net', self._window(scope.date), BINDING))

    def _metric_executing(self, scope):
        """Net amount of the contracts that are signed and not at their end."""
        fact = self._fact_contract(scope)
        return Measure(fact, fact.sum('net', self._window(scope.date), RUNNING))

    def _metric_contract_collected(self, scope):
        """Percent of the gross amount that was paid by the day."""
        fact, window = self._fact_contract(scope), self._window(scope.date)
        return Measure(fact, SQL(
            "100.0 * %s / NULLIF(%s, 0)", fact.sum('collected', window, BINDING), fact.sum('gross', window, BINDING)))

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _metric_instalment_late(self, scope):
        """Mean days by which instalments paid in the window were late; early and punctual ones count as 0."""
        fact = self._fact_contract_step(scope)
        return Measure(fact, fact.aggregate(
            SQL("AVG(GREATEST(fact.done - fact.due, 0))"), self._window(scope.date),
            SQL("fact.kind = 'collect' AND fact.done IS NOT NULL")))

    def _metric_instalment_overdue(self, scope):
        """Open amount of instalments past their due day; on the day itself nothing is overdue yet."""
        fact = self._fact_contract_step(scope)
        where = SQL("fact.kind = 'collect' AND fact.done IS NULL AND fact.due < %s", scope.date)
        return Measure(fact, fact.sum('open', self._window(scope.date), where))

    def _metric_delivery_on_time(self, scope):
        """Percent of the delivery steps finished in the window that were finished by their due day, the day itself included."""
        fact, window = self._fact_contract_step(scope), self._window(scope.date)
        done = SQL("fact.kind = 'deliver' AND fact.done IS NOT NULL")
        return Measure(fact, SQL(
            "100.0 * %s / NULLIF(%s, 0)",
            fact.aggregate(SQL("COUNT(*)"), window, SQL("%s AND fact.done <= fact.due", done)),
            fact.aggregate(SQL("COUNT(*)"), window, done)))
