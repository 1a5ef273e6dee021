from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PERCENTS = (1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
SHARES = (50, 80, 95)


class CrmGradingConcentration(models.Model):
    """A point of the Pareto curve of a company on the day of a run: the share of revenue that the top so many percent make.

    Customers are those with any net revenue in the last 12 months, the largest first. The top x % of n customers are the
    first ceil(x * n / 100). A later run on the same day replaces the points.
    """
    _name = 'crm.grading.concentration'
    _description = "Concentration of Revenue"
    _order = 'date desc, company_id, top_percent'

    run_id = fields.Many2one('crm.grading.run', required=True, ondelete='cascade', index=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, ondelete='cascade', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(required=True, readonly=True)
    top_percent = fields.Integer("Top % of Customers", required=True, readonly=True, aggregator=None)
    share = fields.Float("Share of Revenue (%)", readonly=True, aggregator='avg', digits=(16, 2))
    customers = fields.Integer("Customers at the Top", readonly=True, aggregator='avg')
    amount = fields.Monetary(
        "Revenue at the Top", readonly=True, aggregator='avg', groups='crm_grading.group_customer_amounts')

    is_latest = fields.Boolean("Latest", compute='_compute_is_latest', search='_search_is_latest')

    # the same for all points of a day
    population = fields.Integer("Customers with Revenue", readonly=True, aggregator='avg')
    total = fields.Monetary("Revenue", readonly=True, aggregator='avg', groups='crm_grading.group_customer_amounts')
    customers_50 = fields.Integer("Customers Making 50 %", readonly=True, aggregator='avg')
    customers_80 = fields.Integer("Customers Making 80 %", readonly=True, aggregator='avg')
    customers_95 = fields.Integer("Customers Making 95 %", readonly=True, aggregator='avg')
    gini = fields.Float(
        "Gini Coefficient", readonly=True, aggregator='avg', digits=(16, 4),
        help="0: all customers buy for the same amount. Towards 1: one customer buys nearly everything.")

    _point_uniq = models.Constraint(
        'UNIQUE(company_id, date, top_percent)', "There is one point of the curve per company, day and percentage.")

    def _compute_is_latest(self):
        latest = self.search([('id', 'in', self.ids), ('is_latest', '=', True)])
        for point in self:
            point.is_latest = point in latest

    def _search_is_latest(self, operator, value):
        if operator != 'in':
            return NotImplemented
        latest = Domain('id', 'in', SQL(
            """SELECT point.id FROM crm_grading_concentration AS point
                WHERE point.date = (SELECT MAX(date) FROM crm_grading_concentration WHERE company_id = point.company_id)"""))
        return latest if True in value else ~latest


class CrmGradingRun(models.Model):
    _inherit = 'crm.grading.run'

    concentration_ids = fields.One2many('crm.grading.concentration', 'run_id', readonly=True)

    def _judge_customers(self, schemes, partners):
        result = super()._judge_customers(schemes, partners)
        if partners is None:
            self._concentrate()
        return result

    def _concentrate(self):
        """Store the Pareto curve of the revenue that the run has recorded; replaces an earlier one of the same day."""
        self.env.cr.execute(SQL(
            "DELETE FROM crm_grading_concentration WHERE company_id = %s AND date = %s", self.company_id.id, self.date))
        values = SQL(
            """SELECT partner_id AS subject_id, revenue AS value FROM crm_customer
                WHERE company_id = %s AND active AND revenue <> 0""", self.company_id.id)
        self.env.cr.execute(SQL(
            """%(ctes)s
            INSERT INTO crm_grading_concentration (run_id, company_id, date, top_percent, share, customers, amount, population,
                   total, customers_50, customers_80, customers_95, gini, create_uid, write_uid, create_date, write_date)
            SELECT %(run)s, %(company)s, %(date)s, point.percent, point.share, point.customers, point.amount, whole.customers,
                   whole.amount, (SELECT customers FROM maker WHERE percent = 50), (SELECT customers FROM maker WHERE percent = 80),
                   (SELECT customers FROM maker WHERE percent = 95), whole.gini, %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                   NOW() AT TIME ZONE 'UTC'
              FROM point, whole""",
            ctes=self.env['crm.metric']._concentration_ctes(values), run=self.id, company=self.company_id.id, date=self.date,
            uid=self.env.uid))
        self.env['crm.grading.concentration'].invalidate_model()


class CrmMetric(models.Model):
    """How the total of a metric is concentrated on few customers, as of any day."""
    _inherit = 'crm.metric'

    @api.model
    def _concentration(self, company, date=None, metric='revenue', population=None):
        """Return how a metric is spread over customers, the largest first (equal values: by the partner's number).

        :param company: the company whose documents count
        :param date: as-of day in the company's time zone; default: today there
        :param metric: a ``crm.metric`` record or the code of one
        :param SQL population: sub-select of the ids of the partners who count, each of them even with a value of 0; default:
            all customers of the company who have a value other than 0
        :return: ``{'customers': n, 'amount': total, 'gini': float or None,
            'top': {percent: (customers, amount, share in percent)}`` (the first ceil(percent * n / 100) customers),
            ``'making': {50, 80, 95: (customers, their amount, smallest amount among them)}}`` (the fewest customers who make
            so many percent of the total; nothing where the total is not positive)
        """
        metric = self._from_codes([metric]) if isinstance(metric, str) else metric
        relation = metric._values_relation(
            company._crm_metric_scope(date), population or self.env['crm.customer']._profiled_partners(company))
        column = SQL.identifier(metric._column())
        values = SQL(
            "SELECT subject_id, %(column)s::numeric AS value FROM (%(relation)s) AS measured WHERE %(condition)s",
            column=column, relation=relation,
            condition=SQL("%s IS NOT NULL", column) if population else SQL("%s <> 0", column))
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """%s
            SELECT 'whole', NULL, customers, amount, gini FROM whole
            UNION ALL SELECT 'top', percent, customers, amount, share FROM point
            UNION ALL SELECT 'making', percent, customers, amount, smallest FROM maker""", self._concentration_ctes(values)))
        found = {'top': {}, 'making': {}}
        for kind, percent, customers, amount, figure in rows:
            amount, figure = float(amount or 0), None if figure is None else float(figure)
            if kind == 'whole':
                found.update(customers=customers, amount=amount, gini=figure)
            else:
                found[kind][percent] = (customers, amount, figure)
        return found

    @api.model
    def _concentration_ctes(self, values):
        """Return the WITH clause that offers what is known about the concentration of ``values`` (subject_id, value).

        ``whole`` (customers, amount, gini), ``point`` (percent, customers, amount, share) and ``maker`` (percent, customers,
        amount, smallest).
        """
        return SQL(
            """
            WITH ranked AS MATERIALIZED (
                SELECT value, ROW_NUMBER() OVER best AS place, SUM(value) OVER best AS running
                  FROM (%(values)s) AS measured
                WINDOW best AS (ORDER BY value DESC, subject_id ROWS UNBOUNDED PRECEDING)),
            whole AS MATERIALIZED (
                SELECT COUNT(*) AS customers, SUM(value) AS amount,
                       (COUNT(*) + 1.0) / NULLIF(COUNT(*), 0)
                       - 2 * SUM(place * value) / (NULLIF(COUNT(*), 0) * NULLIF(GREATEST(SUM(value), 0), 0)) AS gini
                  FROM ranked),
            point AS (
                SELECT percent, ranked.place AS customers, ranked.running AS amount,
                       100 * ranked.running / NULLIF(GREATEST(whole.amount, 0), 0) AS share
                  FROM whole CROSS JOIN unnest(%(percents)s) AS percent
                  JOIN ranked ON ranked.place = (percent * whole.customers + 99) / 100),
            maker AS (
                SELECT percent, reached.place AS customers, ranked.running AS amount, ranked.value AS smallest
                  FROM (SELECT percent, MIN(place) AS place
                          FROM whole CROSS JOIN unnest(%(shares)s) AS percent
                          JOIN ranked ON 100 * ranked.running >= percent * whole.amount
                         WHERE whole.amount > 0
                         GROUP BY percent) AS reached
                  JOIN ranked ON ranked.place = reached.place)
            """, values=values, percents=list(PERCENTS), shares=list(SHARES))
