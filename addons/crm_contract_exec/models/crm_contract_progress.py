from odoo import api, models
from odoo.tools import SQL

from ..tools.waterfall import waterfall


class CrmContract(models.Model):
    """How far the steps of plans are carried out: facts set against what is planned."""
    _inherit = 'crm.contract'

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    @api.model
    def _goods_sql(self, condition):
        """Return the relation ``(contract_id, order_line_id, quantity, weight)`` of the goods that contracts have to deliver; ``weight``
        is what one of them counts in a percentage: its net price."""
        return SQL(
            """SELECT contract.id AS contract_id, line.id AS order_line_id, line.product_uom_qty AS quantity,
                      GREATEST(line.price_subtotal / line.product_uom_qty, 0) AS weight
                 FROM crm_contract AS contract
                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id AND sale.state <> 'cancel'
                 JOIN sale_order_line AS line ON line.order_id = sale.id AND line.display_type IS NULL AND line.product_uom_qty > 0
                 JOIN product_product AS product ON product.id = line.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id AND template.type = 'consu'
                WHERE %s""", condition)

    @api.model
    def _deliver_needs_sql(self, facts):
        """Return the needs of delivery steps, by order line: their quantities; the last step without any takes what is left."""
        return SQL(
            """SELECT key, step_id, ROW_NUMBER() OVER (PARTITION BY key ORDER BY sequence, step_id) AS position, need, 0.000001 AS slack
                 FROM (SELECT line.order_line_id AS key, step.id AS step_id, step.sequence, line.quantity AS need
                         FROM crm_fact_step AS step
                         JOIN crm_contract_step_line AS line ON line.step_id = step.id
                        WHERE step.kind = 'deliver' AND step.void_reason IS NULL
                        UNION ALL
                       SELECT goods.order_line_id, rest.step_id, rest.sequence, goods.quantity - COALESCE(planned.quantity, 0)
                         FROM (%(goods)s) AS goods
                         JOIN (SELECT DISTINCT ON (step.contract_id) step.contract_id, step.id AS step_id, step.sequence
                                 FROM crm_fact_step AS step
                                WHERE step.kind = 'deliver' AND step.void_reason IS NULL
                                  AND NOT EXISTS (SELECT 1 FROM crm_contract_step_line AS line WHERE line.step_id = step.id)
                                ORDER BY step.contract_id, step.sequence DESC, step.id DESC) AS rest USING (contract_id)
                    LEFT JOIN (SELECT line.order_line_id, SUM(line.quantity) AS quantity
                                 FROM crm_fact_step AS step
                                 JOIN crm_contract_step_line AS line ON line.step_id = step.id
                                WHERE step.void_reason IS NULL GROUP BY line.order_line_id) AS planned USING (order_line_id)
                        WHERE goods.quantity > COALESCE(planned.quantity, 0)) AS need""", goods=facts['goods'])

    @api.model
    def _deliver_lines_sql(self, facts):
        """Return the relation ``(key, step_id, need, done, date)`` of what delivery steps have delivered of an order line (``key``).

        :param facts: the relations of facts by name, see :meth:`_facts_sql`; likewise below. They have to be at hand.
        """
        return waterfall(self._deliver_needs_sql(facts), SQL(
            "SELECT order_line_id AS key, step_id, date, quantity AS amount FROM (%s) AS delivered", facts['delivered']))

    @api.model
    def _deliver_progress_sql(self, lines):
        """Return the progress of delivery steps from the relation of their lines: see :meth:`_progress_sql`."""
        return SQL(
            """SELECT lines.step_id, SUM(lines.need) AS planned, 0::numeric AS done, 0::numeric AS credited,
                      CASE WHEN SUM(lines.need * unit.weight) > 0 THEN SUM(lines.done * unit.weight) / SUM(lines.need * unit.weight)
                           ELSE SUM(lines.done) / SUM(lines.need) END AS share,
                      bool_and(lines.date IS NOT NULL) AS is_done,
                      CASE WHEN bool_and(lines.date IS NOT NULL) THEN MAX(lines.date) END AS date
                 FROM %s AS lines
                 JOIN sale_order_line AS line ON line.id = lines.key
           CROSS JOIN LATERAL (SELECT CASE WHEN line.product_uom_qty > 0
                                           THEN GREATEST(line.price_subtotal / line.product_uom_qty, 0) ELSE 0 END AS weight) AS unit
                GROUP BY lines.step_id""", lines)

    @api.model
    def _delivery_sql(self, facts):
        """Return the relation ``(contract_id, share, date)`` of how much of its goods a contract has delivered, and the day since when
        that is all."""
        lines = waterfall(
            SQL("""SELECT order_line_id AS key, contract_id AS step_id, 1 AS position, quantity AS need, 0.000001 AS slack
                     FROM (%s) AS goods""", facts['goods']),
            SQL("SELECT order_line_id AS key, NULL::int AS step_id, date, quantity AS amount FROM (%s) AS delivered",
                facts['delivered']))
        return SQL(
            """SELECT goods.contract_id,
                      CASE WHEN SUM(goods.quantity * goods.weight) > 0
                           THEN SUM(line.done * goods.weight) / SUM(goods.quantity * goods.weight)
                           ELSE SUM(line.done) / SUM(goods.quantity) END AS share,
                      CASE WHEN bool_and(line.date IS NOT NULL) THEN MAX(line.date) END AS date
                 FROM (%s) AS goods JOIN (%s) AS line ON line.key = goods.order_line_id
                GROUP BY goods.contract_id""", facts['goods'], lines)

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    @api.model
    def _money_needs_sql(self, kind):
        return SQL(
            """SELECT step.contract_id AS key, step.id AS step_id, step.amount AS need, currency.rounding / 2 AS slack,
                      ROW_NUMBER() OVER (PARTITION BY step.contract_id ORDER BY step.sequence, step.id) AS position
                 FROM crm_fact_step AS step
                 JOIN res_currency AS currency ON currency.id = step.currency_id
                WHERE step.kind = %s AND step.amount > 0 AND step.void_reason IS NULL AND NOT step.is_manual""", kind)

    @api.model
    def _money_facts_sql(self, money, kind):
        """Return facts of money for the waterfall over the steps of a kind: what was made for a step of another kind counts for the step
        of this kind that is anchored to it, or that it is anchored to itself. What it was made for is of the same contract."""
        return SQL(
            """SELECT fact.contract_id AS key, COALESCE(same.id, after.id, same_before.id) AS step_id, fact.date, fact.amount
                 FROM (%(money)s) AS fact
            LEFT JOIN crm_fact_step AS made ON made.id = fact.step_id
            LEFT JOIN crm_fact_step AS same ON same.id = made.id AND same.kind = %(kind)s
            LEFT JOIN (SELECT DISTINCT ON (anchor_step_id) anchor_step_id, id FROM crm_fact_step
                        WHERE anchor_step_id IS NOT NULL AND kind = %(kind)s AND void_reason IS NULL
                        ORDER BY anchor_step_id, sequence, id) AS after ON after.anchor_step_id = made.id
            LEFT JOIN crm_fact_step AS same_before ON same_before.id = made.anchor_step_id AND same_before.kind = %(kind)s""",
            money=money, kind=kind)

    @api.model
    def _money_progress_sql(self, kind, facts):
        """Return the progress of the steps of a kind: see :meth:`_progress_sql`. What credit notes do to it is worked out only where
        there are any."""
        columns = SQL("contract_id, step_id, date, amount")
        money = SQL("SELECT %s FROM (%s) AS money", columns, facts['invoiced' if kind == 'invoice' else 'collected'])
        credits_ = self._credits_of_plans_sql(facts['credited'])
        settled = SQL("%s UNION ALL SELECT %s FROM (%s) AS credited", money, columns, credits_)
        needs = self._money_needs_sql(kind)
        credited = SQL("(SELECT contract_id FROM (%s) AS credited)", credits_)
        return SQL(
            """SELECT settled.step_id, settled.need AS planned, LEAST(money.done, settled.done) AS done,
                      GREATEST(settled.done - COALESCE(money.done, settled.done), 0) AS credited, settled.done / settled.need AS share,
                      settled.date IS NOT NULL AS is_done, settled.date
                 FROM (%s) AS settled LEFT JOIN (%s) AS money USING (step_id)""",
            waterfall(needs, self._money_facts_sql(settled, kind)),
            waterfall(SQL("SELECT * FROM (%s) AS need WHERE key IN %s", needs, credited),
                      self._money_facts_sql(SQL("SELECT * FROM (%s) AS money WHERE contract_id IN %s", money, credited), kind)))

    @api.model
    def _progress_sql(self, deliver_lines, facts):
        """Return the relation ``(step_id, planned, done, credited, share, is_done, date)`` of the steps that the books know about.

        ``planned`` is a quantity or an amount; ``done`` and ``credited`` (no longer to be paid) are amounts; ``share`` is 1 when all
        is done, ``date`` the day since when it is.
        """
        return SQL(
            "%s UNION ALL %s UNION ALL %s", self._deliver_progress_sql(deliver_lines),
            self._money_progress_sql('invoice', facts), self._money_progress_sql('collect', facts))
