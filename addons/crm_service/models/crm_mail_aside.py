import email
import email.policy
import traceback

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, plaintext2html

from ..tools.mail_passage import Passage
from ..tools.mail_rough import first, shown, text_of
from ..tools.mail_text import line, numbers, tidy

REASONS = [
    ('automatic', "Sent by a machine"),
    ('bounce', "Delivery failure"),
    ('loop', "In a loop"),
    ('storm', "Too many from one sender"),
    ('no_team', "For no team"),
    ('no_route', "For nobody"),
    ('refused', "Sender not accepted"),
    ('same_id', "Bears the identity of another mail"),
    ('unreadable', "Could not be read"),
    ('error', "Could not be processed"),
]


class CrmMailAside(models.Model):
    """A mail that was made neither a ticket nor part of one: kept as it came, with the reason, until somebody has decided."""
    _name = 'crm.mail.aside'
    _description = "Mail Kept Aside"
    _order = 'date desc, id desc'
    _check_company_auto = True

    name = fields.Char("Subject", readonly=True)
    state = fields.Selection(
        [('kept', "To Decide"), ('used', "On a Ticket"), ('dismissed', "Dismissed")], required=True, default='kept', readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    detail = fields.Text("What Went Wrong", readonly=True)
    date = fields.Datetime("Received", required=True, default=fields.Datetime.now, readonly=True)
    email_from = fields.Char("From", readonly=True)
    email_to = fields.Char("To", readonly=True)
    headers = fields.Text(readonly=True)
    text = fields.Text("Content", readonly=True)
    attachment_id = fields.Many2one('ir.attachment', "Mail as It Came", required=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', index=True, readonly=True)
    team_id = fields.Many2one('crm.service.team', index='btree_not_null', check_company=True, ondelete='set null')
    ticket_id = fields.Many2one(
        'crm.ticket', index='btree_not_null', check_company=True, ondelete='set null', help="Which it belongs to; empty: a new one.")
    decided_id = fields.Many2one('res.users', "Decided By", readonly=True)
    date_decided = fields.Datetime("Decided", readonly=True)

    _state_idx = models.Index('(state, date DESC)')

    # ------------------------------------------------------------------
    # From the gateway
    # ------------------------------------------------------------------

    @api.model
    def _open_passage(self, model, raw):
        """Return a :class:`Passage` for a mail that service has to do with, None for all other mail.

        :param model: that the gateway falls back on
        :param raw: bytes
        """
        is_fetched = 'default_fetchmail_server_id' in self.env.context
        passage = Passage(raw, is_fetched=is_fetched)
        aliases = self.env['mail.alias'].sudo().search(  # addresses are no secret
            Domain('alias_model_id.model', '=', 'crm.ticket') & (
                Domain('alias_full_name', 'in', passage.recipients)
                | Domain('alias_name', 'in', [address.partition('@')[0] for address in passage.recipients])
                & Domain('alias_incoming_local', '=', True))) if passage.recipients else self.env['mail.alias']
        passage.alias_ids = aliases.ids
        passage.is_ours = bool(model == 'crm.ticket' or aliases or self._is_about_ticket(passage))
        return passage if passage.is_ours or is_fetched or passage.kind == 'bounce' else None

    @api.model
    def _is_about_ticket(self, passage):
        """Return whether a mail answers one of a ticket, or names one to the address for everything."""
        known = f"{first(passage.headers, 'References')} {first(passage.headers, 'In-Reply-To')}".split()[-32:]
        if known and self.env['mail.message'].sudo().search_count([('message_id', 'in', known), ('model', '=', 'crm.ticket')], limit=1):
            return True
        if not passage.recipients or not numbers(passage.subject):
            return False
        return bool(self.env['crm.ticket']._mail_route_from_catchall(passage, {'email_from': passage.address}))

    @api.model
    def _keep(self, passage, reason, detail='', team_id=False):
        """Keep a mail.

        :param reason: a key of REASONS
        """
        teams = self.env['crm.service.team'].sudo().with_context(active_test=False)  # the gateway's user may be a customer
        team = teams.browse(team_id) if team_id else teams.search([('alias_id', 'in', passage.alias_ids)], limit=1)
        env = self.env(user=self.env.ref('base.user_root'), su=True)  # whoever wrote has no right here
        attachment = env['ir.attachment'].create({
            'name': "mail.eml", 'raw': passage.raw, 'mimetype': 'application/octet-stream', 'res_model': self._name})
        aside = self.with_env(env).create({
            'name': line(passage.subject) or False, 'reason': reason, 'detail': tidy(detail or '')[:5000] or False,
            'email_from': line(first(passage.headers, 'From')) or False, 'email_to': line(", ".join(passage.recipients), 1000) or False,
            'headers': tidy(shown(passage.headers)), 'text': text_of(passage.message)[:20_000], 'attachment_id': attachment.id,
            'team_id': team.id, 'company_id': team.company_id.id or self.env.company.id})
        attachment.res_id = aside.id
        passage.outcomes.append(('aside', aside.id))
        return aside

    @api.model
    def _keep_failed(self, passage, error):
        """Keep a mail that the gateway stumbled over."""
        lost = isinstance(error, ValueError) and not passage.is_ours
        reason = 'unreadable' if passage.values is None else 'no_route' if lost else 'error'
        return self._keep(passage, reason, detail="".join(traceback.format_exception_only(error)))

    @api.model
    def _keep_undelivered(self, passage):
        """Keep a mail that the gateway put nowhere, unless it is there already."""
        values = passage.values or {}
        same = self.env['mail.message'].sudo().search([('message_id', '=', values.get('message_id') or '')], limit=1)  # of whoever
        if not same:
            reason = 'bounce' if values.get('is_bounce') else 'loop' if 'loop-detection' in (values.get('references') or '') else 'refused'
            return self._keep(passage, reason)
        subject = line(same.subject or '').casefold()
        known = line(values.get('subject') or '').casefold() in subject and email_normalize(same.email_from) in (
            email_normalize(values.get('email_from')), passage.address)
        if known or same.message_type not in ('email', 'notification'):   # again what is there, or what we have sent ourselves
            passage.outcomes.append(('duplicate', same.res_id))
            return self.browse()
        return self._keep(passage, 'same_id')

    # ------------------------------------------------------------------
    # What people decide
    # ------------------------------------------------------------------

    def action_make_ticket(self):
        """Make a ticket of each; those that name a ticket go on that one.

        :raise UserError: where it has been decided, or no team is named
        """
        self._check_open()
        for aside in self:
            if not aside.team_id and not aside.ticket_id:
                raise UserError(self.env._("Choose the team that the ticket of “%(subject)s” goes to.", subject=aside.name or ''))
            aside.ticket_id = aside._deliver()
        self._decide('used')
        if len(self) > 1:
            return True
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.ticket', 'res_id': self.ticket_id.id, 'views': [(False, 'form')]}

    def action_dismiss(self):
        """Nothing comes of it; it stays on the list of what was dismissed."""
        self._check_open()
        self._decide('dismissed')
        return True

    def action_download(self):
        """Get the mail as it came."""
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'url': f'/web/content/{self.attachment_id.id}?download=true', 'target': 'self'}

    def _check_open(self):
        self.check_access('write')
        if self.filtered(lambda aside: aside.state != 'kept'):
            raise UserError(self.env._("Some of these have been decided already. Choose only those that wait for a decision."))

    def _decide(self, state):
        self.write({'state': state, 'decided_id': self.env.uid, 'date_decided': fields.Datetime.now()})

    def _deliver(self):
        """Put the mail on its ticket, or on a new one of its team; return the ticket."""
        self.ensure_one()
        passage = Passage(self.attachment_id.raw)
        passage.is_quiet = passage.is_quiet or self.reason in ('storm', 'loop')
        passage.kind = None   # somebody has read it: it counts as a person's
        threads = self.env['mail.thread'].sudo().with_context(crm_mail=passage)  # like the gateway; what may be done has been checked
        values = self._read(passage, threads)
        if threads.env['mail.message'].search_count([('message_id', '=', values['message_id'])], limit=1):
            values['message_id'] = f"<aside-{self.id}-{self.env.cr.now().timestamp()}@kept>"
        defaults = {'team_id': self.team_id.id, 'company_id': self.team_id.company_id.id}
        ticket = threads._message_route_process(
            passage.message, values, [('crm.ticket', self.ticket_id.id, None if self.ticket_id else defaults, self.env.uid, None)])
        if not ticket or passage.outcomes[-1][0] == 'aside':
            raise UserError(self.env._("This mail cannot be put on a ticket. Download it, and note by hand what it says."))
        return ticket

    def _read(self, passage, threads):
        """Return what the gateway reads of a mail, or what there is of it where it cannot."""
        try:
            with self.env.cr.savepoint():
                values = threads.message_parse(email.message_from_bytes(passage.raw, policy=email.policy.SMTP))
        except Exception:  # noqa: BLE001 that is why it is here
            values = {
                'message_type': 'email', 'message_id': f"<aside-{self.id}@kept>", 'subject': line(passage.subject),
                'email_from': passage.address, 'to': "", 'cc': "", 'recipients': "", 'references': "", 'in_reply_to': "",
                'body': plaintext2html(text_of(passage.message)), 'attachments': [("mail.eml", passage.raw, {})]}
        return {**values, 'is_bounce': False, 'author_id': False, 'partner_ids': [], 'parent_id': False}
