from odoo import api, fields, models

from ..tools.reasons import make_room, weight_left


class CrmChurnReasonChoice(models.TransientModel):
    """A reason in a dialog, with its share of the loss."""
    _name = 'crm.churn.reason.choice'
    _description = "Reason in a Dialog"
    _order = 'id'

    lost_id = fields.Many2one('crm.lead.lost', ondelete='cascade')
    leave_id = fields.Many2one('crm.churn.leave', ondelete='cascade')
    reason_id = fields.Many2one('crm.churn.reason', required=True, ondelete='cascade')
    weight = fields.Float("Share (%)", default=100.0)
    is_main = fields.Boolean("Main")


class CrmChurnExplanation(models.AbstractModel):
    """The questions about a loss that dialogs have in common. A dialog adds ``choice_ids``."""
    _name = 'crm.churn.explanation'
    _description = "Explanation of a Loss"

    crm_weight_left = fields.Float(compute='_compute_crm_weight_left')
    crm_needs_competitor = fields.Boolean(compute='_compute_crm_needs_competitor')
    said_by_id = fields.Many2one('res.partner', "Who Said So")
    competitor_id = fields.Many2one('crm.competitor', "Lost To")
    competitor_price = fields.Monetary("Their Price", currency_field='crm_currency_id', help="In the company's currency.")
    crm_currency_id = fields.Many2one('res.currency', compute='_compute_crm_currency_id')

    @api.depends('choice_ids.weight')
    def _compute_crm_weight_left(self):
        for wizard in self:
            wizard.crm_weight_left = weight_left(wizard.choice_ids.mapped('weight'))

    @api.depends('choice_ids.reason_id')
    def _compute_crm_needs_competitor(self):
        for wizard in self:
            wizard.crm_needs_competitor = any(wizard.choice_ids.reason_id.mapped('needs_competitor'))

    @api.depends_context('company')
    def _compute_crm_currency_id(self):
        for wizard in self:
            wizard.crm_currency_id = wizard._explained_company().currency_id

    @api.onchange('choice_ids')
    def _onchange_choice_ids(self):
        """A reason just added gets the share that is left, or the others make room for it."""
        if self.choice_ids:
            for choice, weight in zip(self.choice_ids, make_room(self.choice_ids.mapped('weight')), strict=True):
                choice.weight = weight

    def _explained_company(self):
        """Return the company that loses."""
        return self.env.company

    def _chosen(self):
        """Return the reasons as ``crm.churn.event._explain`` takes them.

        :raise ValidationError: where they do not hang together
        """
        reasons = [(choice.reason_id, choice.weight, choice.is_main) for choice in self.choice_ids]
        self.env['crm.churn.event']._check_shares(reasons)
        return reasons

    def _explanation(self):
        """Return the further explanations that were given."""
        given = {'said_by_id': self.said_by_id.id, 'competitor_id': self.competitor_id.id, 'competitor_price': self.competitor_price}
        return {name: value for name, value in given.items() if value}
