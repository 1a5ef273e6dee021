from odoo import api, fields, models
from odoo.fields import Domain

from .crm_visit_calendar import SYNC


class CrmVisit(models.Model):
    """No double entry: a call or meeting that is completed as an activity is a visit, and a visit that is finished completes the
    activity it was planned as, and schedules the next step as one.
    """
    _inherit = 'crm.visit'

    activity_id = fields.Many2one(
        'mail.activity', copy=False, readonly=True, index='btree_not_null', ondelete='set null',
        help="The call or meeting that this visit stands for.")
    next_activity_id = fields.Many2one(
        'mail.activity', copy=False, readonly=True, index='btree_not_null', ondelete='set null')

    def write(self, vals):
        result = super().write(vals)
        if not {'next_step', 'next_step_date'}.isdisjoint(vals):  # often noted after the visit was finished
            self.filtered(lambda visit: visit.state == 'done')._schedule_next_step()
        return result

    def _put_off(self, vals):
        return super()._put_off({**vals, 'activity_id': self.activity_id.id})

    def _after_finish(self):
        result = super()._after_finish()
        if not self.env.context.get(SYNC):
            self._complete_activities()
        self._schedule_next_step()
        return result

    # ------------------------------------------------------------------
    # Visit -> activity
    # ------------------------------------------------------------------

    def _complete_activities(self):
        """Complete the activity that each visit stands for: the linked one, else the first due of its owner and kind."""
        by_feedback = {}
        for visit, activity in self._matching_activities().items():
            if not visit.activity_id:
                visit.activity_id = activity
            by_feedback.setdefault(visit.note or '', []).append(activity.id)
        for feedback, ids in by_feedback.items():
            # who finishes the visit completes its activity, whoever it was planned for
            self.env['mail.activity'].sudo().browse(ids).with_context(**{SYNC: True})._action_done(feedback=feedback or False)

    def _matching_activities(self):
        """Return ``{visit: open activity}``, each activity once."""
        linked = {
            visit: visit.activity_id.filtered('active') or visit.calendar_event_id.sudo().activity_ids.filtered('active')[:1]
            for visit in self.sudo()}  # the activity may be on a document that its owner may not read
        found = {visit: activity for visit, activity in linked.items() if activity}
        free = self.filtered(lambda visit: visit not in found and not visit.activity_id)
        if not free:
            return found
        candidates = free._due_activities() - self.env['mail.activity'].union(*found.values())
        customers = self.env['crm.visit']._customers_of_activities(candidates)
        for visit in free:
            kind, today = visit.kind_id, visit.user_id._crm_local_date(fields.Datetime.now(), visit.company_id)
            fitting = candidates.filtered(lambda activity, visit=visit, kind=kind, today=today: (
                activity.user_id == visit.user_id and activity.date_deadline <= today and kind._takes(activity.activity_type_id)
                and customers[activity] == visit.partner_id
                and not (activity.res_model == 'crm.lead' and visit.lead_id and activity.res_id != visit.lead_id.id)))
            activity = fitting.sorted(lambda item, visit=visit: (
                not (item.res_model == 'crm.lead' and item.res_id == visit.lead_id.id), item.date_deadline, item.id))[:1]
            if activity:
                found[visit] = activity
                candidates -= activity
        return found

    def _due_activities(self):
        """Return the open activities of the visits' owners on their customers' contacts and leads, that may be due."""
        contacts = self.env['res.partner'].sudo().with_context(active_test=False)._search(
            [('commercial_partner_id', 'in', self.partner_id.ids)])
        leads = self.env['crm.lead'].sudo()._search([('partner_id', 'in', contacts)])
        by_id = self.env['crm.timeline']._id_domain
        about = (Domain('res_model', '=', 'res.partner') & by_id('res_id', contacts)) | (
            Domain('res_model', '=', 'crm.lead') & by_id('res_id', leads))
        # sudo: as above; the owner says whose they are
        return self.env['mail.activity'].sudo().search(
            Domain('user_id', 'in', self.user_id.ids) & about & Domain('date_deadline', '<=', 'today +1d'), order='date_deadline, id')

    def _schedule_next_step(self):
        """Make an activity of the next step of each visit, on its opportunity if it has one, or bring that activity up to date."""
        new = self.filtered(lambda visit: (visit.next_step or visit.next_step_date) and not visit.next_activity_id)
        for visit in self.sudo().filtered('next_activity_id.active') - new:  # the owner's own, wherever it is
            visit.next_activity_id.write(visit._next_step_values())
        if not new:
            return
        to_do = self.env.ref('mail.mail_activity_data_todo', raise_if_not_found=False)
        models_ = {name: self.env['ir.model']._get_id(name) for name in ('crm.lead', 'res.partner')}
        vals_list = [{
            'res_model_id': models_[(visit.lead_id or visit.partner_id)._name], 'res_id': (visit.lead_id or visit.partner_id).id,
            'activity_type_id': (visit.kind_id.sudo().next_activity_type_id or to_do or to_do.browse()).id,
            'user_id': visit.user_id.id, **visit._next_step_values(),
        } for visit in new]
        # sudo: it goes to the owner of the visit, who may plan on a customer without owning it
        activities = self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True).create(vals_list)
        for visit, activity in zip(new, activities, strict=True):
            visit.sudo().next_activity_id = activity  # readonly for people; who writes the visit is checked already

    def _next_step_values(self):
        today = self.user_id._crm_local_date(fields.Datetime.now(), self.company_id)
        return {'summary': self.next_step or self.env._("Follow up"), 'date_deadline': self.next_step_date or today}

    # ------------------------------------------------------------------
    # Activity -> visit
    # ------------------------------------------------------------------

    @api.model
    def _record_activities(self, contacts, feedback):
        """Record the visits that completed activities stand for, each once.

        A visit that was planned for the activity or its event, or for the same customer, kind and day, is finished; else one is
        made for whoever completed the activity. Where the kind requires something that is not done yet, the visit waits
        for it, with its times: completing an activity never fails because of us.

        :param contacts: list of :class:`~.mail_activity.Contact`
        """
        planned = self._planned_visits(contacts)
        made, vals_list = self.browse(), []
        for contact in contacts:
            visit = next((visit for visit in planned if visit._stands_for(contact)), None)
            if visit is None:
                vals_list.append(contact.visit_values(feedback))
            elif visit.state != 'done':
                planned -= visit
                made |= visit._take_over_activity(contact, feedback)
        made |= self.with_context(**{SYNC: True})._create_made(vals_list)
        ready = made.filtered(lambda visit: not visit._open_checks())
        ready.with_context(**{SYNC: True}).action_finish()
        return made

    def _planned_visits(self, contacts):
        """Return the visits that may stand for completed activities already, those linked to them first.

        With full rights: who may complete the activity finishes the visit that was planned as it.
        """
        links = Domain('activity_id', 'in', [contact.activity.id for contact in contacts])
        events = [contact.event.id for contact in contacts if contact.event]
        if events:
            links |= Domain('calendar_event_id', 'in', events)
        links |= Domain('id', 'in', [contact.activity.res_id for contact in contacts if contact.activity.res_model == 'crm.visit'])
        days = {contact.day for contact in contacts}
        same = Domain('user_id', 'in', [contact.user.id for contact in contacts]) & Domain('date', 'in', list(days)) & Domain(
            'partner_id', 'in', [contact.customer.id for contact in contacts]) & Domain('state', 'in', ('planned', 'underway'))
        found = self.sudo().search((links & Domain('state', 'in', ('planned', 'underway', 'missed', 'done'))) | same)
        linked = found.filtered_domain(links)
        return linked + (found - linked)

    def _stands_for(self, contact):
        """Whether the visit is the one that a completed activity is about."""
        activity = contact.activity
        if self.activity_id == activity or (activity.res_model == 'crm.visit' and activity.res_id == self.id):
            return True
        if contact.event and self.calendar_event_id == contact.event:
            return True
        return self.state in ('planned', 'underway') and not self.activity_id and (
            (self.user_id, self.partner_id, self.kind_id, self.date, self.company_id)
            == (contact.user, contact.customer, contact.kind, contact.day, contact.company))

    def _take_over_activity(self, contact, feedback):
        vals = {'activity_id': contact.activity.id}
        if feedback:
            vals['note'] = f"{self.note}\n{feedback}" if self.note else feedback
        if contact.lead and not self.lead_id:
            vals['lead_id'] = contact.lead.id
        self.with_context(**{SYNC: True}).write(vals)
        return self

    @api.model
    def _customers_of_activities(self, activities):
        """Return ``{activity: commercial partner}`` of the customers that activities are about, whatever document they are on.

        The way to the customer is the document's own method ``_crm_visit_customer()``, else its path among the timeline's
        threads, else its ``partner_id``.
        """
        threads, found = self.env['crm.timeline']._threads(), {}
        for name, group in activities.grouped('res_model').items():
            empty = self.env['res.partner'].sudo()
            # sudo: an activity may be completed by who may not read its document
            documents = self.env[name].sudo().browse(group.mapped('res_id')).exists() if name in self.env else empty
            by_id = {document.id: document for document in documents}
            for activity in group:
                document = by_id.get(activity.res_id)
                found[activity] = document._crm_visit_customer(threads.get(name)).commercial_partner_id if document else empty
        return found


class Base(models.AbstractModel):
    _inherit = 'base'

    def _crm_visit_customer(self, path=None):
        """Return the contact whom a document is about: what a call or meeting on it was a visit to.

        :param str path: way to the contact; default: ``partner_id`` if the document has such a field
        """
        self.ensure_one()
        partners = self.env['res.partner']
        if self._name == 'res.partner' or path == 'id':
            return self
        field = self._fields.get((path or 'partner_id').split('.')[0])
        if field is None or (not path and field.comodel_name != 'res.partner'):
            return partners
        return self.mapped(path or 'partner_id')[:1]
