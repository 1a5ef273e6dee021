from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_datetime

from odoo.addons.crm_grading.tools.locking import lock_fresh_rows

CLAIMING = 1_129_336_911   # namespace of the advisory locks of people who claim


class CrmPoolEntry(models.Model):
    """Claiming. Nobody waits and nothing fails, however many want the same customer:

    * The entry is locked, and must be as the transaction sees it; whoever does not get the lock is told so.
    * Claims of a person are numbered by the day under a unique index: two at once cannot both count the same claims.
    """
    _inherit = 'crm.pool.entry'

    @api.depends_context('uid')
    @api.depends('date_in', 'pool_id')
    def _compute_can_claim(self):
        cooling = self._cooling(self.env.user)
        for entry in self:
            entry.claim_note = entry._obstacle(self.env.user, cooling) or False
            entry.can_claim = not entry.claim_note and (
                not entry.pool_id.claim_daily_max or entry.pool_id.claim_left > 0)

    def action_claim(self):
        """Make the user the owner of these customers.

        :return: the action that opens the customer, or tells how many were claimed
        :raise UserError: beyond a limit, or where others were faster with all of them
        """
        wanted = len(self)
        claimed = self._claim(self.env.user)
        if wanted == 1:
            return {'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'res_id': claimed.id, 'views': [(False, 'form')],
                    'target': 'current', 'name': claimed.display_name}
        text = self.env._("%(count)s claimed.", count=len(claimed))
        if len(claimed) < wanted:
            text = self.env._(
                "%(count)s claimed. Others were faster with %(lost)s of them.", count=len(claimed), lost=wanted - len(claimed))
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'message': text, 'type': 'success' if len(claimed) == wanted else 'warning',
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    def _claim(self, user):
        """Give customers to a member who asks for them.

        :return: the customers that the person has got: those that nobody else took at this moment
        :raise UserError: beyond a limit, or where nothing is left
        """
        entries = self.exists()
        if entries:
            entries.check_access('read')
            self._take_turn(user)
            entries._check_claim(user)
            entries = lock_fresh_rows(entries)
            partners = lock_fresh_rows(entries.sudo().partner_id)  # claimed in the name of the pool, which is what the entry allows
            entries = entries.filtered(lambda entry: entry.sudo().partner_id in partners)
        if not entries:
            raise UserError(self.env._("Somebody else was faster: this customer is no longer in the pool. Choose another one."))
        moves = self.env['crm.pool.move']
        customers = partners.browse()
        try:
            for pool, group in entries.grouped('pool_id').items():
                customers |= moves._carry_out('claimed', group.sudo().partner_id, pool=pool, user=user).partner_id
        except UniqueViolation as error:
            raise self._busy() from error
        return customers.with_env(self.env)

    def _busy(self):
        return UserError(self.env._("You are claiming in another window at this moment. Try again."))

    def _take_turn(self, user):
        """Let a person claim one thing after the other.

        :raise UserError: if the person is claiming elsewhere
        """
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", CLAIMING, user.id))
        if not self.env.cr.fetchone()[0]:
            raise self._busy()

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _check_claim(self, user):
        """:raise UserError: unless the person may claim all of these entries"""
        cooling = self._cooling(user)
        for entry in self:
            if obstacle := entry._obstacle(user, cooling):
                raise UserError(obstacle)
        for pool, entries in self.grouped('pool_id').items():
            self._check_daily(pool, user, len(entries))
            self._check_holding(pool, user, entries)

    def _check_daily(self, pool, user, count):
        if not pool.claim_daily_max:
            return
        claimed = pool._claimed_today(user).get(pool.id, 0)
        if claimed + count > pool.claim_daily_max:
            raise UserError(self.env._(
                "You have claimed %(count)s of %(limit)s customers of “%(pool)s” today; what you gave back counts, too."
                " Go on tomorrow.", count=claimed, limit=pool.claim_daily_max, pool=pool.name))

    def _check_holding(self, pool, user, entries):
        if not pool.holding_max:
            return
        exempt = pool.holding_exempt_grade_ids
        counting = entries.filtered(lambda entry: entry.grade_id not in exempt or not entry.grade_id)
        held = self._held(user, pool.company_id, exempt)
        if counting and held + len(counting) > pool.holding_max:
            raise UserError(self.env._(
                "You look after %(held)s customers; “%(pool)s” allows %(limit)s. Give some back first.",
                held=held, pool=pool.name, limit=pool.holding_max))

    def _held(self, user, company, exempt):
        """Return the number of customers of a person that count as held in a company."""
        self.env.flush_all()
        [(count,)] = self.env.execute_query(SQL(
            """SELECT COUNT(*) FROM res_partner AS partner
            LEFT JOIN crm_customer AS profile ON profile.partner_id = partner.id AND profile.company_id = %(company)s
                WHERE partner.user_id = %(user)s AND partner.active AND partner.commercial_partner_id = partner.id
                  AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                  AND (profile.grade_id IS NULL OR profile.grade_id <> ALL(%(exempt)s))""",
            company=company.id, user=user.id, exempt=exempt.ids))
        return count

    def _cooling(self, user):
        """Return ``{entry id: moment}`` until when a former owner may not claim."""
        moves = self.env['crm.pool.move'].sudo()  # the person's own, whether or not the history may be read
        entries = self.sudo()
        longest = max(entries.pool_id.mapped('cooldown_days'), default=0)
        if not longest:
            return {}
        last = dict(moves._read_group([
            ('partner_id', 'in', entries.partner_id.ids), ('from_user_id', '=', user.id), ('direction', '=', 'in'),
            ('date', '>', fields.Datetime.now() - timedelta(days=longest))], ['partner_id'], ['date:max']))
        return {
            entry.id: last[entry.partner_id] + timedelta(days=entry.pool_id.cooldown_days)
            for entry in entries if entry.partner_id in last}

    def _obstacle(self, user, cooling):
        """Return why a person may not claim the entry now, empty if nothing is in the way but the person's own limits."""
        pool, now = self.pool_id, fields.Datetime.now()
        if user not in pool._members() and not pool._is_admin():
            return self.env._("You are not a member of “%(pool)s”. Ask its administrator.", pool=pool.name)
        if (until := cooling.get(self.id)) and until > now:
            return self.env._("You have given this customer up and may claim it again from %(date)s on.", date=self._day_text(until))
        fresh_until = self.date_in + timedelta(hours=pool.fresh_hours)
        if fresh_until > now:
            return self.env._("New in the pool: may be claimed from %(date)s on.", date=self._day_text(fresh_until, time=True))
        return ""

    def _day_text(self, moment, time=False):
        """Return a moment as the reader writes days, in the reader's time zone."""
        if time:
            return format_datetime(self.env, moment, tz=self.env.context.get('tz') or self.env.user.tz, dt_format='short')
        return format_date(self.env, fields.Datetime.context_timestamp(self, moment).date())
