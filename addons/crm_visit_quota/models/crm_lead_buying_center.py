from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..tools.buying_center import coverage

LEVELS = [('none', "Nobody yet"), ('part', "Gaps"), ('full', "Complete"), ('free', "Nothing required")]


class CrmLead(models.Model):
    """The buying center of a deal: its people, how far the roles are covered that the stage requires, and what is missing.

    Coverage is kept up to date while a deal is open; then it stays as it was, so that it can be held against what became of it.
    """
    _inherit = 'crm.lead'

    crm_stakeholder_ids = fields.One2many('crm.stakeholder', 'lead_id', "Buying Center")
    crm_stakeholder_count = fields.Integer("People", compute='_compute_crm_stakeholder_count', store=True, precompute=True)
    crm_coverage = fields.Float(
        "Coverage (%)", compute='_compute_crm_coverage', store=True, compute_sudo=True, digits=(16, 1), aggregator='avg',
        help="Of the roles that the stage requires: held by somebody counts half, contacted counts fully. Stays when the deal is closed.")
    crm_coverage_level = fields.Selection(LEVELS, "Buying Center Coverage", compute='_compute_crm_coverage', store=True, compute_sudo=True)
    crm_gaps = fields.Char(
        "Gaps", compute='_compute_crm_gaps',
        help="Roles that the stage requires and nobody holds, or whose holders have not been contacted.")
    crm_previous_lead_id = fields.Many2one(
        'crm.lead', "Earlier Opportunity", compute='_compute_crm_previous_lead_id',
        help="Latest other opportunity of the customer with a buying center, from which people can be carried over.")

    _crm_coverage_idx = models.Index("(crm_coverage_level, user_id) WHERE active IS TRUE AND crm_coverage_level IN ('none', 'part')")

    def _auto_init(self):
        """Make the columns without computing them lead by lead: without people the stage alone decides (_crm_refresh_coverage)."""
        for name, kind in [('crm_stakeholder_count', 'int4'), ('crm_coverage', 'numeric'), ('crm_coverage_level', 'varchar')]:
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('crm_stakeholder_ids')
    def _compute_crm_stakeholder_count(self):
        for lead in self:
            lead.crm_stakeholder_count = len(lead.crm_stakeholder_ids)

    @api.depends(
        'type', 'stage_id', 'won_status', 'crm_stakeholder_count', 'crm_stakeholder_ids.role_ids', 'crm_stakeholder_ids.is_contacted')
    def _compute_crm_coverage(self):
        """Leads without people cost no query: what stages require is cached."""
        for lead in self:
            if lead.type != 'opportunity':
                lead.crm_coverage, lead.crm_coverage_level = 0, False
            elif lead.won_status == 'pending' or not lead.crm_coverage_level:
                lead.crm_coverage, lead.crm_coverage_level = lead._crm_coverage()[:2]
            else:  # closed
                lead.crm_coverage, lead.crm_coverage_level = lead.crm_coverage, lead.crm_coverage_level

    @api.depends('crm_coverage_level', 'stage_id', 'crm_stakeholder_ids.role_ids', 'crm_stakeholder_ids.is_contacted')
    @api.depends_context('lang')
    def _compute_crm_gaps(self):
        gaps = self._crm_buying_center_gaps()
        for lead in self:
            lead.crm_gaps = "; ".join(gaps[lead])

    @api.depends('partner_id', 'type', 'crm_stakeholder_count')
    @api.depends_context('uid')
    def _compute_crm_previous_lead_id(self):
        """Among the opportunities that the user may see; proposed while there is nobody in this one."""
        waiting = self.filtered(lambda lead: lead.type == 'opportunity' and lead.partner_id and not lead.crm_stakeholder_count)
        customers = waiting.partner_id.commercial_partner_id
        earlier = self.with_context(active_test=False).search(
            [('partner_id.commercial_partner_id', 'in', customers.ids), ('crm_stakeholder_count', '>', 0)],
            order='create_date desc, id desc') if customers else self.browse()
        by_customer = earlier.grouped(lambda lead: lead.partner_id.commercial_partner_id)
        for lead in self:
            others = by_customer.get(lead.partner_id.commercial_partner_id, self.browse()) if lead in waiting else self.browse()
            lead.crm_previous_lead_id = (others - lead._origin)[:1]

    # ------------------------------------------------------------------
    # Coverage
    # ------------------------------------------------------------------

    def _crm_coverage(self):
        """Return what :func:`~..tools.buying_center.coverage` says about the deal as it stands."""
        self.ensure_one()
        required = self.env['crm.stakeholder.role']._required_by_stage().get(self.stage_id.id, [])
        held = {}
        for stakeholder in self.crm_stakeholder_ids if required and self.crm_stakeholder_count else ():
            for role in stakeholder.role_ids.ids:
                held[role] = held.get(role, False) or stakeholder.is_contacted
        return coverage(required, held)

    @api.model
    def _crm_refresh_coverage(self):
        """Judge the open opportunities anew after the requirements of stages changed: those without people in one statement."""
        levels = {stage: 'none' if roles else 'free' for stage, roles in self.env['crm.stakeholder.role']._required_by_stage().items()}
        self.flush_model(['type', 'stage_id', 'won_status', 'crm_stakeholder_count', 'crm_coverage', 'crm_coverage_level'])
        for level in ('none', 'free'):
            stages = tuple(stage for stage, of_stage in levels.items() if of_stage == level)
            if stages:
                self.env.execute_query(SQL(
                    """UPDATE crm_lead SET crm_coverage = %(share)s, crm_coverage_level = %(level)s
                        WHERE type = 'opportunity' AND won_status = 'pending' AND COALESCE(crm_stakeholder_count, 0) = 0
                          AND stage_id IN %(stages)s AND (crm_coverage_level, crm_coverage) IS DISTINCT FROM (%(level)s, %(share)s)
                    RETURNING id""", share=100 if level == 'free' else 0, level=level, stages=stages))
        self.invalidate_model(['crm_coverage', 'crm_coverage_level', 'crm_gaps'])
        peopled = self.sudo().with_context(active_test=False).search(
            [('type', '=', 'opportunity'), ('won_status', '=', 'pending'), ('crm_stakeholder_count', '>', 0)])
        for name in ('crm_coverage', 'crm_coverage_level'):
            self.env.add_to_compute(self._fields[name], peopled)

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    def _crm_buying_center_gaps(self):
        """Return what the buying centers lack, in the user's language.

        :return: ``{lead: [text, one per role that the stage requires]}``; nothing for leads and for closed deals
        """
        names = {role.id: role.name for role in self.env['crm.stakeholder.role'].sudo().search([])}  # what roles are called is no secret
        result = {}
        for lead in self:
            result[lead] = []
            if lead.type == 'opportunity' and lead.won_status == 'pending':
                _share, _level, unknown, distant = lead.sudo()._crm_coverage()  # whoever sees the deal sees its gaps
                result[lead] = [
                    *(self.env._("%(role)s: nobody known", role=names[role]) for role in unknown if role in names),
                    *(self.env._("%(role)s: not contacted", role=names[role]) for role in distant if role in names)]
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_crm_carry_over(self):
        """Copy the people of the customer's earlier opportunity to this one; whether they were contacted starts anew.

        :raise UserError: without an earlier opportunity
        """
        for lead in self:
            source = lead.crm_previous_lead_id
            source.crm_stakeholder_ids._carry_over(lead)
            if source:
                lead._message_log(body=self.env._("Buying center carried over from %(lead)s", lead=source._get_html_link()))
        return True

    def action_crm_hierarchy(self):
        """Open the people of the deal as a hierarchy: who reports to whom."""
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('crm_visit_quota.crm_stakeholder_action_lead')
        return {**action, 'domain': [('lead_id', '=', self.id)], 'context': {'default_lead_id': self.id}, 'display_name': self.name}
