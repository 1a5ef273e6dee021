from odoo import api, fields, models
from odoo.exceptions import ValidationError

TRIGGERS = [
    ('order', "After an Order"), ('first_order', "After the First Order"), ('delivery', "After a Delivery"),
    ('solved', "After a Ticket Was Solved"), ('anniversary', "On the Anniversary of the First Order"), ('season', "On a Day of the Year"),
    ('inactivity', "When Nothing Was Bought for a While"), ('grade', "When a Grade Was Reached"), ('date', "On a Date of a Record"),
]


class CrmCarePlan(models.Model):
    """When we get in touch with customers by ourselves, with whom, and how."""
    _name = 'crm.care.plan'
    _description = "Care Plan"
    _inherit = ['mail.thread']
    _order = 'sequence, name, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        "Counts From", required=True, default=fields.Date.context_today, tracking=True, help="What happened before is left alone.")

    # when
    trigger = fields.Selection(
        TRIGGERS, required=True, tracking=True, default=lambda self: 'delivery' if 'stock.picking' in self.env else 'order')
    offset_days = fields.Integer("Days After", default=7, tracking=True, help="Negative: so many days before.")
    season_month = fields.Integer("Month", default=12)
    season_day = fields.Integer("Day", default=15)
    inactivity_days = fields.Integer("Days Without a Purchase", default=90)
    model_id = fields.Many2one(
        'ir.model', "Records", ondelete='cascade', domain="[('transient', '=', False), ('field_id.relation', '=', 'res.partner')]",
        help="For example contracts, whose last day is a reason to call.")
    date_field_id = fields.Many2one(
        'ir.model.fields', "Date", ondelete='cascade',
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]")
    partner_field_id = fields.Many2one(
        'ir.model.fields', "Customer Field", ondelete='cascade',
        domain="[('model_id', '=', model_id), ('relation', '=', 'res.partner'), ('ttype', '=', 'many2one'), ('store', '=', True)]")
    is_yearly = fields.Boolean("Every Year", help="On the day of each year, as for a birthday.")

    # whom
    grade_ids = fields.Many2many('crm.grade', string="Grades", check_company=True, help="Empty: whatever the grade.")
    segment_ids = fields.Many2many('crm.segment', string="Segments", check_company=True, help="In any of these; empty: everybody.")
    gap_days = fields.Integer(
        "Not Within (Days)", default=14, help="Of another care of any plan: nobody wants to hear from us every day.")
    control_percent = fields.Float(
        "Left Out (%)", default=0, help="Share of customers who get nothing, drawn by lot, so that one sees what the plan does.")

    # how
    action = fields.Selection([('mail', "Mail"), ('activity', "Activity")], required=True, default='mail', tracking=True)
    template_id = fields.Many2one('mail.template', "Letter", ondelete='restrict', domain=[('model', '=', 'crm.care.contact')])
    activity_type_id = fields.Many2one(
        'mail.activity.type', "Activity", ondelete='restrict', domain="[('res_model', 'in', (False, 'res.partner'))]")
    summary = fields.Char(translate=True)
    note = fields.Html(translate=True)
    user_id = fields.Many2one(
        'res.users', "Whose Task", domain=[('share', '=', False)], check_company=True, help="Empty: the customer's salesperson.")

    # what came of it
    effect_days = fields.Integer("Bought Within (Days)", default=60)
    contact_ids = fields.One2many('crm.care.contact', 'plan_id', "Given", readonly=True)

    _gap_positive = models.Constraint('CHECK(gap_days >= 0)', "A gap cannot be shorter than no day.")
    _control_range = models.Constraint('CHECK(control_percent >= 0 AND control_percent <= 50)', "Leave out at most half of the customers.")

    @api.constrains('trigger', 'season_month', 'season_day', 'inactivity_days')
    def _check_when(self):
        for plan in self:
            if plan.trigger == 'season':
                try:
                    fields.Date.to_date(f'2000-{plan.season_month:02d}-{plan.season_day:02d}')
                except ValueError as error:
                    raise ValidationError(self.env._(
                        "%(plan)s: there is no day %(day)s.%(month)s. in a year. Correct the day.",
                        plan=plan.name, day=plan.season_day, month=plan.season_month)) from error
            if plan.trigger == 'inactivity' and plan.inactivity_days < 1:
                raise ValidationError(self.env._("%(plan)s: enter after how many days without a purchase.", plan=plan.name))
            if plan.trigger == 'delivery' and 'stock.picking' not in self.env:
                raise ValidationError(self.env._(
                    "%(plan)s: there are no deliveries here. Install Inventory, or choose orders.", plan=plan.name))

    @api.constrains('trigger', 'model_id', 'date_field_id', 'partner_field_id')
    def _check_date_field(self):
        for plan in self.filtered(lambda plan: plan.trigger == 'date'):
            date, partner = plan.sudo().date_field_id, plan.sudo().partner_field_id  # names of fields are no secret
            if not plan.model_id or not date or not partner:
                raise ValidationError(self.env._("%(plan)s: choose the records, their date and their customer.", plan=plan.name))
            if {date.model_id, partner.model_id} != {plan.model_id} or not date.store or not partner.store or (
                    partner.relation != 'res.partner' or date.ttype not in ('date', 'datetime')):
                raise ValidationError(self.env._("%(plan)s: the date and the customer have to be stored on the records.", plan=plan.name))

    @api.constrains('action', 'template_id', 'activity_type_id')
    def _check_how(self):
        for plan in self:
            if plan.action == 'mail' and not plan.template_id or plan.action == 'activity' and not plan.activity_type_id:
                raise ValidationError(self.env._("%(plan)s: choose the letter or the activity.", plan=plan.name))
