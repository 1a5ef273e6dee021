import hashlib
import logging
from xmlrpc import client as xmlrpclib

import psycopg2

from odoo import api, models

from ..tools.mail_passage import Passage
from ..tools.mail_text import tidy

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """Mail to service goes through the gateway as all mail does, but none gets lost: what cannot be delivered is kept aside.

    A :class:`Passage` in the context marks such a mail; all other mail takes Odoo's way unchanged.
    """
    _inherit = 'mail.thread'

    @api.model
    def _crm_passage(self):
        """Return the mail that is on its way, None outside of the gateway and for mail that is not for service."""
        passage = self.env.context.get('crm_mail')
        return passage if isinstance(passage, Passage) else None  # a client cannot send one

    @api.model
    def message_process(self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None):
        raw = message.data if isinstance(message, xmlrpclib.Binary) else message
        raw = raw.encode('utf-8', 'surrogateescape') if isinstance(raw, str) else bytes(raw)
        passage = self.env['crm.mail.aside']._open_passage(model, raw)
        if passage is None:
            return super().message_process(model, message, custom_values, save_original, strip_attachments, thread_id)
        this = self.with_context(crm_mail=passage)
        try:
            with self.env.cr.savepoint():
                result = super(MailThread, this).message_process(
                    model, raw, custom_values, save_original, strip_attachments, thread_id)
        except Exception as error:
            if not self._crm_keeps(passage, error):
                raise
            passage.undo()
            _logger.info("Mail from %s to %s is kept aside: %s", passage.address, passage.recipients, error)
            this.env['crm.mail.aside']._keep_failed(passage, error)
            return False
        if passage.is_ours and not passage.outcomes:
            this.env['crm.mail.aside']._keep_undelivered(passage)
        return result

    @api.model
    def _crm_keeps(self, passage, error):
        """Return whether a mail that failed is kept aside: not where whoever handed it over is to try again, or gets told."""
        if isinstance(error, psycopg2.OperationalError) and not passage.is_fetched:
            return False
        return passage.is_ours or isinstance(error, ValueError)

    @api.model
    def message_parse(self, message, save_original=False):
        values = super().message_parse(message, save_original)
        passage = self._crm_passage()
        if passage and passage.values is None:
            values.update({key: tidy(value) for key, value in values.items() if type(value) is str})  # markup says itself what it is
            if not message.get('Message-Id'):   # fetched again, it is the same
                values['message_id'] = f"<{hashlib.sha256(passage.raw).hexdigest()[:40]}@nameless>"
            passage.values = values
        return values

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        passage = self._crm_passage()
        if not passage:
            return super().message_route(message, message_dict, model, thread_id, custom_values)
        tickets = self.env['crm.ticket']
        routes = tickets._mail_route_from_catchall(passage, message_dict)
        if not routes:
            routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        return tickets._mail_routes(passage, message_dict, routes)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        passage = self._crm_passage()
        if passage:
            self.env['crm.ticket']._mail_note_bounce(passage, message_dict)
        return result

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        if self._crm_passage():   # tickets have their own guard, which answers nothing
            routes = [route for route in routes or () if route[0] != 'crm.ticket']
            if not routes:
                return False
        return super()._detect_loop_sender(message, message_dict, routes)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        passage = self._crm_passage()
        if not passage:
            return super()._message_route_process(message, message_dict, routes)
        others = [route for route in routes or () if route[0] != 'crm.ticket']
        result = False
        if others:
            result = super()._message_route_process(message, dict(message_dict), others)
            passage.outcomes.append(('other', result))
        for model, thread, defaults, uid, _alias in [route for route in routes or () if route[0] == 'crm.ticket']:
            try:
                with self.env.cr.savepoint():
                    # without the alias: a mistake of ours is not answered to the customer, and leaves the address in use
                    result = super()._message_route_process(message, dict(message_dict), [(model, thread, defaults, uid, None)])
                    self.env['crm.ticket'].sudo().browse(result)._mail_delivered(passage, is_new=not thread)  # as the gateway does
            except Exception as error:
                if not self._crm_keeps(passage, error):
                    raise
                _logger.warning("Mail from %s could not be made a ticket", passage.address, exc_info=True)
                self.env['crm.mail.aside']._keep(passage, 'error', detail=repr(error), team_id=(defaults or {}).get('team_id'))
        return result
