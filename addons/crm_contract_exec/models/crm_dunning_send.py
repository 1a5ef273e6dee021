from odoo import api, models


class CrmDunningLetter(models.Model):
    """How letters reach customers."""
    _inherit = 'crm.dunning.letter'

    def _confirm(self):
        """Mark the items as dunned, bill fees and interest, and have the letters sent in the background."""
        self.line_ids.write({'state': 'sent'})
        self._book_charges()
        self.write({'state': 'confirmed'})
        self.env.ref('crm_contract_exec.ir_cron_dunning_send').sudo()._trigger()  # a person of finance may not read scheduled actions

    @api.model
    def _cron_send(self):
        """Send what was confirmed, letter by letter; one interrupted goes on where it stopped."""
        waiting = self.sudo().search([('state', '=', 'confirmed')], order='id')
        for left, letter in zip(range(len(waiting) - 1, -1, -1), waiting):
            if letter.try_lock_for_update():
                letter._send()
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    def _send(self):
        """Send a letter: by mail with the letter as a PDF, as an activity to call; what goes by post is printed from the run."""
        self.ensure_one()
        if self.state != 'confirmed':
            return
        self.state = 'sent'
        if self.channel == 'mail':
            self.env.ref('crm_contract_exec.mail_template_dunning').send_mail(self.id)
        elif self.channel == 'call':
            self.activity_schedule(
                'mail.mail_activity_data_call', user_id=(self.user_id or self.run_id.user_id).id,
                date_deadline=self.company_id._crm_today(),
                summary=self.env._("Call %(customer)s about what is overdue", customer=self.partner_id.display_name))

    def _totals(self):
        """Return ``[(currency, dunned, interest)]`` for the letter."""
        by_currency = self.line_ids.sorted(lambda line: line.currency_id.id).grouped('currency_id')
        return [
            (currency, sum(lines.mapped('amount')), sum(lines.mapped('interest'))) for currency, lines in by_currency.items()]

    def _lang(self):
        """Return the language of the letter: of whoever gets it."""
        self.ensure_one()
        return self.contact_id.lang or self.partner_id.lang or self.env.lang

    def action_print(self):
        """Print the letters."""
        return self.env.ref('crm_contract_exec.crm_dunning_letter_report').report_action(self, config=False)
