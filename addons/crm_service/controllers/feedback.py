from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools.satisfaction import answer


class FeedbackPages(http.Controller):
    """The page behind the link in the mail. Opening it changes nothing, since mail programs open links, too; a script sends the choice."""

    def _feedback(self, token):
        """Return the question behind a link, in sudo and in the language of the customer; None for nobody's, or for one of us.

        :return: (feedback, whether the visitor is one of us)
        """
        feedback = request.env['crm.ticket.feedback']._of_token(token)
        user = request.env.user
        ours = not user._is_public() and not user.share
        stranger = user.share and not user._is_public() and (
            user.partner_id.commercial_partner_id != feedback.partner_id.commercial_partner_id)
        lang = feedback.partner_id.lang or feedback.company_id.partner_id.lang or request.env.lang
        return (feedback.with_context(lang=lang) if feedback and not stranger else None), ours

    def _page(self, feedback, **values):
        request.update_context(lang=feedback.env.context['lang'])
        return request.render('crm_service.feedback_page', {'feedback': feedback, 'page_name': 'feedback', **values})

    @http.route('/service/feedback/<string:token>', type='http', auth='public', website=True, methods=['GET'], sitemap=False)
    def feedback(self, token, rating=None, thanks=None, **kw):
        """Show the questions."""
        feedback, ours = self._feedback(token)
        if not feedback:
            return request.render('crm_service.feedback_missing', {'page_name': 'feedback'}, status=404)
        if ours:
            return self._page(feedback, refused=True)
        return self._page(feedback, chosen=answer(rating, 1, 5), thanks=thanks)

    @http.route('/service/feedback/<string:token>/answer', type='http', auth='public', website=True, methods=['POST'], sitemap=False)
    def feedback_answer(self, token, rating=None, nps=None, effort=None, comment=None, **kw):
        """Note the answers."""
        feedback, ours = self._feedback(token)
        if not feedback:
            return request.render('crm_service.feedback_missing', {'page_name': 'feedback'}, status=404)
        if ours:
            return self._page(feedback, refused=True)
        try:
            feedback._answer(answer(rating, 1, 5), answer(nps, 0, 10), answer(effort, 1, 7), comment)
        except UserError as error:
            return self._page(feedback, error=str(error))
        return request.redirect(f'/service/feedback/{token}?thanks=1')
