from odoo import api, fields, models


class CrmComplaintCause(models.Model):
    """Why something went wrong, from the rough to the fine: what is counted, so that it does not happen again."""
    _name = 'crm.complaint.cause'
    _description = "Root Cause"
    _parent_store = True
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    display_name = fields.Char(recursive=True)
    parent_id = fields.Many2one('crm.complaint.cause', "Part Of", index=True, ondelete='restrict')
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('crm.complaint.cause', 'parent_id', "Finer Causes")
    user_id = fields.Many2one('res.users', "Responsible", ondelete='set null', help="Who sees to it that it does not happen again.")
    description = fields.Text("When It Is This One", translate=True)
    complaint_count = fields.Integer("Complaints", compute='_compute_complaint_count')
    active = fields.Boolean(default=True)

    @api.depends('name', 'parent_id.display_name')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for cause in self:
            parent = cause.parent_id.display_name
            cause.display_name = f"{parent} / {cause.name}" if parent else cause.name

    def _compute_complaint_count(self):
        """Of the cause and all that are part of it."""
        for cause in self:
            cause.complaint_count = 0
        counts = self.env['crm.ticket']._read_group(
            [('cause_id', 'child_of', self.ids), ('state', '!=', 'cancelled')], ['cause_id'], ['__count'])
        for found, count in counts:
            for cause in self.filtered(lambda cause, found=found: str(cause.id) in (found.parent_path or '').split('/')):
                cause.complaint_count += count

    def action_open_complaints(self):
        """Open the complaints that it caused."""
        return {**self.env['ir.actions.act_window']._for_xml_id('crm_service.crm_ticket_action'), 'name': self.env._("Complaints"),
                'domain': [('cause_id', 'child_of', self.ids)], 'context': {'create': False}}
