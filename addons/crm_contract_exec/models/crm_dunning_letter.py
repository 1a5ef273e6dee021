from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_dunning_level import CHANNELS


class CrmDunningLetter(models.Model):
    """What one customer is reminded of in a run: one letter with all items, in the customer's language."""
    _name = 'crm.dunning.letter'
    _description = "Dunning Letter"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'

    run_id = fields.Many2one('crm.dunning.run', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(related='run_id.date', store=True, index=True)
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='cascade')
    contact_id = fields.Many2one('res.partner', "Sent To", required=True, ondelete='restrict', help="Invoice address of the customer.")
    user_id = fields.Many2one('res.users', "Responsible", index='btree_not_null', ondelete='set null')
    level_id = fields.Many2one('crm.dunning.level', required=True, index=True, ondelete='restrict',
                               help="The highest level of its items: it says how the letter is worded.")
    channel = fields.Selection(CHANNELS, required=True)
    line_ids = fields.One2many('crm.dunning.line', 'letter_id', "Items")
    amount = fields.Monetary("Dunned Amount", readonly=True)
    fee = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    group_id = fields.Many2one(related='level_id.group_id', store=True, string="Signed Off By Group")
    signed_by_id = fields.Many2one('res.users', "Signed Off By", readonly=True, ondelete='restrict')
    state = fields.Selection(
        [('proposed', "Proposed"), ('out', "Left out"), ('confirmed', "Being sent"), ('sent', "Sent")],
        required=True, default='proposed', readonly=True, index=True)

    _customer_uniq = models.UniqueIndex("(run_id, partner_id)", "A customer gets one letter in a run.")

    @api.depends('partner_id', 'level_id')
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = f"{letter.partner_id.display_name or ''}: {letter.level_id.name or ''}"

    def _sum_up(self):
        """Bring amounts, fee and level in line with the items. Where only fees and interest of before are open, there is no fee."""
        for letter in self:
            company, lines = letter.company_id, letter.line_ids
            if not lines:
                continue
            level = max(lines.level_id, key=lambda level: level.days)
            charging = max(lines.filtered(lambda line: not line.is_charge).level_id, key=lambda level: level.days, default=level.browse())
            letter.write({
                'amount': sum(lines.mapped('amount_company')), 'level_id': level.id,
                'fee': charging.currency_id._convert(charging.fee, company.currency_id, company, letter.date) if charging else 0,
                'interest': sum(line.currency_id._convert(line.interest, company.currency_id, company, letter.date) for line in lines)})

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_sign_off(self):
        """Agree that the letters are sent.

        :raise AccessError: for whoever is not in the group that signs the level off
        """
        for letter in self:
            if letter.state != 'proposed':
                raise UserError(self.env._("Only proposed letters are signed off."))
            if letter.group_id and letter.group_id not in self.env.user.all_group_ids:
                raise AccessError(self.env._(
                    "Letters of the level “%(level)s” are signed off by: %(group)s.", level=letter.level_id.name,
                    group=letter.group_id.sudo().display_name))  # the name of a group is no secret
        self.sudo().signed_by_id = self.env.user  # whoever signs off need not be allowed to write letters
        return True

    def action_leave_out(self):
        """Leave the letters out of their run: their items come up again in the next one."""
        self._check_proposed()
        self.line_ids.write({'state': 'out', 'reason': 'manual'})
        self.state = 'out'
        return True

    def action_take_in(self):
        """Take letters that were left out by hand back into their run."""
        for letter in self:
            if letter.state != 'out' or letter.run_id.state != 'proposed' or not letter.line_ids:
                raise UserError(self.env._("Only what was left out by hand can be taken in again, before the run is confirmed."))
        self.line_ids.write({'state': 'proposed', 'reason': False})
        self.state = 'proposed'
        return True

    def _check_proposed(self):
        self.check_access('write')
        if any(letter.state != 'proposed' for letter in self):
            raise UserError(self.env._("The letters are on their way already."))
