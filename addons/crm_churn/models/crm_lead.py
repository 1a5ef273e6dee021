from odoo import api, fields, models


class CrmLead(models.Model):
    """A lead that is lost leaves a loss behind, which stays whatever becomes of the lead."""
    _inherit = 'crm.lead'

    crm_churn_event_ids = fields.One2many('crm.churn.event', 'lead_id', "Losses", readonly=True)
    crm_churn_event_count = fields.Integer("Number of Losses", compute='_compute_crm_churn_event_count')

    @api.depends('crm_churn_event_ids')
    def _compute_crm_churn_event_count(self):
        counts = dict(self.env['crm.churn.event']._read_group([('lead_id', 'in', self.ids)], ['lead_id'], ['__count'])) \
            if self.env['crm.churn.event'].has_access('read') else {}
        for lead in self:
            lead.crm_churn_event_count = counts.get(lead._origin, 0)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        self.env['crm.churn.stage.log']._log(leads)
        return leads

    def write(self, vals):
        moved = self.filtered(lambda lead: lead.stage_id.id != vals['stage_id']) if vals.get('stage_id') else self.browse()
        result = super().write(vals)
        self.env['crm.churn.stage.log']._log(moved)
        if vals.get('lost_reason_id'):
            self.filtered(lambda lead: lead.won_status == 'lost')._churn_explain_by_lost_reason()
        return result

    @api.model
    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Every way in which a lead is lost comes by here: the wizard, archiving, a write from outside, an import.

        A lead that is created as lost was lost on the day that it brings along.
        """
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        lost = self.filtered(
            lambda lead: new_status_by_lead.get(lead.id, {}).get('is_lost') and not old_status_by_lead.get(lead.id, {}).get('is_lost'))
        if lost:
            lost._churn_record_lost(at_creation=not old_status_by_lead)
        return result

    def _merge_dependences(self, opportunities):
        """The losses and the stages of those that are merged go on with the one that stays. Whoever may merge moves all of them."""
        result = super()._merge_dependences(opportunities)
        self.env['crm.churn.event'].sudo().search([('lead_id', 'in', opportunities.ids)]).write({'lead_id': self.id})
        self.env['crm.churn.stage.log'].sudo().search([('lead_id', 'in', opportunities.ids)]).write({'lead_id': self.id})
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_crm_churn_losses(self):
        """Open the losses of the lead."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_event_action')
        return {**action, 'domain': [('lead_id', '=', self.id)], 'context': {}}
