from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty


class CrmLeadLost(models.TransientModel):
    """Marking as lost asks for several reasons with their shares, and who said so."""
    _name = 'crm.lead.lost'
    _inherit = ['crm.lead.lost', 'crm.churn.explanation']

    choice_ids = fields.One2many('crm.churn.reason.choice', 'lost_id', "Reasons")
    crm_reason_required = fields.Boolean(compute='_compute_crm_reason_required')
    crm_phase = fields.Char(compute='_compute_crm_phase')

    @api.depends('lead_ids')
    def _compute_crm_reason_required(self):
        for wizard in self:
            companies = {lead._churn_company() for lead in wizard.lead_ids.sudo()}   # the setting of a company is no secret
            wizard.crm_reason_required = any(company.crm_churn_reason_required for company in companies)

    @api.depends('lead_ids')
    def _compute_crm_phase(self):
        """The phase of the leads where they share one: only its reasons are offered."""
        for wizard in self:
            phases = {
                'sale' if lead.type == 'opportunity' else 'lead' if lead.partner_id else 'visitor' for lead in wizard.lead_ids}
            wizard.crm_phase = phases.pop() if len(phases) == 1 else False

    def _explained_company(self):
        return self.lead_ids.sudo()[:1]._churn_company() if self.lead_ids else super()._explained_company()   # its currency is no secret

    def action_lost_reason_apply(self):
        """Mark the leads as lost and explain the losses.

        :raise UserError: without a reason where the company wants one
        :raise ValidationError: where the reasons do not hang together
        """
        self.ensure_one()
        reasons = self._chosen()
        if not reasons and not self.lost_reason_id and self.crm_reason_required:
            raise UserError(self.env._("Say why it was lost: add at least one reason."))
        if reasons and not self.lost_reason_id:   # Odoo's own field, for Odoo's own reports
            mains = [reason for reason, _weight, is_main in reasons if is_main] or [reasons[0][0]]
            self.lost_reason_id = mains[0].lost_reason_id
        open_before = self.lead_ids.filtered(lambda lead: lead.won_status != 'lost')
        result = super().action_lost_reason_apply()
        self._explain_losses(open_before, reasons)
        return result

    def _explain_losses(self, leads, reasons):
        """Explain the losses that marking the leads has just recorded.

        As superuser: who may mark a lead as lost may say why, also where the loss is then another one's.
        """
        vals = self._explanation()
        if not is_html_empty(self.lost_feedback):
            vals['note'] = html2plaintext(self.lost_feedback)
        events = self.env['crm.churn.event'].sudo().search([('lead_id', 'in', leads.ids)], order='id')
        for event in {event.lead_id: event for event in events}.values():
            event._explain(reasons, **vals)
