from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

LOG_STATES = [
    ('moved', "Handed over"), ('restored', "Given back"), ('changed', "Has another owner since"), ('closed', "Closed since"),
    ('gone', "Deleted since"),
]


class CrmHandoverLine(models.Model):
    """A customer that changes hands, and its new owner."""
    _name = 'crm.handover.line'
    _description = "Customer Handed Over"
    _order = 'handover_id, id'
    _rec_name = 'partner_id'

    handover_id = fields.Many2one('crm.handover', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='handover_id.company_id', store=True, index=True)
    partner_id = fields.Many2one('res.partner', "Customer", required=True, ondelete='cascade', index=True)
    new_user_id = fields.Many2one('res.users', "New Owner", index=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    grade_id = fields.Many2one('crm.grade', readonly=True, ondelete='set null')
    city = fields.Char(related='partner_id.city')
    state = fields.Selection(related='handover_id.state')

    _customer_uniq = models.UniqueIndex('(handover_id, partner_id)', "This customer is on the handover already.")

    @api.constrains('new_user_id')
    def _check_new_user(self):
        for line in self:
            line.handover_id._check_new_owners(line.new_user_id)

    def write(self, vals):
        if not self.env.su:
            self.handover_id._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.handover_id._check_open()

    def action_open_brief(self):
        """Open the brief about the customer."""
        self.ensure_one()
        return self.partner_id.action_crm_open_brief()


class CrmHandoverKind(models.Model):
    """A kind of records that goes along with the customers, and how many there are."""
    _name = 'crm.handover.kind'
    _description = "What Goes Along in a Handover"
    _order = 'handover_id, id'

    handover_id = fields.Many2one('crm.handover', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='handover_id.company_id', store=True, index=True)
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(readonly=True)
    res_model = fields.Char(readonly=True)
    count = fields.Integer(readonly=True)
    is_included = fields.Boolean("Goes Along", default=True)

    def write(self, vals):
        if not self.env.su:
            self.handover_id._check_open()
        return super().write(vals)

    def action_view_records(self):
        """Open the records of this kind, as far as the user may see them: those to be moved, or those that were."""
        self.ensure_one()
        handover = self.handover_id
        if handover.state in ('done', 'undone'):
            ids = handover.log_ids.filtered(lambda log: log.key == self.key).mapped('res_id')
        else:
            found = handover._owned(handover.line_ids.partner_id, alone=handover._alone())
            ids = found[self.key][1].ids if self.key in found else []
        return {
            'type': 'ir.actions.act_window', 'name': self.name, 'res_model': self.res_model, 'domain': [('id', 'in', ids)],
            'views': [(False, 'list'), (False, 'form')],
        }


class CrmHandoverLog(models.Model):
    """A record that a handover moved: whose it was, whose it became."""
    _name = 'crm.handover.log'
    _description = "Record Moved by a Handover"
    _order = 'handover_id desc, id'

    handover_id = fields.Many2one('crm.handover', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='handover_id.company_id', store=True, index=True)
    key = fields.Char(required=True)
    kind = fields.Char()
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference("Record", model_field='res_model', required=True)
    res_name = fields.Char("Name", help="As it was when it was handed over.")
    owner_field = fields.Char(required=True)
    old_user_id = fields.Many2one('res.users', "From", ondelete='restrict')
    new_user_id = fields.Many2one('res.users', "To", ondelete='restrict')
    old_team_id = fields.Many2one('crm.team', "From Team", ondelete='set null')
    new_team_id = fields.Many2one('crm.team', "To Team", ondelete='set null')
    old_followed = fields.Boolean("Was Followed by the Person")
    new_followed = fields.Boolean("Was Followed by the New Owner")
    state = fields.Selection(LOG_STATES, required=True, default='moved')

    _record_idx = models.Index('(res_model, res_id)')

    def action_open(self):
        """Open the record."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        if not record.exists():
            raise UserError(self.env._("“%(name)s” has been deleted.", name=self.res_name))
        return {'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id, 'views': [(False, 'form')]}

    @api.model
    def _followers(self, model, ids, partners):
        """Return ``{(record id, partner id)}`` of who among ``partners`` follows which of the records."""
        if not ids or not partners:
            return set()
        self.env['mail.followers'].flush_model()
        return set(self.env.execute_query(SQL(
            "SELECT res_id, partner_id FROM mail_followers WHERE res_model = %s AND res_id = ANY(%s) AND partner_id = ANY(%s)",
            model, list(ids), partners.ids)))
