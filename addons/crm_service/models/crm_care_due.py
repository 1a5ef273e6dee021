from odoo import fields, models
from odoo.tools import SQL

from ..tools.care import GRACE, is_control


class CrmCarePlan(models.Model):
    """Who is due: one statement per plan, over all customers. A kind of occasion is a method ``_occasions_<trigger>``."""
    _inherit = 'crm.care.plan'

    # each returns a relation of (partner_id, occasion): commercial partner and day in the company's time zone

    def _occasions_order(self, scope):
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS occasion
                 FROM sale_order AS doc JOIN res_partner AS partner ON partner.id = doc.partner_id
                WHERE doc.company_id = %s AND doc.state = 'sale'""", scope.day(SQL("doc.date_order")), scope.company.id)

    def _occasions_first_order(self, scope):
        return SQL("SELECT partner_id, MIN(occasion) AS occasion FROM (%s) AS orders GROUP BY partner_id", self._occasions_order(scope))

    def _occasions_delivery(self, scope):
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS occasion
                 FROM stock_picking AS doc JOIN stock_picking_type AS kind ON kind.id = doc.picking_type_id
                 JOIN res_partner AS partner ON partner.id = doc.partner_id
                WHERE doc.company_id = %s AND doc.state = 'done' AND kind.code = 'outgoing'""",
            scope.day(SQL("doc.date_done")), scope.company.id)

    def _occasions_solved(self, scope):
        return SQL(
            """SELECT commercial_partner_id AS partner_id, %s AS occasion FROM crm_ticket
                WHERE company_id = %s AND state IN ('solved', 'closed') AND commercial_partner_id IS NOT NULL AND merged_into_id IS NULL""",
            scope.day(SQL("date_solved")), scope.company.id)

    def _occasions_anniversary(self, scope):
        first = SQL("SELECT partner_id, occasion FROM (%s) AS first_order WHERE occasion <= %s - 300",
                    self._occasions_first_order(scope), scope.date)
        return self._yearly(first, scope)

    def _occasions_season(self, scope):
        day = fields.Date.to_date(f'2000-{self.season_month:02d}-{self.season_day:02d}')
        everybody = SQL("SELECT partner_id, %s::date AS occasion FROM crm_customer WHERE company_id = %s", day, scope.company.id)
        return self._yearly(everybody, scope)

    def _occasions_inactivity(self, scope):
        return SQL("SELECT partner_id, MAX(occasion) + %s AS occasion FROM (%s) AS orders GROUP BY partner_id",
                   self.inactivity_days, self._occasions_order(scope))

    def _occasions_grade(self, scope):
        return SQL(
            """SELECT customer.partner_id, history.date AS occasion
                 FROM crm_grade_history AS history JOIN crm_customer AS customer ON customer.id = history.customer_id
                WHERE history.company_id = %s AND history.move IN ('new', 'up') AND %s""", scope.company.id,
            SQL("history.grade_id IN %s", tuple(self.grade_ids.ids)) if self.grade_ids else SQL("TRUE"))

    def _occasions_date(self, scope):
        """Of records that the plan names: only stored fields of the ORM, checked when the plan was saved."""
        model = self.env[self.sudo().model_id.model]  # names of models and fields are no secret
        date, partner = model._fields[self.sudo().date_field_id.name], self.sudo().partner_field_id.name
        column = SQL.identifier('doc', date.name)
        day = scope.day(column) if date.type == 'datetime' else SQL("%s", column)
        conditions = [SQL("doc.company_id = %s", scope.company.id)] if model._fields.get('company_id') and (
            model._fields['company_id'].store) and model._name != 'res.partner' else []
        if model._fields.get('active') and model._fields['active'].store:
            conditions.append(SQL("doc.active"))
        relation = SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS occasion
                 FROM %s AS doc JOIN res_partner AS partner ON partner.id = %s WHERE %s IS NOT NULL AND %s""",
            day, SQL.identifier(model._table), SQL.identifier('doc', partner), column, SQL(" AND ").join(conditions or [SQL("TRUE")]))
        return self._yearly(relation, scope) if self.is_yearly else relation

    def _yearly(self, relation, scope):
        """Bring days into the year at work, in which the 29th of February may be the 28th, and into the one before and after."""
        return SQL(
            """SELECT partner_id, (occasion + (turn.year - EXTRACT(YEAR FROM occasion)::int) * INTERVAL '1 year')::date AS occasion
                 FROM (%s) AS yearly, (VALUES (%s), (%s), (%s)) AS turn(year) WHERE turn.year > EXTRACT(YEAR FROM occasion)::int - 1""",
            relation, scope.date.year - 1, scope.date.year, scope.date.year + 1)

    # ------------------------------------------------------------------

    def _due_sql(self, scope):
        """Return (partner_id, occasion) of whom the plan reaches on the day of ``scope``.

        Left out are customers with a complaint open, with another care within the gap, of other grades or segments, and what was before
        the plan counts. What was missed by a server that stood still, or was held back by a complaint, is made up for within a week.
        """
        self.ensure_one()
        customers = self.env['crm.customer'].sudo().with_context(active_test=True)  # the plan decides, whoever runs it
        domain = [('company_id', '=', self.company_id.id), ('partner_id.active', '=', True)]
        if self.grade_ids:
            domain.append(('grade_id', 'in', self.grade_ids.ids))
        if self.segment_ids:
            domain.append(('segment_ids', 'in', self.segment_ids.ids))
        reached = customers._search(domain).select(SQL("%s", SQL.identifier('crm_customer', 'partner_id')))
        return SQL(
            """SELECT DISTINCT due.partner_id, due.occasion
                 FROM (%(occasions)s) AS due
                WHERE due.occasion + %(offset)s BETWEEN %(day)s - %(grace)s AND %(day)s AND due.occasion + %(offset)s >= %(start)s
                  AND due.partner_id IN (%(reached)s)
                  AND NOT EXISTS (SELECT FROM crm_care_contact AS given
                                   WHERE given.plan_id = %(plan)s AND given.partner_id = due.partner_id AND given.occasion = due.occasion)
                  AND NOT EXISTS (SELECT FROM crm_care_contact AS other
                                   WHERE other.partner_id = due.partner_id AND other.state IN ('planned', 'done')
                                     AND other.date > %(day)s - %(gap)s)
                  AND NOT EXISTS (SELECT FROM crm_ticket AS complaint
                                   WHERE complaint.commercial_partner_id = due.partner_id AND complaint.company_id = %(company)s
                                     AND complaint.kind = 'complaint' AND complaint.state IN ('new', 'open', 'waiting'))
             ORDER BY due.partner_id, due.occasion""",
            occasions=getattr(self, f'_occasions_{self.trigger}')(scope), offset=self.offset_days, day=scope.date, grace=GRACE,
            start=self.date_from, reached=reached, plan=self.id, gap=self.gap_days, company=self.company_id.id)

    def _due(self, date=None):
        """Return [(partner id, day of the occasion)] of whom the plan reaches on a day, each customer once.

        :param date: in the company's time zone; default: today there
        """
        scope = self.company_id._crm_metric_scope(date)
        self.env.flush_all()
        found = {}
        for partner, occasion in self.env.execute_query(self._due_sql(scope)):
            found.setdefault(partner, occasion)
        return list(found.items())

    def _propose(self, date=None):
        """Note whom the plan reaches today, and whom it leaves out for comparison.

        :return: the new crm.care.contact in state planned
        """
        self.ensure_one()
        day = fields.Date.to_date(date) or self.company_id._crm_today()
        contacts = self.env['crm.care.contact'].sudo().create([{  # written by the plan only
            'plan_id': self.id, 'company_id': self.company_id.id, 'partner_id': partner, 'date': day, 'occasion': occasion,
            'state': 'control' if is_control(self.id, partner, self.control_percent) else 'planned',
        } for partner, occasion in self._due(day)])
        return contacts.filtered(lambda contact: contact.state == 'planned')

    def action_preview(self):
        """Show the customers whom the plan would reach today."""
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Reached Today"), 'res_model': 'res.partner',
            'views': [(False, 'list'), (False, 'form')], 'domain': [('id', 'in', [partner for partner, _occasion in self.sudo()._due()])],
            'help': self.env._("Nobody is reached today.")}
