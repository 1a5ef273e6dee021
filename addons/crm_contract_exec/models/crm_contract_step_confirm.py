import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.contract_state import RUNNING
from ..tools.step_state import CONFIRMED_KINDS, MONEY_KINDS, OPEN


class CrmContractStep(models.Model):
    """What no document in Odoo says is confirmed: acceptances with a signature, tasks, and steps of contracts that are run without Odoo's
    invoices. What the books know, nobody ticks."""
    _inherit = 'crm.contract.step'

    can_confirm = fields.Boolean(compute='_compute_can_confirm')

    @api.depends('state', 'contract_state')
    def _compute_can_confirm(self):
        for step in self:
            step.can_confirm = step.state in OPEN and step._is_worked_on(RUNNING) and step._is_by_hand()

    def _is_by_hand(self):
        """Whether a person says when the step is done: nothing in the books could."""
        self.ensure_one()
        step = self.sudo()  # for a yes or no only
        if step.contract_id.is_manual or step.kind in CONFIRMED_KINDS:
            return True
        if step.kind in MONEY_KINDS:
            return not step.amount
        return not step.line_ids and not step.contract_id.order_ids.order_line.filtered(lambda line: line.product_id.type == 'consu')

    def action_open(self):
        """Open the step with all that is known of it."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id, 'views': [(False, 'form')]}

    def action_accept(self, name=None, signature=None, date=None, document=None):
        """Record that the customer has accepted.

        :param name: who signed
        :param signature: image, base64
        :param date: day in the company's time zone; default: today there
        :param document: (file name, content as base64) of the signed paper, kept with the step
        :raise UserError: for other kinds of steps, without a name, for a day to come, or where it was accepted already
        """
        for step in self:
            if step.kind != 'accept':
                raise UserError(self.env._("“%(step)s” is nothing to accept.", step=step.name))
            if not (name or '').strip():
                raise UserError(self.env._("Enter who has accepted “%(step)s”.", step=step.name))
        self._confirm(name.strip(), date, signature=signature, document=document)
        return True

    def action_done(self, date=None, amount=None):
        """Record that a step is done which no document in Odoo knows of.

        :param date: day in the company's time zone; default: today there
        :param amount: for money, how much in all so far; default: all of it
        :raise UserError: where Odoo's documents say what is done, for a day to come, or where it is done already
        """
        for step in self:
            if step.kind == 'accept':
                raise UserError(self.env._("Record who has accepted “%(step)s”.", step=step.name))
            step._confirm(self.env.user.name, date, amount=step.amount if amount is None else amount)
        return True

    def action_withdraw(self):
        """Take a confirmation back, by whoever may write the step.

        :raise UserError: where nothing was confirmed, or the contract has ended
        """
        self.check_access('write')
        for step in self:
            if not step.date_confirmed or not step._is_worked_on(RUNNING):
                raise UserError(self.env._("Nothing can be taken back for “%(step)s”.", step=step.name))
            step.sudo().message_post(  # what was confirmed stays readable
                body=self.env._("%(who)s took back what %(by)s confirmed on %(date)s.", who=self.env.user.name, by=step.confirmed_by,
                                date=fields.Date.to_string(step.date_confirmed)))
        self.sudo().write({  # confirmations are written here only, after the check above
            'date_confirmed': False, 'confirmed_by': False, 'confirmed_user_id': False, 'confirmed_amount': 0, 'signature': False})
        return True

    def _confirm(self, by, date=None, amount=0, signature=None, document=None):
        self.check_access('write')
        for step in self:
            today = step.company_id._crm_today()
            day = fields.Date.to_date(date) or today
            if not step.can_confirm:
                raise UserError(self.env._(
                    "“%(step)s” cannot be confirmed: it is done or void, its contract is not running, or documents in Odoo say what is"
                    " done.",
                    step=step.name))
            if day > today:
                raise UserError(self.env._("“%(step)s” cannot be done on a day to come.", step=step.name))
            step.sudo().write({  # confirmations are written here only, after the checks above
                'date_confirmed': day, 'confirmed_by': by, 'confirmed_user_id': self.env.uid, 'confirmed_amount': amount,
                **({'signature': signature} if signature else {})})
            attachments = [(document[0], base64.b64decode(document[1]))] if document else []
            step.sudo().message_post(  # also by people of the warehouse, who may not write messages on contracts
                body=self.env._("Confirmed by %(name)s.", name=by), attachments=attachments, author_id=self.env.user.partner_id.id)
