from markupsafe import Markup

from odoo import Command, api, models
from odoo.tools import SQL


class CrmContract(models.Model):
    """What is still to be paid when a contract is terminated: one instalment in the place of the plan, or what finance pays back.

    From the termination on the instalments of the plan are worth what was paid of them by then; what comes later pays the settlement.
    Credit notes bring the books in line with what was agreed and take nothing off it, unless they are made out for the settlement itself.
    """
    _inherit = 'crm.contract'

    def _after_terminate(self):
        result = super()._after_terminate()
        for contract in self.sudo():   # who may terminate a contract settles the whole of it
            contract._settle()
        return result

    def _settle(self):
        """Put the settlement into the plan, and have finance pay back what the customer gets."""
        self.ensure_one()
        owed = self.currency_id.compare_amounts(self.settlement_amount, 0)
        claims = self.step_ids.filtered(lambda step: step._is_claim())
        if owed > 0 or claims:
            self._freeze_plan()
        if owed > 0:
            self.step_ids = [Command.create({
                'name': self.env._("Settlement"), 'kind': 'collect', 'anchor': 'date', 'is_settlement': True,
                'sequence': max(self.step_ids.mapped('sequence'), default=0) + 10, 'amount': self.settlement_amount,
                'date_due': self.settlement_due or self.date_terminated})]
        elif owed < 0:
            finance = self.company_id.crm_contract_finance_user_id or self.user_id
            self.activity_schedule(
                'mail.mail_activity_data_todo', self.company_id._crm_today(), user_id=finance.id or self.env.uid, summary=self.env._(
                    "Pay %(amount)s back to %(customer)s: %(contract)s was terminated", amount=self._money(-self.settlement_amount),
                    customer=self.partner_id.display_name, contract=self.name))

    def _freeze_plan(self):
        """Bring the instalments of the plan down to what was paid of them; how they were planned stays readable in the messages."""
        changed = self.step_ids.filtered(
            lambda step: step.kind == 'collect' and not step.is_settlement and not step.void_reason
            and step.currency_id.compare_amounts(step.amount, step.done_amount))
        if not changed:
            return
        plan = Markup("").join(
            Markup("<li>%s</li>") % f"{step.name}: {self._money(step.done_amount)} / {self._money(step.amount)}" for step in changed)
        self.message_post(body=Markup("%s<ul>%s</ul>") % (self.env._("Paid of the instalments planned, when it was terminated:"), plan))
        changed.filtered(lambda step: not step.done_amount)._drop(self.env._("The contract was terminated"))
        for step in changed.filtered('done_amount'):
            step.write({'amount': step.done_amount, 'percent': 0})

    # ------------------------------------------------------------------
    # Carrying it out
    # ------------------------------------------------------------------

    @api.model
    def _in_line_sql(self):
        """Return the condition that a contract has something to bring in line by itself, on the alias ``contract``: it runs, or was
        terminated and is still to be settled."""
        return SQL(
            """(contract.state IN ('signed', 'executing', 'suspended')
                OR contract.id IN (SELECT contract_id FROM crm_contract_step WHERE is_settlement AND contract_state = 'terminated'
                                      AND state NOT IN ('done', 'void')))""")

    @api.model
    def _credits_of_plans_sql(self, credited):
        """Leave out of the relation of credits what does not count for plans: of settled contracts all but that of the settlement."""
        return SQL(
            """SELECT * FROM (%s) AS credited
                WHERE contract_id NOT IN (SELECT contract_id FROM crm_fact_step AS claim WHERE %s)
                   OR step_id IN (SELECT id FROM crm_fact_step AS claim WHERE %s)""", credited, self._claim_sql(), self._claim_sql())

    @api.model
    def _claim_sql(self):
        return SQL(
            "claim.is_settlement AND claim.kind = 'collect' AND claim.contract_state = 'terminated' AND claim.void_reason IS NULL")


class CrmContractStep(models.Model):
    """Steps of terminated contracts that are still to be done."""
    _inherit = 'crm.contract.step'

    _settlement_idx = models.Index("(contract_id) WHERE is_settlement")

    def _is_claim(self):
        """Whether the step is money that is still to be collected although its contract was terminated."""
        return self.is_settlement and self.kind == 'collect' and not self.void_reason

    def _is_worked_on(self, states):
        """Whether the step is one of a contract in one of the states, or has outlived its contract."""
        return self.contract_state in states or self.is_settlement and self.contract_state == 'terminated'
