import logging

from markupsafe import Markup
from psycopg2.errors import SerializationFailure

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.ticket_state import PRIORITIES
from .resource_calendar import CrmTimelines

_logger = logging.getLogger(__name__)
BATCH = 200


class CrmTicketSla(models.Model):
    """Watching the promises that run: deadlines found anew after holidays have changed, broken ones marked, escalation steps taken.

    All of it goes by partial indexes on what is due, batch by batch; each batch is committed. Rows that another worker holds are skipped,
    a step that was taken is on a log that takes it once: any number of workers, stopped at any moment, take each step once.
    """
    _inherit = 'crm.ticket.sla'

    @api.model
    def _cron_watch(self):
        """Do what is due; called every few minutes."""
        for domain, work in (
                ([('is_stale', '=', True)], '_refresh_stale'),
                ([('state', '=', 'running'), ('is_breached', '!=', True), ('date_breach', '<', fields.Datetime.now())], '_mark_broken'),
                ([('state', '=', 'running'), ('date_step', '<=', fields.Datetime.now())], '_escalate')):
            if not self._sweep(domain, work):
                break

    @api.model
    def _sweep(self, domain, work):
        """Have all promises of a domain worked on.

        :return: whether there is time left
        """
        last = 0
        while batch := self.sudo().search([*domain, ('id', '>', last)], order='id', limit=BATCH):  # a cron job works for everybody
            last = batch[-1].id
            mine = batch._lock_free()
            getattr(mine, work)()
            if not self.env['ir.cron']._commit_progress(len(batch)):
                return False
        return True

    def _lock_free(self):
        """Return those of the promises that nobody else holds, nor their tickets, locked; none where some have changed since this
        transaction began: they are taken up in the next run."""
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(SQL(
                    """SELECT sla.id FROM crm_ticket_sla sla JOIN crm_ticket ticket ON ticket.id = sla.ticket_id
                       WHERE sla.id = ANY(%s) ORDER BY sla.id FOR NO KEY UPDATE SKIP LOCKED""", self.ids), log_exceptions=False)
                return self.browse(row[0] for row in self.env.cr.fetchall())
        except SerializationFailure:
            return self.browse()

    def _refresh_stale(self):
        """Find deadlines anew after the working hours have changed."""
        self.ticket_id._sla_recompute()
        self.filtered('is_stale').is_stale = False

    def _mark_broken(self):
        """Note that these promises have just been broken."""
        self.write({'is_breached': True})
        self.ticket_id._sla_show(self.ticket_id._sla_rows())
        self.env['crm.ticket']._after_breach(self)

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _escalate(self):
        """Take the steps that are due on these promises, unless those who have the ticket are not at work now.

        Mails go out by Odoo's queue: a morning with many of them does not hold up the promises that come after.
        """
        now, timelines, logged, somebody = fields.Datetime.now(), CrmTimelines(), self._steps_taken(), False
        histories = self.ticket_id._sla_histories()
        for sla in self.with_context(mail_notify_force_send=False):
            desk = sla.ticket_id._sla_desk_hours()
            if timelines.get(desk, desk.tz).is_open(now):
                told = set()
                moments = sla._step_moments(sla._clock(histories[sla.ticket_id]), timelines.get(sla.calendar_id, sla.tz), logged)
                for _moment, step in sorted(((when, step) for step, when in moments.items() if when <= now), key=lambda due: due[0]):
                    sla._take_step(step, now, told)
                somebody |= bool(told)
        self._follow(histories)   # the moment of the next step
        if somebody:
            self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()  # of the job that sends them

    def _take_step(self, step, now, told):
        """Take a step that is due; what goes wrong with one, is noted and does not hold up the others.

        :param told: {(person, how)} told of this promise just now: nobody hears the same twice; is added to
        """
        self.ensure_one()
        if self.state != 'running' or step.policy_id != self.policy_id or not self._claim(step, now):
            return   # an earlier step has changed what is promised, or another worker was faster
        try:
            with self.env.cr.savepoint():
                note, people = self._take(step, told)
        except UserError as error:
            _logger.warning("Escalation of %s: %s", self.ticket_id.name, error)
            note, people = str(error), self.env['res.users']
        log = self.env['crm.escalation.log'].search([('sla_id', '=', self.id), ('step_id', '=', step.id)])
        log.write({'note': note, 'user_ids': [Command.set(people.ids)]})

    def _claim(self, step, now):
        """Put a step on the log; return False where somebody has taken it already."""
        self.env.cr.execute(SQL(
            """INSERT INTO crm_escalation_log (sla_id, step_id, ticket_id, company_id, date, create_date, create_uid, write_date, write_uid)
               VALUES (%(sla)s, %(step)s, %(ticket)s, %(company)s, %(now)s, %(now)s, %(uid)s, %(now)s, %(uid)s)
               ON CONFLICT (sla_id, step_id) DO NOTHING RETURNING id""",
            sla=self.id, step=step.id, ticket=self.ticket_id.id, company=self.company_id.id, now=now, uid=self.env.uid))
        is_ours = bool(self.env.cr.fetchone())
        self.invalidate_recordset(['step_log_ids'])
        return is_ours

    def _take(self, step, told):
        """Take a step.

        :param told: see :meth:`_take_step`
        :return: (what was done, the people told)
        """
        ticket = self.ticket_id
        people = step._people(ticket) if step.how != 'none' else self.env['res.users']
        for user in people:
            if (user, step.how) not in told:
                getattr(self, f'_tell_by_{step.how}')(user, *self._words(user))
                told.add((user, step.how))
        vals = {}
        if step.reassign_id and step.reassign_id != ticket.user_id:
            vals['user_id'] = step.reassign_id.id
        if step.raise_priority and ticket.priority < PRIORITIES[-1][0]:
            vals['priority'] = str(int(ticket.priority) + 1)
        if vals:
            ticket.write(vals)
        if step.how != 'none' and not people:
            return self.env._("There is nobody to tell."), people
        return ", ".join(vals) or False, people

    def _words(self, user):
        """Return (subject, text) of what is told, in the language of a person."""
        env = self.with_context(lang=user.lang).env
        sla, ticket = self.with_env(env), self.ticket_id.with_env(env)
        promise = dict(sla._fields['promise']._description_selection(env))[sla.promise]
        if sla.is_breached:
            subject = env._("%(ticket)s: %(promise)s is overdue", ticket=ticket.name, promise=promise)
        else:
            subject = env._("%(ticket)s: %(promise)s runs out", ticket=ticket.name, promise=promise)
        due = fields.Datetime.context_timestamp(sla.with_context(tz=user.tz or ticket.team_id.calendar_id.tz or 'UTC'), sla.date_due)
        text = env._(
            "“%(title)s” of %(customer)s was promised by %(due)s (%(policy)s).", title=ticket.title,
            customer=ticket.commercial_partner_id.name or ticket.partner_name or ticket.email_from or env._("somebody unknown"),
            due=due.strftime('%Y-%m-%d %H:%M'), policy=sla.policy_id.name)
        return subject, text

    def _tell_by_activity(self, user, subject, text):
        self.ticket_id.activity_schedule(
            'crm_service.mail_activity_escalation', user_id=user.id, summary=subject, note=text,
            date_deadline=fields.Date.context_today(self.with_context(tz=user.tz)))

    def _tell_by_mail(self, user, subject, text):
        self.ticket_id.with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=Markup("<p>%s</p>") % text)

    def _tell_by_chat(self, user, subject, text):
        bot = self.env.ref('base.partner_root')
        channels = self.env['discuss.channel'].with_user(user).with_context(allowed_company_ids=user.company_id.ids)
        channel = channels._get_or_create_chat([bot.id, user.partner_id.id])
        channel.sudo().message_post(  # the bot speaks, whoever works
            author_id=bot.id, body=Markup("%s<br/>%s<br/>%s") % (subject, text, self.ticket_id._get_html_link()), message_type='comment',
            subtype_xmlid='mail.mt_comment')
