from collections import defaultdict

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

LAST_VISITS = 3


class CrmHandover(models.Model):
    """Telling everybody concerned, asking for a handover, and the handover file."""
    _inherit = 'crm.handover'

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask the person's team leader, or a sales manager where there is none, to carry the handover out.

        :raise UserError: unless a draft, or where nobody could do it
        """
        self.ensure_one()
        self.check_access('write')
        if self.state != 'draft':
            raise UserError(self.env._("This handover has been asked for already."))
        if not self.line_ids:
            self.action_preview()
        leaders = self.user_id._crm_leaders() - self.env.user
        if not leaders:
            managers = self.env.ref('sales_team.group_sale_manager').sudo().all_user_ids  # who manages sales is no secret
            leaders = managers.filtered(lambda user: user.active and not user.share and self.company_id in user.company_ids)
            leaders = leaders.filtered(lambda user: user._is_internal() and user.id != 1)
        if not leaders:
            raise UserError(self.env._("There is no sales manager who could carry the handover out."))
        handover = self.sudo()  # the step is the user's own, the state is not theirs to write
        handover.state = 'requested'
        handover.activity_schedule(
            'mail.mail_activity_data_todo', user_id=leaders.sorted('id')[0].id,
            summary=self.env._("Handover asked for by %(user)s", user=self.env.user.name))
        return True

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _after_execute(self):
        """Called once when the handover has been carried out: everybody concerned gets one message."""
        self.activity_feedback(['mail.mail_activity_data_todo'])
        shares = self.line_ids.grouped('new_user_id')
        self._tell(lambda user: self._told_on_execute(user, shares))

    def _after_undo(self):
        """Called once when the handover has been undone."""
        def told(user):
            env = self.with_context(lang=user.lang).env
            return [
                env._("%(by)s has undone the handover from %(old)s to %(new)s.",
                      by=self.env.user.name, old=self.user_id.name, new=self._names(self._receivers())),
                env._("%(restored)s records were given back, %(left)s were left as they are: they have changed since.",
                      restored=self.log_count - self.left_count, left=self.left_count)]
        self._tell(told)

    def _told_on_execute(self, user, shares):
        """Return the paragraphs for one person, in the person's language."""
        env = self.with_context(lang=user.lang).env
        told = [env._(
            "%(by)s has handed over %(count)s customers of %(old)s to %(new)s.",
            by=self.env.user.name, count=len(self.line_ids), old=self.user_id.name, new=self._names(self._receivers()))]
        if user in shares:
            customers = shares[user].partner_id
            more = env._(" and %(count)s more", count=len(customers) - 20) if len(customers) > 20 else ""
            told.append(env._(
                "You now look after %(customers)s. The handover file tells how things stand.",
                customers=", ".join(customers[:20].mapped('display_name')) + more))
        if self.reason:
            told.append(env._("Reason: %(reason)s", reason=self.reason))
        return told

    def _tell(self, paragraphs):
        """Send one message to everybody concerned but the user: the old owner, the new ones and their team leaders.

        :param paragraphs: function (user) → list of texts in the user's language
        """
        people = (self.user_id | self._receivers()).sudo()
        people |= people._crm_leaders()
        for user in (people - self.env.user).filtered(lambda user: user.active and user.partner_id):
            handover = self.with_context(lang=user.lang)
            handover.message_notify(
                partner_ids=user.partner_id.ids, subject=handover.env._("Handover: %(name)s", name=handover.display_name),
                body=Markup("").join(Markup("<p>%s</p>") % text for text in paragraphs(user)),
                email_layout_xmlid='mail.mail_notification_light')

    def _receivers(self):
        return self.line_ids.new_user_id or self.new_user_ids

    def _names(self, users):
        return ", ".join(users.sudo().mapped('name'))  # names are no secret

    # ------------------------------------------------------------------
    # The handover file
    # ------------------------------------------------------------------

    def action_open_file(self):
        """Open the handover file: a page for each customer that the user got, all customers for who may hand over."""
        self.ensure_one()
        return self.env.ref('crm_visit_quota.crm_handover_action_file').report_action(self)

    def _file_lines(self):
        """Return the lines that are in the user's file."""
        lines = self.line_ids
        mine = lines.filtered(lambda line: line.new_user_id == self.env.user)
        return mine or (lines if self._may_execute() or self.env.user == self.user_id else mine)

    def _file_pages(self):
        """Return what the file tells about each customer, with the rights of the user, in a fixed number of queries.

        :return: list of dicts ``line``, ``partner``, ``profile`` (or empty), ``people``, ``visits`` (the last ones),
            ``items`` (list of (kind, [names]))
        """
        lines = self._file_lines()
        partners = lines.partner_id
        profiles = partners._crm_profiles()
        people = partners.child_ids.filtered(lambda contact: not contact.is_company).grouped('commercial_partner_id')
        visits, items = self._last_visits(partners), self._open_items(partners)
        return [{
            'line': line, 'partner': line.partner_id, 'profile': profiles.get(line.partner_id.id, self.env['crm.customer']),
            'people': people.get(line.partner_id, self.env['res.partner']),
            'visits': visits.get(line.partner_id.id, self.env['crm.visit']), 'items': items.get(line.partner_id.id, []),
        } for line in lines]

    def _last_visits(self, partners):
        """Return the last visits made, newest first, by partner id."""
        self.env['crm.visit'].flush_model()
        rows = self.env.execute_query(SQL(
            """SELECT visit.id
                 FROM unnest(%s) AS partner(id)
                 JOIN LATERAL (SELECT id, date
                                 FROM crm_visit
                                WHERE company_id = %s AND partner_id = partner.id AND state = 'done'
                             ORDER BY date DESC, id DESC
                                LIMIT %s) AS visit ON TRUE
             ORDER BY visit.date DESC, visit.id DESC""", partners.ids, self.company_id.id, LAST_VISITS))
        visits = self.env['crm.visit'].browse(row[0] for row in rows)._filtered_access('read')
        return {partner.id: group for partner, group in visits.grouped('partner_id').items()}

    def _open_items(self, partners):
        """Return ``{partner id: [(kind, [names])]}`` of what is open at the customers and goes with their owner."""
        result = defaultdict(list)
        for key, owned in (self.env['crm.ownership']._declared(partners).items() if partners else ()):
            if key == 'customer':
                continue
            by_customer = defaultdict(list)
            for record in self.env[owned.model].search(owned.domain):
                customer = self._customer_of(record)
                if customer:
                    by_customer[customer.id].append(self._item_name(record))
            for customer, names in by_customer.items():
                result[customer].append((owned.label, names))
        return result

    def _customer_of(self, record):
        if record._name == 'mail.activity':
            record = self.env[record.res_model].browse(record.res_id)
        partner = record if record._name == 'res.partner' else record['partner_id'] if 'partner_id' in record._fields else None
        return partner and partner.sudo().commercial_partner_id   # whose contact it is, is no secret

    def _item_name(self, record):
        if record._name == 'mail.activity':
            name = record.summary or record.activity_type_id.name or ''
            return f"{format_date(self.env, record.date_deadline)} {name}" + (f" ({record.res_name})" if record.res_name else '')
        if record._name == 'crm.visit':
            return f"{format_date(self.env, record.date)} {record.kind_id.name}" + (f": {record.purpose}" if record.purpose else '')
        return record.display_name
