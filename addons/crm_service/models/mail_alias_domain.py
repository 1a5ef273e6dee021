from odoo import api, models


class MailAliasDomain(models.Model):
    _inherit = 'mail.alias.domain'

    @api.model
    def _find_aliases(self, email_list):
        """While a mail for service is on its way, each address is looked up once: Odoo's gateway asks again and again for the same."""
        passage = self.env['mail.thread']._crm_passage()
        if passage is None:
            return super()._find_aliases(email_list)
        wanted = [address for address in email_list if address and '@' in address]
        unknown = passage.unknown('aliases', wanted)
        if unknown:
            passage.know('aliases', unknown, super()._find_aliases(unknown))
        return [address for address in wanted if passage.known['aliases'][address]]
