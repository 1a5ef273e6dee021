from odoo import api, fields, models
from odoo.tools import SQL


class CrmContractStep(models.Model):
    """Whose turn it is: the person named on the step, else who stands for its department, else the salesperson."""
    _inherit = 'crm.contract.step'

    acting_user_id = fields.Many2one(
        'res.users', "Up To", compute='_compute_acting_user_id', store=True, precompute=True, index='btree_not_null', ondelete='set null',
        help="Who takes care of the step: its responsible person, else who stands for the department, else the salesperson.")

    @api.depends('name', 'partner_id')
    @api.depends_context('crm_step_customer')
    def _compute_display_name(self):
        """Besides, the customer, where steps of many stand side by side: the context key ``crm_step_customer``."""
        result = super()._compute_display_name()
        if self.env.context.get('crm_step_customer'):
            for step in self:
                step.display_name = f"{step.sudo().partner_id.display_name}: {step.name}"   # the customer's name is no secret
        return result

    @api.depends('user_id', 'kind', 'contract_id.user_id')
    def _compute_acting_user_id(self):
        """Not on the company: :meth:`_give_to_people` brings a change there to all its steps in one statement."""
        for step in self:
            company = step.contract_id.company_id.sudo()   # who stands for a department is no secret
            departments = {
                'deliver': company.crm_contract_warehouse_user_id, 'invoice': company.crm_contract_finance_user_id,
                'collect': company.crm_contract_finance_user_id}
            step.acting_user_id = step.user_id or departments.get(step.kind) or step.contract_id.sudo().user_id   # as above

    @api.model
    def _give_to_people(self, companies):
        """Bring whose turn it is in line with who stands for the departments of companies."""
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """UPDATE crm_contract_step AS step
                  SET acting_user_id = plan.user_id
                 FROM (SELECT step.id, COALESCE(
                                  step.user_id,
                                  CASE step.kind WHEN 'deliver' THEN company.crm_contract_warehouse_user_id
                                                 WHEN 'invoice' THEN company.crm_contract_finance_user_id
                                                 WHEN 'collect' THEN company.crm_contract_finance_user_id END,
                                  contract.user_id) AS user_id
                         FROM crm_contract_step AS step
                         JOIN crm_contract AS contract ON contract.id = step.contract_id
                         JOIN res_company AS company ON company.id = step.company_id
                        WHERE step.company_id IN %s) AS plan
                WHERE plan.id = step.id AND step.acting_user_id IS DISTINCT FROM plan.user_id""", tuple(companies.ids)))
        self.invalidate_model(['acting_user_id'])
