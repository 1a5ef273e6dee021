"""Customers of the demo company and their contacts."""
import unicodedata

TAGS = {'dealer': 'demo_tag_dealer', 'weak_dealer': 'demo_tag_dealer', 'shop': 'demo_tag_shop'}


def slug(name):
    """A domain name made of a company's name.

    >>> slug("Cimenterie du Nord")
    'cimenteriedunord'
    """
    plain = unicodedata.normalize('NFKD', name).encode('ascii', 'ignore').decode()
    return ''.join(letter for letter in plain.lower() if letter.isalnum())


class Contacts:
    """The address book of one demo company."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.users = {login: env.ref(f'crm_grading.demo_user_{login}') for login in ('rep', 'rep2', 'lead', 'manager', 'shop')}

    def make(self, cast):
        """Create the customers with their contacts. :return: ``{Customer: res.partner}``"""
        partners = self._load({f'demo_customer_{customer.key}': self._vals(customer) for customer in cast})
        by_customer = dict(zip(cast, partners))
        self._load({
            f'demo_contact_{customer.key}': self._contact_vals(customer, by_customer[customer])
            for customer in cast if customer.contact})
        return by_customer

    def _load(self, values):
        return self.env['res.partner']._load_records([
            {'xml_id': f'crm_grading.{key}', 'values': vals, 'noupdate': True} for key, vals in values.items()])

    def _vals(self, customer):
        site = slug(customer.name) if customer.country != 'cn' else customer.key
        return {
            'name': customer.name, 'is_company': True, 'company_id': self.company.id, 'city': customer.city,
            'country_id': self.env.ref(f'base.{"uk" if customer.country == "gb" else customer.country}').id,
            'user_id': self.users[customer.rep].id if customer.rep else False,
            'email': f'info@{site}.example.com', 'website': f'https://www.{site}.example.com',
            'category_id': [(4, self.env.ref(f'crm_grading.{TAGS[customer.character]}').id)] if customer.character in TAGS else [],
        }

    def _contact_vals(self, customer, partner):
        mailbox = slug(customer.contact) or customer.key
        return {
            'name': customer.contact, 'parent_id': partner.id, 'type': 'contact', 'company_id': self.company.id,
            'function': customer.random.choice(("Purchasing", "Head of maintenance", "Plant manager", "Owner")),
            'email': f'{mailbox}@{partner.email.split("@")[1]}', 'user_id': partner.user_id.id,
        }
