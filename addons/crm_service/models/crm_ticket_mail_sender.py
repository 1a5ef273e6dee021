from odoo import api, models
from odoo.tools import email_normalize, email_normalize_all, html2plaintext

from ..tools.mail_forward import broken_up, senders_in_text


class CrmTicket(models.Model):
    """Who a mail is from: a customer's person, somebody unknown, or a colleague who passes it on."""
    _inherit = 'crm.ticket'

    @api.model
    def _mail_own_addresses(self, addresses):
        """Return which of bare addresses are our own: of aliases, catchall, bounces, notices, and of our companies themselves."""
        wanted = [address for address in addresses if address]
        if not wanted:
            return set()
        own = set(self.env['mail.alias.domain'].sudo()._find_aliases(wanted))  # which addresses are ours, is no secret
        return own | self._mail_looked_up('companies', wanted, lambda addresses: self.env['res.company'].sudo().search(
            [('partner_id.email_normalized', 'in', addresses)]).partner_id.mapped('email_normalized'))

    @api.model
    def _mail_looked_up(self, sort, addresses, look_up):
        """Return which addresses a function finds, each looked up once for a mail on its way."""
        passage = self.env['mail.thread']._crm_passage()
        if not passage:
            return set(look_up(addresses))
        unknown = passage.unknown(sort, addresses)
        if unknown:
            passage.know(sort, unknown, set(look_up(unknown)))
        return {address for address in addresses if passage.known[sort].get(address)}

    @api.model
    def _mail_colleague(self, address):
        """Return the internal user of an address."""
        users = self.env['res.users'].sudo()  # who is a colleague, is no secret
        internal = [('share', '=', False)]
        if not address or not self._mail_looked_up('colleagues', [address], lambda addresses: users.search(
                [*internal, ('partner_id.email_normalized', 'in', addresses)]).partner_id.mapped('email_normalized')):
            return users.browse()
        return users.search([*internal, ('partner_id.email_normalized', '=', address)], order='id', limit=1)

    @api.model
    def _mail_contact(self, address, name, company):
        """Return who of a company's contacts has an address, and who all of them have, where it cannot be told.

        Where several of one customer share it, the one who is called so, else the customer itself. Where several customers have it, nobody:
        a wrong one would read what is none of theirs.

        :param address: bare address, in lower case
        :param name: how the mail calls its sender
        :return: (partner, partners)
        """
        partners = self.env['res.partner'].sudo()  # the gateway's user may see few; the company's rules are in the domain
        if not address or address in self._mail_own_addresses([address]):
            return partners, partners
        found = partners.search(
            [('email_normalized', '=', address), ('company_id', 'in', (False, company.id)),
             ('user_ids', 'not any', [('share', '=', False)]), ('ref_company_ids', '=', False)], order='id')
        customers = found.commercial_partner_id
        if len(found) <= 1:
            return found, partners
        if len(customers) > 1:
            return partners, found
        called = found.filtered(lambda partner: name and partner.name and partner.name.casefold() == name.strip().casefold())
        return (called[:1] if len(called) == 1 else found.filtered(lambda partner: partner == customers)[:1] or customers), partners

    @api.model
    def _mail_forwarded(self, passage, body):
        """Return whose mail a colleague passes on: (name, address, Message-Id), each '' where it is not found.

        What is attached goes before what is quoted; the first who is no colleague and none of our addresses.
        """
        text = html2plaintext(broken_up(body), include_references=False)
        candidates = passage.attached_senders() + [(*sender, '') for sender in senders_in_text(text)]
        own = self._mail_own_addresses([address for _name, address, _identity in candidates])
        for name, address, identity in candidates:
            if address not in own and not self._mail_colleague(address):
                return name, address, identity
        return '', '', ''

    @api.model
    def _mail_sender(self, passage, body, company):
        """Return what a new ticket knows of who asks, as values, and the author of the message.

        Says on ``passage.notes`` what the people of the ticket need to know.
        """
        name, address = passage.name, passage.address
        colleague = self._mail_colleague(address)
        if colleague:
            name, address, identity = self._mail_forwarded(passage, body)
            passage.references = identity
            passage.notes.append(
                self.env._("Passed on by %(colleague)s.", colleague=colleague.name) if address else self.env._(
                    "%(colleague)s sent this, and it does not say for which customer. Please choose the contact.",
                    colleague=colleague.name))
        partner, several = self._mail_contact(address, name, company)
        if several:
            passage.notes.append(self.env._(
                "Several customers have the address %(address)s: %(names)s. Please choose the contact.",
                address=address, names=", ".join(several.mapped('display_name'))))
        vals = {
            'partner_id': partner.id, 'partner_name': False if partner else name or False,
            'email_from': address or False, 'mail_lang': self._mail_language(passage)}
        return vals, colleague.partner_id or partner

    @api.model
    def _mail_language(self, passage):
        """Return the code of the language in use that a mail is in; none where it does not tell."""
        said = passage.language().replace('-', '_').lower()
        if not said:
            return False
        codes = [code for code, _name in self.env['res.lang'].get_installed()]
        exact = [code for code in codes if code.lower() == said]
        alike = [code for code in codes if code.split('_')[0].lower() == said.split('_')[0]]
        return (exact + alike + [False])[0]

    @api.model
    def _mail_people(self, values, *without):
        """Return the others whom a mail went to, as the text of ``email_cc``: neither our aliases nor those left out."""
        listed = self._mail_cc_sanitized_raw_dict(f"{values.get('to') or ''},{values.get('cc') or ''}")
        out = {email_normalize(address) for address in without} | self._mail_own_addresses(list(listed))
        return ", ".join(raw for address, raw in listed.items() if address and address not in out)

    def _mail_addresses(self):
        """Return the bare addresses of those who belong to a ticket by name: who asked, and who was in copy."""
        self.ensure_one()
        return set(email_normalize_all(f"{self.email_from or ''},{self.partner_id.email or ''},{self.email_cc or ''}"))

    def _mail_may_join(self, address):
        """Return whether who writes from an address belongs to the ticket: asked, is in copy, is of the customer, or works on tickets."""
        self.ensure_one()
        if not address:
            return False
        colleague = self._mail_colleague(address)
        if colleague:
            return colleague.has_group('crm_service.group_service_agent') and self.company_id in colleague.company_ids
        if address in self._mail_addresses():
            return True
        customer = self.commercial_partner_id
        return bool(customer) and bool(self.env['res.partner'].sudo().search_count(  # of the ticket's customer only
            [('id', 'child_of', customer.id), ('email_normalized', '=', address)], limit=1))
