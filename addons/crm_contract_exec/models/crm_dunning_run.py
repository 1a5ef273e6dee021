from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmDunningRun(models.Model):
    """A dated proposal of whom to remind of what, which a person looks through and confirms: one letter per customer with all items."""
    _name = 'crm.dunning.run'
    _description = "Dunning Run"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date("As Of", required=True, default=lambda self: self.env.company._crm_today(), tracking=True)
    user_id = fields.Many2one('res.users', "Run By", required=True, default=lambda self: self.env.user, ondelete='restrict', index=True)
    state = fields.Selection(
        [('draft', "New"), ('proposed', "Proposed"), ('confirmed', "Confirmed"), ('cancelled', "Cancelled")],
        required=True, default='draft', copy=False, readonly=True, tracking=True, index=True)
    letter_ids = fields.One2many('crm.dunning.letter', 'run_id', "Letters", copy=False)
    line_ids = fields.One2many('crm.dunning.line', 'run_id', "Items", copy=False)
    out_ids = fields.One2many('crm.dunning.line', 'run_id', "Left Out", domain=[('state', '=', 'out')], copy=False)
    letter_count = fields.Integer("Number of Letters", compute='_compute_counts')
    unsigned_count = fields.Integer("To Sign Off", compute='_compute_counts')
    out_count = fields.Integer("Number Left Out", compute='_compute_counts')
    amount = fields.Monetary("Dunned Amount", compute='_compute_counts')

    @api.depends('date')
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Dunning %(date)s", date=fields.Date.to_string(run.date) or "")

    @api.depends('letter_ids.state', 'letter_ids.signed_by_id', 'line_ids.state')
    def _compute_counts(self):
        letters = {
            run: (count, amount) for run, count, amount in self.env['crm.dunning.letter']._read_group(
                [('run_id', 'in', self.ids), ('state', '!=', 'out')], ['run_id'], ['__count', 'amount:sum'])}
        unsigned = dict(self.env['crm.dunning.letter']._read_group(
            [('run_id', 'in', self.ids), ('state', '=', 'proposed'), ('group_id', '!=', False), ('signed_by_id', '=', False)],
            ['run_id'], ['__count']))
        out = dict(self.env['crm.dunning.line']._read_group([('run_id', 'in', self.ids), ('state', '=', 'out')], ['run_id'], ['__count']))
        for run in self:
            run.letter_count, run.amount = letters.get(run, (0, 0))
            run.unsigned_count = unsigned.get(run, 0)
            run.out_count = out.get(run, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if any(run.state == 'confirmed' for run in self):
            raise UserError(self.env._("What was sent cannot be deleted. Keep the dunning run."))

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_propose(self):
        """Look up anew who is to be reminded of what; a proposal made before is thrown away.

        :raise UserError: on a day in the future, or once confirmed
        """
        for run in self:
            run._check_open()
            if run.date > run.company_id._crm_today():
                raise UserError(self.env._("Nobody can be reminded of what will be overdue. Choose today or a day before."))
            run.letter_ids.unlink()
            run.line_ids.unlink()
            run._write_proposal(run._assess())
            run.state = 'proposed'
        return True

    def action_confirm(self):
        """Have the letters sent. What was paid, promised or disputed since the proposal is left out.

        :raise UserError: without a proposal, or while letters wait for somebody to sign them off
        """
        for run in self:
            run.lock_for_update()  # two people press the button: the second one is told
            run.invalidate_recordset(['state'])
            run._check_open()
            if run.state != 'proposed':
                raise UserError(self.env._("There is nothing to confirm yet. Propose letters first."))
            run._take_out_settled()
            waiting = run.letter_ids.filtered(lambda letter: letter.state == 'proposed' and letter.group_id and not letter.signed_by_id)
            if waiting:
                raise UserError(self.env._(
                    "%(count)s letters wait to be signed off (%(groups)s). Have them signed off, or leave them out.",
                    count=len(waiting), groups=", ".join(waiting.group_id.sudo().mapped('display_name'))))
            run.state = 'confirmed'
            run.letter_ids.filtered(lambda letter: letter.state == 'proposed')._confirm()
        return True

    def action_cancel(self):
        """Throw proposals away: nobody is reminded."""
        for run in self:
            run._check_open()
        self.state = 'cancelled'
        return True

    def _check_open(self):
        self.ensure_one()
        self.check_access('write')
        if self.state not in ('draft', 'proposed'):
            raise UserError(self.env._("%(run)s is over. Make a new one.", run=self.display_name))

    def action_open_letters(self):
        """Open the letters of the run."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_dunning_letter_action')
        return {**action, 'name': self.display_name, 'path': False, 'domain': [('run_id', '=', self.id)], 'context': {}}

    def action_open_out(self):
        """Open the items that were left out."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_dunning_line_action')
        domain = [('run_id', '=', self.id), ('state', '=', 'out')]
        return {**action, 'name': self.display_name, 'path': False, 'domain': domain, 'context': {}}

    def action_print(self):
        """Print the letters that go by post, as one document.

        :raise UserError: where there are none
        """
        letters = self.letter_ids.filtered(lambda letter: letter.channel == 'letter' and letter.state in ('confirmed', 'sent'))
        if not letters:
            raise UserError(self.env._("No letter of this run goes by post."))
        return self.env.ref('crm_contract_exec.crm_dunning_letter_report').report_action(letters, config=False)
