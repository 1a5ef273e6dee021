from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.amendment import differences
from ..tools.status_mail import is_due
from .crm_contract_portal import SHOWN

BATCH = 50
ORDER_DAYS = 180   # orders are told of for so long after they were confirmed


class CrmStatusMail(models.Model):
    """What a person was told last about the orders and contracts with a company, so that nobody is told the same thing twice."""
    _name = 'crm.status.mail'
    _description = "Status Told by Mail"
    _order = 'date desc, id desc'

    partner_id = fields.Many2one('res.partner', "Person", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade')
    date = fields.Date("Told On", required=True)
    status = fields.Json(required=True)

    _partner_uniq = models.UniqueIndex('(partner_id, company_id)', "A person is told by each company once.")

    # ------------------------------------------------------------------
    # Nightly and hourly: who is due
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Tell everybody who is due. Resumable: each batch is committed with the mails it has queued."""
        people = self.env['res.partner'].search(
            [('crm_status_mail', 'in', ('change', 'daily', 'weekly')), ('email', '!=', False)], order='id')
        for start in range(0, len(people), BATCH):
            batch = people[start:start + BATCH]
            self._tell(batch)
            left = len(people) - start - len(batch)
            if not self.env['ir.cron']._commit_progress(len(batch), remaining=left):
                break

    @api.model
    def _tell(self, people):
        """Queue the mails that are due for people, and remember what they are told.

        :return: the mails
        """
        entries = self._entries(people)
        told = {(row.partner_id, row.company_id): row for row in self.search([('partner_id', 'in', people.ids)])}
        mails = self.env['mail.mail']
        for person in people:
            for company in {company for customer, company in entries if customer == person.commercial_partner_id}:
                row = told.get((person, company))
                status = self.with_context(lang=person.lang or self.env.lang)._status(entries[person.commercial_partner_id, company])
                mails += self._tell_one(person, company, row, status)
        return mails

    def _tell_one(self, person, company, row, status):
        """Queue one mail where it is due; return it, or none."""
        today = company._crm_today()
        if not row and person.crm_status_mail == 'change':   # how things stand at the beginning is no change
            self.create({'partner_id': person.id, 'company_id': company.id, 'date': today, 'status': status})
            return self.env['mail.mail']
        changed = not row or row.status != status
        if not is_due(person.crm_status_mail, today, row.date if row else None, changed):
            return self.env['mail.mail']
        mail = self._mail(person, company, status, differences(row.status if row else {}, status))
        if row:
            row.write({'date': today, 'status': status})
        else:
            self.create({'partner_id': person.id, 'company_id': company.id, 'date': today, 'status': status})
        return mail

    def _mail(self, person, company, status, changes):
        lang = self.with_context(lang=person.lang or self.env.lang)
        body = lang.env['ir.qweb']._render('crm_contract_exec.status_mail', {
            'person': person, 'company': company, 'status': status, 'changed': {(row[0], row[1]) for row in changes},
            'url': f'{company.get_base_url()}/my/contracts'})
        return self.env['mail.mail'].create({
            'subject': lang.env._("Your orders and contracts with %(company)s", company=company.name), 'body_html': body,
            'email_from': company.email_formatted or self.env.user.email_formatted, 'recipient_ids': [fields.Command.link(person.id)],
            'auto_delete': True})

    # ------------------------------------------------------------------
    # How things stand
    # ------------------------------------------------------------------

    @api.model
    def _entries(self, people):
        """Return {(customer, company): (contracts, orders)} of the customers that people belong to, by two queries for all."""
        customers = people.commercial_partner_id
        contracts = self.env['crm.contract'].search([('partner_id', 'in', customers.ids), ('state', 'in', SHOWN)], order='id')
        since = fields.Datetime.now() - timedelta(days=ORDER_DAYS)
        orders = self.env['sale.order'].search(
            Domain('partner_id.commercial_partner_id', 'in', customers.ids) & Domain('state', '=', 'sale')
            & Domain('crm_contract_id', '=', False) & Domain('date_order', '>=', since), order='id')
        found = {}
        for contract in contracts:
            found.setdefault((contract.partner_id, contract.company_id), ([], []))[0].append(contract.id)
        for order in orders:
            found.setdefault((order.partner_id.commercial_partner_id, order.company_id), ([], []))[1].append(order.id)
        return {key: (contracts.browse(ids), orders.browse(order_ids)) for key, (ids, order_ids) in found.items()}

    def _status(self, entries):
        """Return how contracts and orders stand, as {document: {aspect: text}} in the language of the context."""
        contracts, orders = (records.with_context(lang=self.env.context.get('lang')) for records in entries)
        return {
            **{contract.display_name: self._contract_status(contract) for contract in contracts},
            **{order.name: self._order_status(order) for order in orders}}

    def _contract_status(self, contract):
        texts = {self.env._("Status"): self._label(contract, 'state')}
        if contract.state != 'approved':
            texts.update({label: f"{percent:.0f} %" for label, percent in contract._portal_progress()})
            if contract.next_date:
                texts[self.env._("Next step due")] = format_date(self.env, contract.next_date)
            if contract.overdue_amount:
                texts[self.env._("Overdue")] = contract.currency_id.format(contract.overdue_amount)
        return texts

    def _order_status(self, order):
        texts = {self.env._("Status"): self._label(order, 'state')}
        for name in ('delivery_status', 'invoice_status'):
            if order[name]:
                texts[order._fields[name].get_description(self.env)['string']] = self._label(order, name)
        return texts

    def _label(self, record, name):
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")
