import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegment(models.Model):
    """A named group of customers by rule: contact fields, recorded metrics, grades and life-cycle states, all of which
    must hold. Its members are looked up each time, so that it is always up to date."""
    _name = 'crm.segment'
    _description = "Customer Segment"
    _order = 'company_id, sequence, name, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    color = fields.Integer()
    description = fields.Text(translate=True)
    domain = fields.Char("Only where", default='[]', required=True, help="Condition on the customer and the contact.")
    criterion_ids = fields.One2many('crm.segment.criterion', 'segment_id', "Metrics", copy=True)
    grade_ids = fields.Many2many('crm.grade', string="Grades", check_company=True, help="Any of these; empty: whatever the grade.")
    lifecycle_ids = fields.Many2many(
        'crm.lifecycle.state', string="Life-Cycle States", check_company=True, help="Any of these; empty: whatever the state.")
    customer_count = fields.Integer("Customers", compute='_compute_customer_count', compute_sudo=False)
    rule_text = fields.Char("Condition", compute='_compute_rule_text')

    _name_company_uniq = models.Constraint('UNIQUE(name, company_id)', "The company has a segment of this name already.")

    @api.constrains('domain')
    def _check_domain(self):
        for segment in self:
            domain = segment._parsed_domain()
            if any(condition.field_expr.split('.')[0] == 'segment_ids' for condition in domain.iter_conditions()):
                raise ValidationError(self.env._("“%(segment)s”: a segment cannot be built on segments.", segment=segment.name))
            try:
                self.env['crm.customer'].sudo().search(domain, limit=1)  # checks the condition, shows nobody anything
            except (ValueError, KeyError, UserError) as error:
                raise ValidationError(self.env._(
                    "“%(segment)s”: the condition on customers does not work: %(error)s",
                    segment=segment.name, error=error)) from error

    def _parsed_domain(self):
        """:raise ValidationError: unless the condition is a plain domain; code is never evaluated"""
        try:
            return Domain(ast.literal_eval(self.domain or '[]'))
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(self.env._(
                "“%(segment)s”: the condition on customers is not a domain.", segment=self.name)) from error

    @api.depends_context('uid', 'lang')
    @api.depends('criterion_ids.display_name', 'grade_ids.name', 'lifecycle_ids.name', 'domain')
    def _compute_rule_text(self):
        for segment in self:
            parts = [", ".join(names.mapped('name')) for names in (segment.grade_ids, segment.lifecycle_ids) if names]
            parts += segment.criterion_ids.mapped('display_name')
            parts += segment._condition_texts()
            segment.rule_text = "; ".join(parts) or self.env._("all customers")

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('criterion_ids', 'grade_ids', 'lifecycle_ids', 'domain', 'company_id')
    def _compute_customer_count(self):
        counts = dict(self._count_customers())
        for segment in self:
            segment.customer_count = counts.get(segment._origin.id, 0)

    def _count_customers(self):
        """Return ``[(segment id, number of its customers that the user may see)]`` by one statement."""
        return self._union(lambda segment, query: query.select(SQL("%s::int", segment.id), SQL("COUNT(*)::int")))

    def _union(self, select, domain=Domain.TRUE):
        """Run one statement over all saved segments; ``select(segment, query of its customers)`` makes each part."""
        Customer = self.env['crm.customer']
        parts = [
            SQL("(%s)", select(segment, Customer._search(segment.customer_domain() & domain)))
            for segment in self._origin
        ]
        if not parts:
            return []
        self.env.flush_all()
        return self.env.execute_query(SQL(" UNION ALL ").join(parts))

    def customer_domain(self):
        """Return the domain on ``crm.customer`` of the members of this segment.

        It holds for every user alike; what a user may see of the members is up to the record rules of the search that
        the domain is used in.
        """
        self.ensure_one()
        segment = self.sudo()  # members do not depend on who looks: a condition may read amounts that the user may not
        domain = Domain('company_id', '=', segment.company_id.id) & segment._parsed_domain()
        if segment.grade_ids:
            domain &= Domain('grade_id', 'in', segment.grade_ids.ids)
        if segment.lifecycle_ids:
            domain &= Domain('lifecycle_id', 'in', segment.lifecycle_ids.ids)
        if segment.criterion_ids:
            today = segment.company_id._crm_today()
            criteria = segment.criterion_ids
            domain &= Domain.custom(to_sql=lambda model, alias, query: criteria._condition_sql(alias, today))
        query = segment.env['crm.customer'].with_company(segment.company_id)._search(domain)
        return Domain('id', 'in', query)

    # ------------------------------------------------------------------
    # Using a segment
    # ------------------------------------------------------------------

    def action_view_customers(self):
        """Open the customers of the segment, ready for grouping and export."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': 'crm.customer',
            'view_mode': 'list,form',
            'domain': [('segment_ids', 'in', self.ids)],
        }

    def action_plan_activities(self):
        """Open the form that starts an activity plan on all customers of the segment."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Plan Activities"),
            'res_model': 'crm.segment.activity',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_segment_id': self.id},
        }

    def action_write_mail(self):
        """Open the mail composer for all customers of the segment."""
        self.ensure_one()
        partners = self._partners()
        if not partners:
            raise UserError(self.env._("There is nobody in “%(segment)s” to write to.", segment=self.name))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Write to %(segment)s", segment=self.name),
            'res_model': 'mail.compose.message',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_composition_mode': 'mass_mail', 'default_model': 'res.partner', 'default_res_ids': partners.ids,
                'default_partner_to': '{{ object.id }}', 'mailing_document_based': True,
            },
        }

    def _partners(self):
        """Return the contacts of the members that the user may see."""
        return self.env['crm.customer'].search(self.customer_domain()).partner_id


class CrmSegmentCriterion(models.Model):
    """A condition of a segment on a recorded metric."""
    _name = 'crm.segment.criterion'
    _description = "Segment Condition"
    _inherit = ['crm.metric.criterion']
    _order = 'segment_id, sequence, id'

    sequence = fields.Integer(default=10)
    segment_id = fields.Many2one('crm.segment', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='segment_id.company_id')


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    @api.model
    def _criterion_models(self):
        return {**super()._criterion_models(), 'crm.segment.criterion': 'segment_id'}
