from datetime import date, timedelta
from typing import Any, NamedTuple

from odoo import fields, models

from .crm_visit_calendar import SYNC


class Contact(NamedTuple):
    """A contact with a customer that was made by completing an activity."""
    activity: Any   # mail.activity
    partner: Any    # whom the document is about: the customer or somebody there
    customer: Any   # the commercial res.partner
    lead: Any       # crm.lead, maybe none
    event: Any      # calendar.event of the activity, maybe none
    company: Any
    kind: Any       # crm.visit.kind
    user: Any       # who made it
    day: date       # today, where that person works

    def visit_values(self, feedback):
        """Return the values of the visit that it is, if it was not planned as one."""
        now = fields.Datetime.now()
        values = {
            'partner_id': self.partner.id, 'lead_id': self.lead.id, 'kind_id': self.kind.id, 'user_id': self.user.id,
            'company_id': self.company.id, 'activity_id': self.activity.id, 'is_off_plan': False, 'purpose': self.activity.summary,
            'note': feedback or False, 'actual_end': now,
        }
        event = self.event
        if event and not event.crm_visit_ids:
            values['calendar_event_id'] = event.id
        if event and event.start < now and not event.allday:
            values.update(actual_start=event.start, actual_end=min(event.stop, now))
        elif self.kind.default_duration:
            values['actual_start'] = now - timedelta(hours=self.kind.default_duration)
        return values


class MailActivity(models.Model):
    """Completing a call or meeting with a customer records the visit that it is."""
    _inherit = 'mail.activity'

    crm_visit_ids = fields.One2many('crm.visit', 'activity_id', "Visits", groups='sales_team.group_sale_salesman')

    def _action_done(self, feedback=False, attachment_ids=None):
        contacts = [] if self.env.context.get(SYNC) else self.filtered('active')._crm_contacts()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if contacts:
            self.env['crm.visit']._record_activities(contacts, feedback)
        return result

    def _crm_contacts(self):
        """Return the :class:`Contact` of each activity that is one with a customer, made by somebody who makes visits."""
        visits = self.env['crm.visit']
        if not visits.has_access('create'):
            return []
        activities = self.filtered('res_model')
        customers = visits._customers_of_activities(activities)
        none, companies = self.env['crm.lead'], self._crm_companies(activities)
        candidates = activities.filtered(lambda activity: companies.get(activity) and self._crm_is_customer(customers[activity]))
        contacts = []
        for company, group in candidates.grouped(companies.get).items():
            kinds = self.env['crm.visit.kind']._by_activity_type(group.activity_type_id, company)
            for activity in group:
                kind = kinds.get(activity.activity_type_id)
                if not kind:
                    continue
                on_lead = activity.res_model == 'crm.lead'
                on_person = activity.res_model == 'res.partner'
                user = activity.user_id if self.env.is_superuser() and activity.user_id else self.env.user
                contacts.append(Contact(
                    activity, self.env['res.partner'].browse(activity.res_id) if on_person else customers[activity].with_env(self.env),
                    customers[activity], none.browse(activity.res_id) if on_lead else none, activity.calendar_event_id.sudo(),
                    company, kind, user, user._crm_local_date(fields.Datetime.now(), company)))
        return contacts

    def _crm_is_customer(self, customer):
        """Neither a pure vendor, nor a colleague, nor ourselves: those have no profile as a customer either."""
        return bool(customer) and (customer.customer_rank > 0 or not customer.supplier_rank) and not (
            customer.user_ids.filtered(lambda user: not user.share) or customer.ref_company_ids)

    def _crm_companies(self, activities):
        """Return ``{activity: company}`` in which the visit belongs; without those in which the user is not at work."""
        found = {}
        for name, group in activities.grouped('res_model').items():
            if name not in self.env:
                continue
            has_company = 'company_id' in self.env[name]._fields
            for activity in group:
                document = self.env[name].sudo().browse(activity.res_id)  # as in _customers_of_activities
                company = document.exists() and has_company and document.company_id or self.env.company
                if company in self.env.companies:
                    found[activity] = company.with_env(self.env)
        return found
