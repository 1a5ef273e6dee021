from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..tools.reasons import fault, main_place, make_room, weight_left

ACTIVITY = 'crm_churn.mail_activity_type_reason'
ASK_WITHIN_DAYS = 30   # nobody remembers why somebody was lost a year ago
BATCH = 200


class CrmChurnEvent(models.Model):
    """Why something was lost: said when it happens, or asked for afterwards."""
    _inherit = 'crm.churn.event'

    asked_on = fields.Date("Reason Asked For", readonly=True)
    weight_left = fields.Float("Without a Reason (%)", compute='_compute_weight_left')

    @api.depends('reason_ids.weight')
    def _compute_weight_left(self):
        for event in self:
            event.weight_left = weight_left(event.reason_ids.mapped('weight'))

    @api.onchange('reason_ids')
    def _onchange_reason_ids(self):
        """A reason just added gets the share that is left, or the others make room for it."""
        if self.reason_ids:
            for line, weight in zip(self.reason_ids, make_room(self.reason_ids.mapped('weight')), strict=True):
                line.weight = weight

    @api.constrains('reason_ids')
    def _check_reasons(self):
        for event in self:
            event._check_shares([(line.reason_id, line.weight, line.is_main) for line in event.reason_ids])

    @api.model
    def _check_shares(self, reasons):
        """:raise ValidationError: where the reasons do not hang together, see :func:`..tools.reasons.fault`"""
        found = fault(reasons)
        if found:
            raise ValidationError({
                'double': self.env._("The same reason is given twice. Take one of them out."),
                'over': self.env._("The shares of the reasons add up to more than 100 %. Lower one of them."),
                'mains': self.env._("A loss has one main reason. Mark only one."),
            }[found])

    def _explain(self, reasons, **vals):
        """Say why these were lost; reasons given before are replaced.

        :param reasons: list of (reason, weight in percent, is the main one); without a main one the heaviest is it
        :param vals: further explanations: ``note``, ``said_by_id`` …
        :raise ValidationError: where the reasons do not hang together
        """
        self._check_shares(reasons)
        place = main_place(reasons)
        if reasons:
            self.reason_ids.unlink()
            vals['reason_ids'] = [
                Command.create({'reason_id': reason.id, 'weight': weight, 'is_main': number == place})
                for number, (reason, weight, _main) in enumerate(reasons)]
        if vals:
            self.write(vals)

    def _settle(self):
        """See to it that losses with reasons have a main one, and that nobody is asked any more."""
        for event in self:
            lines = event.reason_ids
            if lines and not event.main_reason_id:
                lines[main_place([(line.reason_id, line.weight, line.is_main) for line in lines])].is_main = True
        explained = self.filtered('main_reason_id')
        if explained.activity_ids:
            explained.activity_feedback([ACTIVITY])

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _cron_ask_reasons(self):
        """Ask for the reasons that are missing, once for each loss."""
        companies = self.env['res.company'].search([('crm_churn_ask_reason', '=', True)])
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self._ask_reasons(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _ask_reasons(self, company):
        """Give an activity to the owner of each recent loss of a company without a reason.

        :return: the losses that were asked about
        """
        today = company._crm_today()
        events = self.search([
            ('company_id', '=', company.id), ('main_reason_id', '=', False), ('asked_on', '=', False),
            ('date', '>', today - relativedelta(days=ASK_WITHIN_DAYS))], limit=BATCH * 10)
        return events.filtered(lambda event: event._ask())

    def _ask(self):
        """Ask the owner why it was lost.

        :return: whether there was somebody to ask
        """
        user, company = self._owner(), self.company_id
        if user:
            self.activity_schedule(
                ACTIVITY, company._crm_today() + relativedelta(days=company.crm_churn_ask_days),
                self.with_context(lang=user.lang).env._("Why did we lose “%(name)s”?", name=self.name), user_id=user.id)
            self.asked_on = company._crm_today()
        return bool(user)

    def _owner(self):
        """Return who can be asked: the salesperson of the loss, else of the customer, else the team's leader; none if all have left."""
        users = (self.user_id, self.partner_id.user_id, self.team_id.user_id)
        return next((user for user in users if user.active and not user.share), self.env['res.users'])

    def action_ask(self):
        """Ask the owner now.

        :raise UserError: where there is a reason already, or nobody to ask
        """
        self.check_access('read')
        for event in self:
            if event.main_reason_id:
                raise UserError(self.env._("There is a reason already."))
            if not event._owner():
                raise UserError(self.env._("“%(name)s” has no salesperson to ask. Assign the customer to one first.", name=event.name))
        for event in self.sudo():   # an activity for whoever owns it: who sees a loss may ask
            if not event.activity_search([ACTIVITY]):
                event._ask()
        return True
