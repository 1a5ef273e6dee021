from odoo import api, models


class MailMail(models.Model):
    _inherit = 'mail.mail'

    @api.model_create_multi
    def create(self, vals_list):
        """What leaves about a ticket bears its number, so that an answer finds back whatever becomes of its headers."""
        return super().create([self._crm_with_number(vals) for vals in vals_list])

    @api.model
    def _crm_with_number(self, vals):
        message = self.env['mail.message'].sudo().browse(vals.get('mail_message_id') or [])  # the mail's own
        model, res_id = vals.get('model') or message.model, vals.get('res_id') or message.res_id
        if model != 'crm.ticket' or not res_id:
            return vals
        ticket = self.env['crm.ticket'].sudo().browse(res_id)  # its number is on the mail to whoever gets it
        subject = vals.get('subject') or message.subject
        numbered = ticket._mail_subject(subject)
        return vals if numbered == subject else {**vals, 'subject': numbered}
