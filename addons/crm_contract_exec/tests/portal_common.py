import base64
import io

from PIL import Image

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import ContractCommon


def picture():
    """Return a picture that passes as a signature, base64."""
    stream = io.BytesIO()
    Image.new('RGB', (60, 20), 'white').save(stream, 'PNG')
    return base64.b64encode(stream.getvalue()).decode()


class PortalCommon(ContractCommon, HttpCase):
    """A portal user of the customer, another of another customer, and contracts on their way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signature = picture()
        cls.buyer = cls._portal_user('contract_buyer', cls.customer)
        cls.stranger = cls._portal_user('contract_stranger', cls.customer2)
        cls._stock(100)
        cls.order = cls._order([(10, 100)], confirm=True)
        cls.contract = cls._contract(cls.order, state='approved', title="Pumps", step_ids=[
            Command.create({'name': "Advance", 'kind': 'collect', 'sequence': 1, 'amount': 400, 'date_due': '2026-06-20'}),
            Command.create({'name': "Handover", 'kind': 'accept', 'sequence': 2, 'date_due': '2026-07-10'}),
            Command.create({'name': "Own Task", 'kind': 'task', 'sequence': 3, 'date_due': '2026-07-10'}),
            Command.create({'name': "Final", 'kind': 'collect', 'sequence': 4, 'amount': 800, 'date_due': '2026-07-20'})])

    @classmethod
    def _portal_user(cls, login, customer):
        user = new_test_user(
            cls.env, login=login, password=login, groups='base.group_portal', lang='en_US', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])
        user.partner_id.write({'parent_id': customer.id, 'email': f'{login}@example.com'})
        return user

    def _page(self, path='', user=None, token=None, contract=None):
        """Return the response to a request as a user (False: nobody logged in)."""
        if user is not False:
            user = user or self.buyer
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)
        return self.url_open(self._url(path, token, contract))

    def _url(self, path='', token=None, contract=None):
        return f'/my/contracts/{(contract or self.contract).id}{path}' + (f'?access_token={token}' if token else '')

    def _send(self, path, user=None, token=None, **params):
        """Return what a JSON route answers to a user (False: nobody logged in)."""
        if user is not False:
            user = user or self.buyer
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)
        return self.make_jsonrpc_request(self._url(path, token), {'name': "Person", 'signature': self.signature, **params})

    def _step(self, name):
        return self.contract.step_ids.filtered(lambda step: step.name == name)
