from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmVisitReassign(models.TransientModel):
    """Give the planned visits of a period to somebody else: illness, holidays, a trade fair."""
    _name = 'crm.visit.reassign'
    _description = "Reassign a Period"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    plannable_ids = fields.Many2many('res.users', compute='_compute_people')
    salespeople_ids = fields.Many2many('res.users', compute='_compute_people')
    user_id = fields.Many2one(
        'res.users', "From", required=True, default=lambda self: self.env.user, domain="[('id', 'in', plannable_ids)]")
    to_user_id = fields.Many2one('res.users', "To", required=True, domain="[('id', 'in', salespeople_ids), ('id', '!=', user_id)]")
    date_from = fields.Date("First Day", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Last Day", required=True, default=fields.Date.context_today)
    reason = fields.Char()
    visit_ids = fields.Many2many(
        'crm.visit', string="Visits", compute='_compute_visit_ids', store=True, readonly=False,
        help="Take out those that stay.")

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('company_id')
    def _compute_people(self):
        self.plannable_ids = self.env.user._crm_plannable()
        self.salespeople_ids = self.env['res.users']._crm_salespeople()

    @api.depends('user_id', 'company_id', 'date_from', 'date_to')
    def _compute_visit_ids(self):
        for wizard in self:
            wizard.visit_ids = wizard._planned() if wizard.date_from and wizard.date_to else False

    def _planned(self):
        return self.env['crm.visit'].search([
            ('company_id', '=', self.company_id.id), ('user_id', '=', self.user_id.id), ('state', '=', 'planned'),
            ('date', '>=', self.date_from), ('date', '<=', self.date_to)], order='date_start')

    def action_reassign(self):
        """Move the visits; both people are told.

        :raise AccessError: unless the user may plan for the person whose visits they are
        :raise UserError: without a reason or visits, to somebody who is not in sales, or when the days are the wrong way round
        """
        self.ensure_one()
        self.env['res.users']._crm_check_plannable(self.user_id)
        if self.to_user_id == self.user_id or self.to_user_id not in self.salespeople_ids:
            raise UserError(self.env._("Choose somebody else in sales to make the visits."))
        if not (self.reason or '').strip():
            raise UserError(self.env._("Give the reason: both people are told."))
        if self.date_to < self.date_from:
            raise UserError(self.env._("The last day lies before the first one."))
        visits = self.visit_ids & self._planned()
        if not visits:
            raise UserError(self.env._("%(person)s has no planned visits in these days.", person=self.user_id.name))
        visits.write({'user_id': self.to_user_id.id})
        self._tell(visits)
        return {'type': 'ir.actions.act_window_close'}

    def _tell(self, visits):
        body = self.env._(
            "Moved from %(person)s to %(other)s: %(reason)s", person=self.user_id.name, other=self.to_user_id.name,
            reason=self.reason.strip())
        visits._message_log_batch(bodies=dict.fromkeys(visits.ids, body), author_id=self.env.user.partner_id.id)
        names = ", ".join(visits.partner_id.mapped('display_name'))
        people = (self.user_id + self.to_user_id - self.env.user).partner_id
        if people:
            self.env['mail.thread'].message_notify(
                partner_ids=people.ids, subject=self.env._("%(count)s visits reassigned", count=len(visits)),
                body=self.env._("%(what)s (%(customers)s)", what=body, customers=names))
