from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.step_state import OPEN

SHOWN = ('approved', 'signed', 'executing', 'suspended', 'completed', 'terminated')   # what a customer finds in the portal


class CrmContract(models.Model):
    """A contract as its customer sees it. The portal has no access to the models: its pages show what these methods return."""
    _inherit = 'crm.contract'

    def _portal_domain(self, partner):
        """Return the domain of the contracts that a person finds in the portal: those of the own company, once agreed."""
        return Domain('partner_id', '=', partner.commercial_partner_id.id) & Domain('state', 'in', SHOWN)

    def _is_shown_to(self, user):
        """Whether a portal user finds the contract among the own ones."""
        return bool(self.filtered_domain(self._portal_domain(user.partner_id)))

    def _portal_steps(self):
        """Return the steps that concern the customer: not our own tasks."""
        return self.step_ids.filtered(lambda step: step.kind != 'task' and step.state != 'void').sorted('sequence')

    def _portal_invoices(self):
        """Return the posted invoices and credit notes of the contract, the latest first."""
        moves = self.env['account.move'].search([
            ('state', '=', 'posted'), ('move_type', 'in', ('out_invoice', 'out_refund')), '|', ('crm_contract_id', '=', self.id),
            ('line_ids.sale_line_ids.order_id.crm_contract_id', '=', self.id)])
        return moves.sorted(lambda move: (move.invoice_date, move.id), reverse=True)

    def _portal_deliveries(self):
        """Return the transfers to the customer, planned and done."""
        return self.order_ids.picking_ids.filtered(
            lambda picking: picking.state != 'cancel' and picking.picking_type_code == 'outgoing').sorted('scheduled_date')

    def _portal_progress(self):
        """Return the bars of progress, as (label, percent)."""
        bars = [(self.env._("Delivered"), self.delivered_percent)]
        if any(step.kind == 'accept' for step in self.step_ids):
            bars.append((self.env._("Accepted"), self.accepted_percent))
        return [*bars, (self.env._("Invoiced"), self.invoiced_percent), (self.env._("Paid"), self.collected_percent)]

    def _portal_amendments(self):
        """Return the amendments that the customer may read: agreed with us already, or in force."""
        return self.amendment_ids.filtered(lambda amendment: amendment.state in ('approved', 'applied'))

    def _sign_in_portal(self, name, signature):
        """Record the signature of the customer.

        :param name: who signed
        :param signature: its picture (base64)
        :raise UserError: unless the contract is approved
        """
        self.ensure_one()
        self.action_sign(signed_by=name, signature=signature)

    def _get_report_base_filename(self):
        return self.name


class CrmContractStep(models.Model):
    """A step as the customer sees it."""
    _inherit = 'crm.contract.step'

    def _portal_can_accept(self):
        """Whether the customer may sign this acceptance now."""
        return self.kind == 'accept' and self.state in OPEN and self.contract_id.state in ('signed', 'executing')

    def _portal_can_pay(self):
        """Whether the customer may pay this instalment now."""
        return (
            self.kind == 'collect' and self.state in OPEN and self._is_worked_on(('signed', 'executing'))
            and not self.contract_id.is_manual and self.currency_id.compare_amounts(self.amount, self.done_amount) > 0
            and bool(self.contract_id.order_ids or self.contract_id._portal_invoices()))

    def _portal_state(self):
        """Return (words, Bootstrap colour) for the state of the step, as a customer understands it."""
        words = {
            'done': (self.env._("Done"), 'success'), 'partial': (self.env._("In part"), 'info'),
            'overdue': (self.env._("Overdue"), 'danger'), 'ready': (self.env._("Open"), 'primary')}
        return words.get(self.state, (self.env._("Planned"), 'light'))

    def _portal_kind(self):
        """Return what sort of step it is, in the words of a customer."""
        return {
            'deliver': self.env._("Delivery"), 'accept': self.env._("Acceptance"), 'invoice': self.env._("Invoice"),
            'collect': self.env._("Instalment")}.get(self.kind, "")

    def _accept_in_portal(self, name, signature):
        """Record that the customer has accepted what the step is about.

        :param name: who signed
        :param signature: picture of the signature (base64)
        :raise UserError: where there is nothing to accept
        """
        self.ensure_one()
        if not self._portal_can_accept():
            raise UserError(self.env._("“%(step)s” is not to be accepted now.", step=self.name))
        self.action_accept(name, signature)
