from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.web import Home


class Login(Home):
    """Customers read the pages in their own language once they have signed in, whatever language they signed in with."""

    @http.route()
    def web_login(self, *args, **kw):
        response = super().web_login(*args, **kw)
        if request.params.get('login_success') and request.session.uid:
            user = request.env['res.users'].sudo().browse(request.session.uid)  # the one who has just signed in
            if user.share and user.lang:
                response.set_cookie('frontend_lang', user.lang)
        return response
