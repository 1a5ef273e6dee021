from odoo import api, models
from odoo.tools import SQL

PROFIT_AND_LOSS = ('income', 'income_other', 'expense', 'expense_other', 'expense_direct_cost', 'expense_depreciation')


class CrmPerformanceEntry(models.Model):
    """What people would be credited with by the books as they are now: ``(contract_id, event, res_model, res_id, date, base, weight)``.

    ``base`` is net, in the currency of the contract. Facts are those of ``crm.contract``; a contract that is run without Odoo's
    invoices is credited by its steps. All of it reads the relation ``scope``, see :meth:`_scope_sql`.
    """
    _inherit = 'crm.performance.entry'

    @api.model
    def _scope_sql(self, condition):
        """Return the contracts that bring credit, each with the rule it was signed under and its exchange rate.

        :param condition: SQL on the alias ``contract``
        """
        return SQL(
            """SELECT contract.id AS contract_id, contract.company_id, contract.partner_id, contract.state, contract.date_signed,
                      contract.user_id, contract.team_id, contract.amount_untaxed, contract.is_manual, contract.currency_id,
                      COALESCE(contract.amount_untaxed / NULLIF(contract.amount_total, 0), 1) AS net_share,
                      rule.id AS rule_id, rule.signed_weight, rule.delivered_weight, rule.invoiced_weight, rule.collected_weight,
                      CASE rule.basis WHEN 'margin' THEN COALESCE(contract.credit_margin, 0) / 100 ELSE 1 END AS factor,
                      %(rate)s AS rate, currency.decimal_places AS digits
                 FROM crm_contract AS contract
                 JOIN res_company AS company ON company.id = contract.company_id
                 JOIN res_currency AS currency ON currency.id = company.currency_id
                 JOIN LATERAL (SELECT * FROM crm_performance_rule
                                WHERE company_id = contract.company_id AND date_from <= contract.date_signed
                                ORDER BY date_from DESC LIMIT 1) AS rule ON TRUE
                WHERE contract.state IN ('signed', 'executing', 'suspended', 'completed', 'terminated') AND %(condition)s""",
            condition=condition, rate=self._rate_sql(
                SQL("contract.currency_id"), SQL("company.currency_id"), SQL("contract.date_signed")))

    @api.model
    def _rate_sql(self, source, target, date):
        """Return what one unit of the currency ``source`` was worth in ``target`` on a day, as Odoo does; over the alias ``company``."""
        def rate(currency):
            found = SQL(
                """SELECT rate FROM res_currency_rate AS rate
                    WHERE rate.currency_id = %s AND (rate.company_id IS NULL
                          OR rate.company_id = split_part(company.parent_path, '/', 1)::int)""", currency)
            return SQL(
                "COALESCE((%(found)s AND rate.name <= %(date)s ORDER BY rate.company_id, rate.name DESC LIMIT 1),"
                " (%(found)s ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)", found=found, date=date)
        return SQL("(%s / %s)::float8", rate(target), rate(source))

    @api.model
    def _fact_sql(self, facts):
        """Return the facts of all events, over the relations ``scope`` and ``invoiced``.

        :param facts: the relations of contracts' facts by their names, see :meth:`CrmContract._facts_sql`
        """
        return SQL(" UNION ALL ").join(getattr(self, f'_{event}_fact_sql')(facts) for event in (
            'signed', 'delivered', 'service', 'invoiced', 'collected', 'written_off', 'manual'))

    @api.model
    def _invoiced_part_sql(self, facts):
        """Return what was invoiced of each contract, net and gross, by invoice."""
        return SQL(
            """SELECT part.contract_id, part.move_id, MAX(part.date) AS date, SUM(part.amount) AS amount, SUM(part.untaxed) AS untaxed
                 FROM (%s) AS part JOIN scope ON scope.contract_id = part.contract_id AND NOT COALESCE(scope.is_manual, FALSE)
                GROUP BY 1, 2""", facts['invoiced'])

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    @api.model
    def _signed_fact_sql(self, _facts):
        """The contract itself. Of one that was terminated only what was invoiced counts, and of a completed one no more than that."""
        return SQL(
            """SELECT contract_id, 'signed' AS event, 'crm.contract' AS res_model, contract_id AS res_id, date_signed AS date,
                      CASE WHEN state = 'terminated' THEN LEAST(amount_untaxed, COALESCE(billed, 0))
                           WHEN state = 'completed' THEN LEAST(amount_untaxed, COALESCE(billed, amount_untaxed))
                           ELSE amount_untaxed END AS base,
                      signed_weight AS weight
                 FROM scope
                 LEFT JOIN (SELECT contract_id, SUM(untaxed) AS billed FROM invoiced GROUP BY contract_id
                             UNION ALL
                            SELECT step.contract_id, SUM(step.done_amount) * MAX(net_share)
                              FROM crm_contract_step AS step JOIN scope USING (contract_id)
                             WHERE is_manual AND step.kind = 'invoice' AND step.state <> 'void'
                             GROUP BY step.contract_id) AS bill USING (contract_id)""")

    @api.model
    def _delivered_fact_sql(self, facts):
        """Transfers, at the net price of the order line; what came back counts as negative."""
        return SQL(
            """SELECT fact.contract_id, 'delivered', CASE WHEN move.picking_id IS NULL THEN 'stock.move' ELSE 'stock.picking' END,
                      COALESCE(move.picking_id, move.id), MAX(fact.date),
                      SUM(fact.quantity * line.price_subtotal / NULLIF(line.product_uom_qty, 0))::numeric, MAX(scope.delivered_weight)
                 FROM (%s) AS fact
                 JOIN scope ON scope.contract_id = fact.contract_id AND NOT COALESCE(scope.is_manual, FALSE)
                 JOIN stock_move AS move ON move.id = fact.move_id
                 JOIN sale_order_line AS line ON line.id = fact.order_line_id
                GROUP BY 1, 3, 4""", facts['delivered'])

    @api.model
    def _service_fact_sql(self, _facts):
        """Services, which no transfer delivers: by the delivered quantity of the order, on the day on which it is found."""
        return SQL(
            """SELECT scope.contract_id, 'delivered', 'sale.order', sale.id, NULL::date,
                      SUM(line.qty_delivered * line.price_subtotal / NULLIF(line.product_uom_qty, 0))::numeric, MAX(scope.delivered_weight)
                 FROM scope
                 JOIN sale_order AS sale ON sale.crm_contract_id = scope.contract_id AND sale.state = 'sale'
                 JOIN sale_order_line AS line ON line.order_id = sale.id AND line.qty_delivered <> 0
                 JOIN product_product AS product ON product.id = line.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id AND template.type = 'service'
                WHERE NOT COALESCE(scope.is_manual, FALSE) AND NOT COALESCE(line.is_downpayment, FALSE)
                GROUP BY 1, 4""")

    @api.model
    def _invoiced_fact_sql(self, _facts):
        """Posted invoices and (negative) credit notes."""
        return SQL(
            """SELECT contract_id, 'invoiced', 'account.move', move_id, date, untaxed::numeric, invoiced_weight
                 FROM invoiced JOIN scope USING (contract_id)""")

    @api.model
    def _collected_fact_sql(self, facts):
        """Entries of the bank and cash journals: the net part of what they paid or (negative) paid back."""
        return SQL(
            """SELECT fact.contract_id, 'collected', 'account.move', line.move_id, MAX(fact.date),
                      SUM(fact.amount * COALESCE(invoiced.untaxed / NULLIF(invoiced.amount, 0), 1))::numeric, MAX(scope.collected_weight)
                 FROM (%s) AS fact
                 JOIN scope ON scope.contract_id = fact.contract_id
                 JOIN invoiced ON invoiced.contract_id = fact.contract_id AND invoiced.move_id = fact.move_id
                 JOIN account_move_line AS line ON line.id = fact.payment_line_id
                GROUP BY 1, 4""", facts['collected'])

    @api.model
    def _written_off_fact_sql(self, _facts):
        """What was given up: the part of a matched entry that went to profit and loss instead of the bank, negative.

        It takes back what signature, delivery and invoice have brought; a payment that closes an invoice without paying all of it
        was collected in full by the books, so that part is taken back, too. Exchange differences are nobody's loss.
        """
        return SQL(
            """SELECT lost.contract_id, 'written_off', 'account.move', lost.entry_id, MAX(lost.date), -SUM(lost.amount)::numeric,
                      MAX(scope.signed_weight + scope.delivered_weight + scope.invoiced_weight
                          + CASE WHEN lost.in_bank THEN scope.collected_weight ELSE 0 END)
                 FROM (SELECT invoiced.contract_id, other.move_id AS entry_id, side.date, journal.type <> 'general' AS in_bank,
                              side.amount * invoiced.untaxed / NULLIF(move.amount_total, 0) * loss.share AS amount
                         FROM invoiced
                         JOIN account_move AS move ON move.id = invoiced.move_id
                         JOIN account_move_line AS term ON term.move_id = move.id AND term.display_type = 'payment_term'
                         JOIN LATERAL (
                              SELECT credit_move_id AS other_id, max_date AS date, debit_amount_currency AS amount
                                FROM account_partial_reconcile WHERE debit_move_id = term.id) AS side ON TRUE
                         JOIN account_move_line AS other ON other.id = side.other_id
                         JOIN account_journal AS journal
                              ON journal.id = other.journal_id AND journal.type IN ('general', 'bank', 'cash', 'credit')
                         JOIN res_company AS company ON company.id = move.company_id
                         JOIN LATERAL (
                              SELECT LEAST(1, COALESCE(SUM(item.balance) FILTER (WHERE account.account_type IN %s)
                                     / NULLIF(-SUM(item.balance) FILTER (WHERE account.account_type = 'asset_receivable'), 0), 0)) AS share
                                FROM account_move_line AS item JOIN account_account AS account ON account.id = item.account_id
                               WHERE item.move_id = other.move_id) AS loss ON loss.share > 0
                        WHERE other.journal_id IS DISTINCT FROM company.currency_exchange_journal_id) AS lost
                 JOIN scope USING (contract_id)
                GROUP BY lost.contract_id, lost.entry_id""", PROFIT_AND_LOSS)

    @api.model
    def _manual_fact_sql(self, _facts):
        """Contracts without Odoo's invoices: their steps say what was invoiced and collected, their progress what was delivered."""
        return SQL(
            """SELECT scope.contract_id, kind.event, 'crm.contract.step', step.id, step.date_done, step.done_amount * scope.net_share,
                      kind.weight
                 FROM scope
                 JOIN crm_contract_step AS step ON step.contract_id = scope.contract_id AND step.done_amount <> 0 AND step.state <> 'void'
                 JOIN LATERAL (VALUES ('invoice', 'invoiced', scope.invoiced_weight), ('collect', 'collected', scope.collected_weight))
                      AS kind(kind, event, weight) ON kind.kind = step.kind
                WHERE scope.is_manual
                UNION ALL
               SELECT scope.contract_id, 'delivered', 'crm.contract', scope.contract_id, NULL::date,
                      (scope.amount_untaxed * contract.delivered_percent / 100)::numeric, scope.delivered_weight
                 FROM scope JOIN crm_contract AS contract ON contract.id = scope.contract_id
                WHERE scope.is_manual AND contract.delivered_percent > 0""")
