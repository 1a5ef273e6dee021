from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.credit import CHECKS, DELIVERY_CHECKS, ORDER_CHECKS

RELEASERS = 'crm_contract_exec.group_credit_release'


class ResCompany(models.Model):
    _inherit = 'res.company'

    crm_credit_check = fields.Selection(
        CHECKS, "Check Credit Limits", required=True, default='none',
        help="An order or delivery that leads over the customer's credit limit is put on hold until somebody releases it.")
    crm_credit_approver_id = fields.Many2one(
        'res.users', "Who Decides on Holds", ondelete='set null', domain=[('share', '=', False)],
        help="Is told at once. Empty: whoever may release and works in the company.")
    crm_credit_days = fields.Integer("A Release Lasts (Days)", default=7)
    crm_credit_four_eyes = fields.Boolean(
        "Nobody Releases Own Orders", default=True, help="Neither the salesperson of an order nor who asked for it may release it.")

    @api.constrains('crm_credit_approver_id')
    def _check_crm_credit_approver(self):
        for company in self:
            approver = company.crm_credit_approver_id
            if approver and not approver.has_group(RELEASERS):
                raise ValidationError(self.env._(
                    "%(user)s may not release orders. Give the right “Release orders over the credit limit” first.", user=approver.name))

    def _crm_checks_orders(self):
        return self.crm_credit_check in ORDER_CHECKS

    def _crm_checks_deliveries(self):
        return self.crm_credit_check in DELIVERY_CHECKS

    def _crm_credit_approvers(self):
        """Return who is told about holds of the company: the one named, else who has the right and works in the company."""
        self.ensure_one()
        company = self.sudo()   # who decides is no secret
        named = company.crm_credit_approver_id.filtered('active')
        if named:
            return named
        users = self.env.ref(RELEASERS).sudo().all_user_ids
        return users.filtered(lambda user: user.active and not user.share and company in user.company_ids and user.id > 1)[:5]


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_credit_check = fields.Selection(related='company_id.crm_credit_check', readonly=False)
    crm_credit_approver_id = fields.Many2one(related='company_id.crm_credit_approver_id', readonly=False)
    crm_credit_days = fields.Integer(related='company_id.crm_credit_days', readonly=False)
    crm_credit_four_eyes = fields.Boolean(related='company_id.crm_credit_four_eyes', readonly=False)
