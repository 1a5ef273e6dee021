from odoo import api, fields, models

from ..tools.mail_kind import is_deaf
from ..tools.ticket_state import DONE

_BATCH = 50


class CrmTicketNotice(models.Model):
    """A mail that a customer gets without anybody writing it: waits here for a moment, so that no template holds up the work.

    Each line is what we told whom and when; a ticket is acknowledged once.
    """
    _name = 'crm.ticket.notice'
    _description = "Notice to the Customer"
    _order = 'id'
    _rec_name = 'template_id'

    ticket_id = fields.Many2one('crm.ticket', required=True, index=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='ticket_id.company_id', store=True, precompute=True, index=True)
    kind = fields.Selection([('acknowledged', "Acknowledgement"), ('stage', "Stage")], required=True, readonly=True)
    template_id = fields.Many2one('mail.template', required=True, readonly=True, ondelete='cascade')
    stage_id = fields.Many2one('crm.ticket.stage', readonly=True, ondelete='cascade')
    state = fields.Selection(
        [('queued', "Queued"), ('sent', "Sent"), ('dropped', "Not Sent"), ('failed', "Failed")], required=True, default='queued',
        readonly=True)
    date = fields.Datetime("Queued", required=True, default=fields.Datetime.now, readonly=True)
    date_sent = fields.Datetime("Sent", readonly=True)
    references = fields.Char("Answers To", readonly=True)
    error = fields.Char(readonly=True)

    _once_uniq = models.UniqueIndex("(ticket_id) WHERE kind = 'acknowledged'", "A ticket is acknowledged once.")
    _queued_idx = models.Index("(id) WHERE state = 'queued'")

    @api.model
    def _queue(self, vals_list):
        """Have notices sent, as soon as what is being done is done."""
        if vals_list:
            self.sudo().create(vals_list)  # a rule sends them, whoever has set it off
            job = self.env['ir.model.data']._xmlid_to_res_id('crm_service.crm_ticket_notice_cron')
            self.env['ir.cron'].sudo().browse(job)._trigger()  # as above

    def action_retry(self):
        """Send what failed once more, when its template has been mended."""
        self.check_access('write')
        self.filtered(lambda notice: notice.state == 'failed').write({'state': 'queued', 'error': False})
        self.env.ref('crm_service.crm_ticket_notice_cron').sudo()._trigger()  # who may retry has been checked
        return True

    @api.model
    def _cron_send(self):
        """Write the mails of all notices that are queued, in the language of each customer, and have them sent."""
        Progress = self.env['ir.cron']
        remaining = self.search_count([('state', '=', 'queued')])
        Progress._commit_progress(remaining=remaining)
        while notices := self.search([('state', '=', 'queued')], limit=_BATCH).try_lock_for_update():
            notices._send()
            remaining = max(0, remaining - len(notices))
            if not Progress._commit_progress(len(notices), remaining=remaining):
                break

    def _send(self):
        """Write the mails of notices; one that cannot be written holds up no other."""
        wanted = self.filtered(lambda notice: notice._is_wanted())
        (self - wanted).write({'state': 'dropped'})
        for template, notices in wanted.grouped('template_id').items():
            try:
                with self.env.cr.savepoint():
                    notices._write_mails(template)
            except Exception as error:  # noqa: BLE001 a template is written by people
                if len(notices) > 1:
                    for notice in notices:
                        notice._send()
                else:
                    notices.write({'state': 'failed', 'error': str(error)[:250]})
        self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()

    def _is_wanted(self):
        """Return whether the customer is still to hear of it: there is somebody to write to who wants it, and it is still so."""
        self.ensure_one()
        ticket = self.ticket_id
        sort = 'acknowledged' if self.kind == 'acknowledged' else 'solved' if self.stage_id.state in DONE else 'status'
        if not ticket.partner_id._crm_wants(sort):
            return False
        if is_deaf(ticket._mail_address()) or ticket.merged_into_id or self.state != 'queued':
            return False
        return self.kind == 'acknowledged' or ticket.stage_id == self.stage_id

    def _write_mails(self, template):
        by_ticket = {notice.ticket_id.id: notice for notice in self}
        mails = template.send_mail_batch(list(by_ticket), email_values={
            'author_id': False, 'auto_delete': False, 'message_type': 'auto_comment',
            'headers': repr({'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All'})})
        reply_to = self.ticket_id._notify_get_reply_to_batch()
        for mail in mails:
            mail.write({
                'reply_to': mail.reply_to or reply_to[mail.res_id], 'references': by_ticket[mail.res_id].references or mail.references})
        self.write({'state': 'sent', 'date_sent': fields.Datetime.now()})


class CrmTicket(models.Model):
    """What the customer is told when a ticket is opened and when it gets into a stage."""
    _inherit = 'crm.ticket'

    notice_ids = fields.One2many('crm.ticket.notice', 'ticket_id', "Notices", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.filtered(lambda ticket: ticket.channel in ('portal', 'web'))._acknowledge()
        return tickets

    def _mail_address(self):
        """Return the bare address that the customer is answered at."""
        self.ensure_one()
        return self.partner_id.email_normalized or self._mail_cc_first(self.email_from)

    @api.model
    def _mail_cc_first(self, text):
        return next(iter(self._mail_cc_sanitized_raw_dict(text)), False) or ''

    def _acknowledge(self, references=''):
        """Tell the customers that their tickets are here; once per ticket, and to nobody who does not read.

        :param references: Message-Id of the mail that is answered
        """
        told = self.sudo().notice_ids.filtered(lambda notice: notice.kind == 'acknowledged').ticket_id  # whoever opened them
        self.env['crm.ticket.notice']._queue([
            {'ticket_id': ticket.id, 'kind': 'acknowledged', 'template_id': template.id, 'references': (references or '')[:990] or False}
            for ticket in self.sudo() - told
            if (template := ticket._acknowledge_template()) and not is_deaf(ticket._mail_address())])

    def _acknowledge_template(self):
        """Return what a ticket is acknowledged with: its team says, and what is there for all where it has none."""
        self.ensure_one()
        return self.team_id.acknowledge_template_id if self.team_id else self.env.ref(
            'crm_service.mail_template_ticket_acknowledged', raise_if_not_found=False) or self.env['mail.template']

    @api.model
    def _after_log(self, logs):
        result = super()._after_log(logs)
        entered = logs.filtered(lambda log: (
            (log.event == 'stage' and log.stage_from_id != log.stage_id
             or log.event == 'created' and log.ticket_id.channel not in ('email', 'portal', 'web')) and log.stage_id.template_id))
        latest = {log.ticket_id: log for log in entered}
        self.env['crm.ticket.notice']._queue([
            {'ticket_id': ticket.id, 'kind': 'stage', 'template_id': log.stage_id.template_id.id, 'stage_id': log.stage_id.id}
            for ticket, log in latest.items() if not ticket.merged_into_id])
        return result

    # ------------------------------------------------------------------
    # Words of the templates
    # ------------------------------------------------------------------

    def _customer_tz(self):
        """Return the time zone that a customer is told times in: its own, else that of the team's working hours."""
        self.ensure_one()
        return self.partner_id.tz or self.team_id.calendar_id.tz or self.company_id.resource_calendar_id.tz or 'UTC'

    def _customer_url(self):
        """Return where the customer sees the ticket, and says that it is not solved."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()
