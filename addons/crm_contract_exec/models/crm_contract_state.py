from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.contract_state import TRANSITIONS, target


class CrmContract(models.Model):
    """What people do with a contract. One method per transition; :mod:`..tools.contract_state` says who may do it when.

    Other parts of the suite hook into ``_after_<transition>``, which run once per call on all contracts that moved.
    """
    _inherit = 'crm.contract'

    def _roles(self):
        """Return the roles of the user: what the decision table asks for."""
        user = self.env.user
        groups = {
            'rep': 'sales_team.group_sale_salesman', 'manager': 'sales_team.group_sale_manager', 'finance': 'account.group_account_invoice'}
        return {role for role, group in groups.items() if self.env.su or user.has_group(group)}

    def _check_move(self, transition):
        """:raise UserError: where the transition is not allowed in a contract's state
        :raise AccessError: for a user in none of the roles that may do it
        """
        roles = TRANSITIONS[transition][2]
        if not roles & self._roles():
            raise AccessError(self.env._("Your role does not allow this step. Ask a colleague in sales management or finance."))
        states = dict(self._fields['state']._description_selection(self.env))
        for contract in self:
            if not target(transition, contract.state):
                raise UserError(self.env._(
                    "Contract %(name)s is “%(state)s”: this cannot be done with it.", name=contract.name, state=states[contract.state]))

    def _move(self, transition, **vals):
        """Bring the contracts into the state that a transition leads to, together with ``vals``.

        :raise UserError: where the transition is not allowed; then nothing is changed
        """
        self._check_move(transition)
        self.write({'state': TRANSITIONS[transition][1], **vals})

    # ------------------------------------------------------------------
    # Transitions
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask for approval; what needs none is approved at once."""
        self._move('submit')
        self._after_submit()
        return True

    def action_approve(self):
        """Approve; the contract may be signed once all who have to approve have done so."""
        self._move('approve')
        return True

    def action_sign(self, date=None):
        """Record that both sides have signed.

        :param date: day of the signature; default: today where the user is
        :raise UserError: unless approved
        """
        self._move('sign', date_signed=fields.Date.to_date(date) or fields.Date.context_today(self))
        self._after_sign()
        return True

    def action_start(self):
        """Begin to carry the contracts out: from now on their plan is followed."""
        self._move('start')
        self._after_start()
        return True

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    def _after_submit(self):
        """Hook: the contracts went into approval."""

    def _after_sign(self):
        """Hook: the contracts were signed."""

    def _after_start(self):
        """Hook: the contracts are carried out from now on."""
