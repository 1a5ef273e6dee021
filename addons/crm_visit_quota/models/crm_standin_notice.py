from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.cron import commit_progress


class CrmStandin(models.Model):
    """Telling people: when a stand-in is arranged, every day while it lasts, and when it is over.

    The daily digest says what has come up for the absent colleague; who stands in finds the documents by the filter
    "Standing In" on each list.
    """
    _inherit = 'crm.standin'

    def _after_arrange(self):
        for standin in self:
            standin._notify(lambda env, standin=standin: [
                env._("%(standin)s stands in for %(person)s from %(start)s until %(end)s.",
                      standin=standin.standin_id.name, person=standin.user_id.name, start=standin.date_from, end=standin.date_to),
                *([standin.note] if standin.note else [])])

    def _notify(self, paragraphs, users=None):
        """Send a message to both people but the user, each in their language."""
        self.ensure_one()
        standin = self.sudo()  # names are no secret between the two
        people = (standin.standin_id | standin.user_id) - self.env.user if users is None else users
        for user in people.filtered('active'):
            told = standin.with_context(lang=user.lang)
            told.message_notify(
                partner_ids=user.partner_id.ids, subject=told.display_name,
                body=Markup("").join(Markup("<p>%s</p>") % text for text in paragraphs(told.env)),
                email_layout_xmlid='mail.mail_notification_light')

    # ------------------------------------------------------------------
    # Every day
    # ------------------------------------------------------------------

    @api.model
    def _cron_notices(self):
        """Send the digests of the day and say which stand-ins are over; each once, however often it runs."""
        now = fields.Datetime.now()
        active = self.search([('state', '=', 'active'), ('standin_id.active', '=', True)])
        due = active.filtered(lambda standin: standin.digest_date != standin._digest_day(now))
        figures = due._digest_figures(now)
        for standin in due:
            if not standin.try_lock_for_update(allow_referencing=True):
                continue   # somebody is at it, the digest waits for the next run
            if any(figures[standin]):
                standin._notify(lambda env, standin=standin: standin._digest_texts(env, figures[standin]), standin.standin_id)
            standin.digest_date = standin._digest_day(now)
            commit_progress(self.env)
        for standin in self.search([('state', '=', 'over'), ('end_told', '=', False)]):
            standin._notify(lambda env, standin=standin: [env._(
                "The time in which %(standin)s stands in for %(person)s is over.",
                standin=standin.standin_id.name, person=standin.user_id.name)])
            standin.end_told = True
            commit_progress(self.env)

    def _digest_day(self, now):
        return self.standin_id._crm_local_date(now, self.company_id)

    def _digest_figures(self, now):
        """Return ``{stand-in: (due activities, visits today, new leads, unread messages)}``, by one query for each figure.

        There is one stand-in for a person at a time, so that the person stands for the stand-in.
        """
        since = now - timedelta(days=1)
        if not self:
            return {}
        people = self.user_id

        def scoped(path):
            return Domain.OR(
                Domain('user_id', '=', standin.user_id.id) & (
                    Domain(f'{path}.commercial_partner_id', 'in', standin.partner_ids.commercial_partner_id.ids)
                    if standin.scope == 'some' else Domain.TRUE) for standin in self)

        def count(model, domain):
            return dict(self.env[model]._read_group(domain, ['user_id'], ['__count']))
        activities = count('mail.activity', Domain('user_id', 'in', people.ids) & Domain('date_deadline', '<=', now.date()))
        visits = count('crm.visit', scoped('partner_id') & Domain('state', '=', 'planned') & Domain('date', '=', now.date()))
        leads = count('crm.lead', scoped('partner_id') & Domain('date_open', '>', since) & Domain('won_status', '=', 'pending'))
        messages = dict(self.env['mail.notification']._read_group(
            [('res_partner_id', 'in', people.partner_id.ids), ('is_read', '=', False), ('mail_message_id.date', '>', since)],
            ['res_partner_id'], ['__count']))
        return {standin: (
            activities.get(standin.user_id, 0), visits.get(standin.user_id, 0), leads.get(standin.user_id, 0),
            messages.get(standin.user_id.partner_id, 0)) for standin in self}

    def _digest_texts(self, env, figures):
        activities, visits, leads, messages = figures
        return [
            env._("You stand in for %(person)s until %(end)s.", person=self.user_id.name, end=self.date_to),
            env._(
                "Activities due: %(activities)s. Visits planned for today: %(visits)s. New leads since yesterday: %(leads)s. Unread"
                " messages: %(messages)s.", activities=activities, visits=visits, leads=leads, messages=messages),
            env._("The filter “Standing In” on each list shows what is theirs.")]
