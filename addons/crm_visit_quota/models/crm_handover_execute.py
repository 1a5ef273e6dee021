from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Owned

from ..tools.handover import Portion, split
from .res_users_team import has_team

# History is kept, but nobody is told record by record: there is one message for each person concerned.
QUIET = {
    'mail_auto_subscribe_no_notify': True, 'mail_activity_quick_update': True, 'no_mail_to_attendees': True, 'dont_notify': True,
}


class CrmHandover(models.Model):
    """Carrying a handover out, and undoing it: owners are written in batches, whatever the number of records."""
    _inherit = 'crm.handover'

    def action_execute(self):
        """Hand over, now.

        :raise AccessError: for anybody but sales managers and who leads the person's team
        :raise UserError: unless a draft with a new owner for each customer
        """
        self.ensure_one()
        self._check_may_execute()
        handover = self.sudo()  # checked above: a leader hands over what a member has, whether or not the leader may open it
        handover._lock()
        handover._check_open()
        if not handover.line_ids:
            handover.action_preview()
        open_lines = handover.line_ids.filtered(lambda line: not line.new_user_id)
        if open_lines:
            raise UserError(self.env._(
                "Choose the new owner of %(customer)s first.", customer=open_lines[0].partner_id.display_name))
        handover._check_new_owners(handover.line_ids.new_user_id)
        for user, partners, alone in handover._shares():
            for key, (owned, records) in handover._owned(partners, alone).items():
                if records and handover._goes_along(key):
                    handover._move_records(key, owned, records, user)
        handover.write({
            'state': 'done', 'date_done': fields.Datetime.now(), 'done_by_id': self.env.user.id,
            'undo_until': handover._undo_limit()})
        handover._after_execute()
        return True

    def action_undo(self):
        """Give back what still is as the handover left it. What has another owner or was closed since is left alone.

        :raise AccessError: as for :meth:`action_execute`
        :raise UserError: unless done, and within the days that the company allows
        """
        self.ensure_one()
        self._check_may_execute()
        handover = self.sudo()  # as in action_execute
        handover._lock()
        if handover.state != 'done':
            raise UserError(self.env._("Only a handover that was carried out can be undone."))
        if handover.undo_until < handover.company_id._crm_today():
            raise UserError(self.env._(
                "This handover could be undone until %(date)s. Hand the customers over anew instead.",
                date=fields.Date.to_string(handover.undo_until)))
        for logs in handover.log_ids.grouped(lambda log: (log.key, log.res_model)).values():
            handover._restore(logs)
        handover.state = 'undone'
        handover._after_undo()
        return True

    def _check_may_execute(self):
        if not self._may_execute():
            raise AccessError(self.env._(
                "Only a sales manager or the leader of %(user)s's team may do this. Ask for the handover instead.",
                user=self.user_id.sudo().name))

    def _lock(self):
        """Keep others from carrying out the same handover at the same moment."""
        if not self.try_lock_for_update():
            raise UserError(self.env._("Somebody is at this handover right now. Wait a moment and reload it."))

    def _goes_along(self, key):
        return all(kind.is_included for kind in self.kind_ids if kind.key == key)

    # ------------------------------------------------------------------
    # What moves to whom
    # ------------------------------------------------------------------

    def _shares(self):
        """Return ``[(new owner, customers, leads without customer)]``."""
        alone = self._alone()
        owners = self.new_user_ids or self.line_ids.new_user_id
        shared = split('one' if self.split == 'one' else 'even', [Portion(lead.id) for lead in alone], owners.ids)
        customers = self.line_ids.grouped('new_user_id')
        return [(
            user, customers[user].partner_id if user in customers else self.env['res.partner'],
            alone.filtered(lambda lead, user=user: shared.get(lead.id) == user.id),
        ) for user in owners | self.line_ids.new_user_id]

    def _owned(self, partners, alone=()):
        """Return ``{key: (Owned, records)}`` of what the person has at customers in the company.

        With all rights: callers have checked that the user may hand over, and show numbers only.

        :param alone: leads without a customer that go along
        """
        handover = self.sudo()
        found = {}
        declared = handover.env['crm.ownership']._declared(partners) if partners else {}
        for key, owned in declared.items():
            domain = owned.domain & Domain(owned.owner, '=', self.user_id.id)
            records = handover.env[owned.model].search(domain)
            found[key] = owned, handover._of_company(records)
        if alone:
            found['lead_alone'] = Owned(self.env._("Leads without a customer"), 'crm.lead', Domain('id', 'in', alone.ids)), alone
            activities = handover.env['mail.activity'].search([
                ('res_model', '=', 'crm.lead'), ('res_id', 'in', alone.ids), ('user_id', '=', self.user_id.id)])
            owned, known = found.get('activity', (
                Owned(self.env._("Planned activities"), 'mail.activity', Domain('id', 'in', activities.ids)), activities))
            found['activity'] = owned, known | activities
        return found

    def _of_company(self, records):
        """Leave out what belongs to another company: an activity belongs where its document does."""
        companies = self.company_id | self.env['res.company']
        if 'company_id' in records._fields:
            return records.filtered(lambda record: not record.company_id or record.company_id in companies)
        if records._name != 'mail.activity':
            return records
        strangers = records.browse()
        for model, activities in records.filtered('res_model').grouped('res_model').items():
            documents = self.env[model].sudo().browse(activities.mapped('res_id')).exists()
            foreign = set((documents - self._of_company(documents)).ids) if 'company_id' in documents._fields else set()
            strangers |= activities.filtered(lambda activity, foreign=foreign: activity.res_id in foreign)
        return records - strangers

    # ------------------------------------------------------------------
    # Writing owners
    # ------------------------------------------------------------------

    def _move_records(self, key, owned, records, user):
        """Write the new owner of records of one kind, and log it."""
        old, new = self.user_id.partner_id, user.partner_id
        follows = self.env['crm.handover.log']._followers(records._name, records.ids, old | new)
        with_team = has_team(records)
        self.env['crm.handover.log'].create([{
            'handover_id': self.id, 'key': key, 'kind': owned.label, 'res_model': records._name, 'res_id': record.id,
            'res_name': record.display_name, 'owner_field': owned.owner, 'old_user_id': self.user_id.id, 'new_user_id': user.id,
            'old_team_id': record.team_id.id if with_team else False, 'new_team_id': team.id if team else False,
            'old_followed': (record.id, old.id) in follows, 'new_followed': (record.id, new.id) in follows,
        } for team, share in user._crm_teams_after(records, self.company_id).items() for record in share])
        user._crm_take_over(records.with_context(**QUIET), self.company_id, owned.owner)
        if self.unfollow and 'message_follower_ids' in records._fields:
            records.browse(record_id for record_id, partner in follows if partner == old.id).message_unsubscribe(old.ids)

    # ------------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------------

    def _restore(self, logs):
        """Give the records of one kind back, as far as they still are as the handover left them."""
        model, key, owner = logs[0].res_model, logs[0].key, logs[0].owner_field
        if model not in self.env:
            logs.state = 'gone'
            return
        records = self.env[model].with_context(active_test=False).browse(logs.mapped('res_id')).exists()
        known, still_open = {record.id: record for record in records}, self._still_open(key, records)
        back = logs.browse()
        for log in logs:
            record = known.get(log.res_id)
            if not record:
                log.state = 'gone'
            elif record[owner] != log.new_user_id:
                log.state = 'changed'
            elif record not in still_open:
                log.state = 'closed'
            else:
                back |= log
        back.state = 'restored'
        with_team = has_team(records)
        groups = back.grouped(lambda log: (log.old_user_id, with_team and self._team_after_undo(log, known[log.res_id])))
        for (user, team), group in groups.items():
            vals = {owner: user.id} | ({'team_id': team.id} if with_team else {})
            records.browse(group.mapped('res_id')).with_context(**QUIET).write(vals)
        self._restore_followers(records, back)

    def _team_after_undo(self, log, record):
        """Return the team that comes back with the owner; one that somebody has set since stays."""
        return log.old_team_id if record.team_id == log.new_team_id else record.team_id

    def _still_open(self, key, records):
        """Return those of the records that would still go along."""
        if key == 'lead_alone':
            return records.filtered(lambda lead: lead.won_status == 'pending')
        declared = self.env['crm.ownership']._declared(self.line_ids.partner_id) if self.line_ids else {}
        if key not in declared:
            return records
        still_open = records.with_context(active_test=True).search(declared[key].domain & Domain('id', 'in', records.ids))
        if key == 'activity':   # those on leads without a customer are not among the customers' activities
            still_open |= records.filtered('active')
        return still_open

    def _restore_followers(self, records, logs):
        if 'message_follower_ids' not in records._fields:
            return
        for user, group in logs.filtered(lambda log: log.old_followed).grouped('old_user_id').items():
            records.browse(group.mapped('res_id')).message_subscribe(user.partner_id.ids)
        for user, group in logs.filtered(lambda log: not log.new_followed).grouped('new_user_id').items():
            records.browse(group.mapped('res_id')).message_unsubscribe(user.partner_id.ids)
