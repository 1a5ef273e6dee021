import io

from odoo import http
from odoo.tests import HttpCase

from .common import ServiceCommon


class ServicePortalCommon(ServiceCommon, HttpCase):
    """Sign-ins of ``person``, of a ``colleague`` of the same customer and of ``person2`` of another one, with a ticket each.

    At 14:00 in Brussels they are promised an answer within one working hour and a solution within two.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref('base.public_user').sudo().write({'company_ids': [(4, cls.company.id)], 'company_id': cls.company.id})
        cls.customer.is_company = cls.customer2.is_company = True
        cls.colleague = cls.env['res.partner'].create({
            'name': "Colleague", 'parent_id': cls.customer.id, 'email': 'colleague@example.com', 'lang': 'en_US'})
        cls.buyer = cls._portal_user(cls.person, 'service_buyer')
        cls.mate = cls._portal_user(cls.colleague, 'service_mate')
        cls.stranger = cls._portal_user(cls.person2, 'service_stranger')
        cls.env['crm.ticket.question'].search([]).unlink()
        cls.env['crm.sla.policy'].create([
            {'name': promise, 'promise': promise, 'hours': hours, 'company_id': cls.company.id}
            for promise, hours in (('first_response', 1), ('resolution', 2))])
        cls.ticket = cls._ticket(title="Pump leaks")
        cls.of_mate = cls._ticket(title="Bill of the colleague", partner_id=cls.colleague.id)
        cls.of_stranger = cls._ticket(title="Secret of others", partner_id=cls.person2.id)
        cls.all = cls.ticket + cls.of_mate + cls.of_stranger

    def _sign_in(self, user):
        """:param user: False: nobody signs in"""
        self.env.flush_all()
        self.authenticate(*([user.login] * 2 if user else [None, None]))

    def _get(self, url, user=None):
        """Return the page that a user gets (default: the buyer; False: nobody signed in)."""
        self._sign_in(self.buyer if user is None else user)
        return self.url_open(url)

    def _post(self, url, user=None, files=None, token=True, **form):
        """Send a form as a user.

        :param token: False: without the token against forgery
        """
        self._sign_in(self.buyer if user is None else user)
        if token:
            form['csrf_token'] = http.Request.csrf_token(self)
        response = self.url_open(url, data=form, files=files)
        self.env.invalidate_all()
        return response

    def _seen(self, user):
        """Return the tickets that a user finds."""
        return self._by(self.env['crm.ticket'], user).search([('id', 'in', self.all.ids)]).with_env(self.env)

    def _sees(self, user, ticket):
        self.env.flush_all()
        return self._by(ticket, user).has_access('read')

    @staticmethod
    def _file(name, content=b"Hello", mimetype='text/plain'):
        return ('files', (name, io.BytesIO(content), mimetype))
