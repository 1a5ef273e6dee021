from odoo import fields, models
from odoo.tools import SQL


class CrmContractDelivery(models.Model):
    """What has to leave the warehouse for delivery steps, against what is there by then.

    For each product in a warehouse the stock of today is carried forward, day by day, over what is expected in, what leaves for others,
    and the deliveries planned, the earlier due first. What is then missing for a delivery is its shortage. A delivery step without
    quantities stands for what its orders have left. In the unit of the product; of the companies one is at work in.
    """
    _name = 'crm.contract.delivery'
    _description = "Coming Delivery"
    _auto = False
    _order = 'date_due, step_id, id'
    _rec_name = 'step_id'
    _depends = {
        'crm.contract.step': [
            'kind', 'state', 'contract_state', 'date_due', 'acting_user_id', 'contract_id', 'company_id', 'partner_id', 'sequence'],
        'crm.contract.step.line': ['step_id', 'order_line_id', 'quantity', 'done_quantity'],
        'sale.order': ['crm_contract_id', 'warehouse_id', 'state'],
        'sale.order.line': ['order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'qty_delivered', 'is_downpayment'],
        'stock.move': ['state', 'date', 'product_qty', 'location_id', 'location_dest_id', 'location_final_id', 'sale_line_id'],
        'stock.quant': ['quantity', 'location_id', 'product_id'],
        'product.template': ['is_storable', 'type'],
    }

    step_id = fields.Many2one('crm.contract.step', "Delivery Step", readonly=True)
    contract_id = fields.Many2one('crm.contract', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    acting_user_id = fields.Many2one('res.users', "Up To", readonly=True)
    order_line_id = fields.Many2one('sale.order.line', readonly=True)
    warehouse_id = fields.Many2one('stock.warehouse', readonly=True)
    product_id = fields.Many2one('product.product', readonly=True)
    is_storable = fields.Boolean(related='product_id.is_storable')
    uom_id = fields.Many2one('uom.uom', "Unit", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    quantity = fields.Float("To Deliver", digits='Product Unit', readonly=True)
    on_hand = fields.Float(digits='Product Unit', readonly=True, aggregator=None)
    incoming = fields.Float(
        "Expected In", digits='Product Unit', readonly=True, aggregator=None,
        help="What the warehouse expects to receive until the due day.")
    projected = fields.Float(
        "Left Afterwards", digits='Product Unit', readonly=True, aggregator=None,
        help="What is left after this delivery, all earlier ones, and what leaves for others until then; negative: so much is missing.")
    shortage = fields.Float(digits='Product Unit', readonly=True, help="What is missing for this delivery.")
    picking_count = fields.Integer(related='step_id.picking_count')
    can_deliver = fields.Boolean(related='step_id.can_deliver')

    @property
    def _table_query(self):
        return SQL(
            """WITH zone (company_id, tz, today) AS (VALUES %(zones)s),
                    need AS (%(need)s), place AS (SELECT DISTINCT warehouse_id, product_id FROM need),
                    flow AS (%(flow)s),
                    event AS (
                        SELECT warehouse_id, product_id, COALESCE(date_due, 'infinity') AS day, 1 AS turn, id, -quantity AS change
                          FROM need
                         UNION ALL
                        SELECT flow.warehouse_id, flow.product_id, GREATEST(flow.day, zone.today), 0, NULL, flow.quantity
                          FROM flow JOIN zone ON zone.company_id = flow.company_id WHERE flow.is_in
                         UNION ALL
                        SELECT warehouse_id, product_id, day, 1, NULL, -quantity FROM flow WHERE NOT is_in AND sale_line_id IS NULL
                         UNION ALL
                        SELECT flow.warehouse_id, flow.product_id, MIN(flow.day), 1, NULL,
                               LEAST(planned.quantity - SUM(flow.quantity), 0)
                          FROM flow JOIN (SELECT order_line_id, SUM(quantity) AS quantity FROM need GROUP BY 1) AS planned
                               ON planned.order_line_id = flow.sale_line_id
                         WHERE NOT flow.is_in GROUP BY flow.warehouse_id, flow.product_id, planned.order_line_id, planned.quantity),
                    course AS (
                        SELECT event.*, SUM(change) OVER past AS change_until, SUM(change) FILTER (WHERE turn = 0) OVER past AS incoming
                          FROM event
                        WINDOW past AS (PARTITION BY warehouse_id, product_id ORDER BY day, turn, id NULLS FIRST
                                        ROWS UNBOUNDED PRECEDING)),
                    shelf AS (
                        SELECT place.warehouse_id, place.product_id, SUM(quant.quantity) AS quantity
                          FROM place
                          JOIN stock_quant AS quant ON quant.product_id = place.product_id
                          JOIN stock_location AS location ON location.id = quant.location_id
                               AND location.usage = 'internal' AND location.warehouse_id = place.warehouse_id
                         GROUP BY 1, 2)
               SELECT need.*, COALESCE(shelf.quantity, 0) AS on_hand, COALESCE(course.incoming, 0) AS incoming,
                      COALESCE(shelf.quantity, 0) + course.change_until AS projected,
                      CASE WHEN template.is_storable
                           THEN LEAST(need.quantity, GREATEST(-COALESCE(shelf.quantity, 0) - course.change_until, 0))
                           ELSE 0 END AS shortage,
                      template.uom_id
                 FROM need
                 JOIN course ON course.id = need.id
                 JOIN product_product AS product ON product.id = need.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id
            LEFT JOIN shelf ON shelf.warehouse_id = need.warehouse_id AND shelf.product_id = need.product_id""",
            zones=self._zones_sql(), need=self._need_sql(), flow=self._flow_sql())

    def _zones_sql(self):
        """Return the rows ``(company, time zone, today there)`` of the companies one is at work in."""
        return SQL(", ").join(
            SQL("(%s, %s, %s::date)", company.id, company._crm_tz(), company._crm_today()) for company in self.env.companies)

    def _need_sql(self):
        """Return the relation of what is planned and not delivered yet. Its ids are those of the quantities of a step, or, where a step
        stands for the rest of its orders, of the order line, below 0."""
        head = SQL(
            """step.id AS step_id, step.contract_id, step.partner_id, step.company_id, step.acting_user_id, step.date_due,
               sale.warehouse_id, line.id AS order_line_id, line.product_id""")
        is_open = SQL(
            """step.kind = 'deliver' AND step.state NOT IN ('done', 'void') AND step.contract_state IN ('signed', 'executing')
               AND step.company_id IN (SELECT company_id FROM zone)""")
        units = SQL(
            """JOIN uom_uom AS unit ON unit.id = line.product_uom_id
               JOIN product_product AS variant ON variant.id = line.product_id
               JOIN product_template AS goods ON goods.id = variant.product_tmpl_id
               JOIN uom_uom AS own ON own.id = goods.uom_id""")
        return SQL(
            """SELECT part.id, %(head)s, (part.quantity - COALESCE(part.done_quantity, 0)) * unit.factor / own.factor AS quantity
                 FROM crm_contract_step AS step
                 JOIN crm_contract_step_line AS part ON part.step_id = step.id AND part.quantity > COALESCE(part.done_quantity, 0)
                 JOIN sale_order_line AS line ON line.id = part.order_line_id
                 JOIN sale_order AS sale ON sale.id = line.order_id AND sale.state <> 'cancel'
                 %(units)s
                WHERE %(is_open)s
                UNION ALL
               SELECT * FROM (
                      SELECT DISTINCT ON (line.id) -line.id, %(head)s,
                             (line.product_uom_qty - line.qty_delivered - COALESCE(planned.quantity, 0))
                             * unit.factor / own.factor AS quantity
                        FROM crm_contract_step AS step
                        JOIN sale_order AS sale ON sale.crm_contract_id = step.contract_id AND sale.state <> 'cancel'
                        JOIN sale_order_line AS line ON line.order_id = sale.id AND line.display_type IS NULL
                             AND line.is_downpayment IS NOT TRUE
                        %(units)s AND goods.type = 'consu'
                   LEFT JOIN LATERAL (
                             SELECT SUM(part.quantity - COALESCE(part.done_quantity, 0)) AS quantity
                               FROM crm_contract_step_line AS part
                               JOIN crm_contract_step AS other ON other.id = part.step_id AND other.state NOT IN ('done', 'void')
                              WHERE part.order_line_id = line.id) AS planned ON TRUE
                       WHERE %(is_open)s AND NOT EXISTS (SELECT FROM crm_contract_step_line AS part WHERE part.step_id = step.id)
                       ORDER BY line.id, step.date_due NULLS LAST, step.sequence, step.id) AS rest
                WHERE rest.quantity > 0""",
            head=head, is_open=is_open, units=units)

    def _flow_sql(self):
        """Return the relation ``(company_id, warehouse_id, product_id, sale_line_id, day, quantity, is_in)`` of open stock moves over the
        boundary of a warehouse, ``sale_line_id`` only where deliveries are planned for it."""
        return SQL(
            """SELECT move.company_id, place.warehouse_id, move.product_id, planned.id AS sale_line_id,
                      (move.date AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date AS day, move.product_qty AS quantity,
                      goes.warehouse_id IS NOT DISTINCT FROM place.warehouse_id AS is_in
                 FROM place
                 JOIN stock_move AS move ON move.product_id = place.product_id
                      AND move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                 JOIN zone ON zone.company_id = move.company_id
                 JOIN stock_location AS comes ON comes.id = move.location_id
                 JOIN stock_location AS goes ON goes.id = CASE
                      WHEN EXISTS (SELECT FROM stock_move_move_rel AS chain WHERE chain.move_orig_id = move.id) THEN move.location_dest_id
                      ELSE COALESCE(move.location_final_id, move.location_dest_id) END
            LEFT JOIN (SELECT DISTINCT order_line_id AS id FROM need) AS planned ON planned.id = move.sale_line_id
                WHERE place.warehouse_id IN (comes.warehouse_id, goes.warehouse_id)
                  AND comes.warehouse_id IS DISTINCT FROM goes.warehouse_id""")

    def action_create_picking(self):
        """Make the transfer of the delivery step; see :meth:`CrmContractStep.action_create_picking`."""
        return self.step_id.action_create_picking()

    def action_open_step(self):
        """Open the delivery step behind a line."""
        return self.step_id.action_open()

    def action_open_pickings(self):
        """Open the transfers of the delivery steps."""
        return self.step_id.action_open_pickings()
