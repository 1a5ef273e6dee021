from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Place

from ..tools.ticket_state import ACTIVE

FEW = 5
# what is told of a customer beside a ticket: kinds of the timeline, whichever are declared by the addons that are there
SECTIONS = [
    ('orders', ('order', 'quotation')),
    ('deliveries', ('delivery',)),
    ('contracts', ('contract', 'contract_step')),
    ('money', ('invoice', 'credit_note', 'payment')),
    ('talks', ('visit', 'meeting', 'note')),
]


class CrmTicket(models.Model):
    """The customer's memory: what one should know before answering, put together from what any addon declares.

    Everything is read with the rights of the user: an agent without rights to sales sees the tickets and plans, a colleague of sales the
    orders and amounts as well. What is asked does not grow with what there is.
    """
    _inherit = 'crm.ticket'

    @api.readonly
    def get_memory(self):
        """Return what the panel beside the ticket shows, as JSON.

        :return: dict of ``state`` ('unknown': nobody known asked; 'known'), and of a known customer ``partner`` (``id, name``),
            ``salesperson``, ``grade`` and ``lifecycle`` (False where they may not be seen), ``tiles``, ``sections`` (``key, label,
            items`` as of the timeline), ``tickets`` (``count, items``), ``promises`` (``text, date, who, late, res_model, res_id``)
        :raise AccessError: on a ticket that the user may not read
        """
        self.ensure_one()
        self.check_access('read')
        if not self.partner_id:
            return {'state': 'unknown'}
        ticket = self.with_company(self.company_id)
        env = ticket.env
        customer = env['crm.timeline']._customer(env['res.partner'].browse(self.commercial_partner_id.id))
        profile = env['crm.customer']._of(customer.partner)
        return {
            'state': 'known', 'partner': {'id': customer.partner.id, 'name': customer.partner.display_name},
            'salesperson': env['crm.customer']._page_name(customer.partner.user_id),
            'grade': {'name': profile.grade_id.name, 'color': profile.grade_id.color} if profile.grade_id else False,
            'lifecycle': profile.lifecycle_id.name or False,
            'tiles': env['crm.tile']._tiles(Place('customer', env.company, customer)),
            'sections': ticket._memory_sections(customer), 'tickets': ticket._memory_tickets(customer),
            'promises': ticket._memory_promises(customer)}

    def _memory_sections(self, customer):
        timeline = self.env['crm.timeline']
        labels = {
            'orders': self.env._("Orders"), 'deliveries': self.env._("Deliveries"), 'contracts': self.env._("Contracts"),
            'money': self.env._("Invoices and Payments"), 'talks': self.env._("Last Talks")}
        happenings = timeline._happenings(customer)
        sections = []
        for key, kinds in SECTIONS:
            wanted = {kind: happenings[kind] for kind in kinds if kind in happenings}
            items = timeline._items(wanted, timeline._page(wanted, FEW, 0)) if wanted else []
            if items:
                sections.append({'key': key, 'label': labels[key], 'items': items})
        return sections

    def _memory_domain(self, customer):
        return Domain('commercial_partner_id', '=', customer.partner.id) & Domain('company_id', '=', customer.company.id) & Domain(
            'id', '!=', self.id)

    def _memory_tickets(self, customer):
        """Return the customer's other tickets that the user may read, the last first."""
        domain = self._memory_domain(customer) & Domain('state', '!=', 'cancelled')
        found = self.search(domain, order='date_opened DESC, id DESC', limit=FEW)
        states = dict(self._fields['state']._description_selection(self.env))
        return {'count': self.search_count(domain), 'items': [{
            'id': ticket.id, 'name': ticket.name, 'title': ticket.title, 'state': ticket.state, 'state_label': states[ticket.state],
            'kind': ticket.kind, 'date': self._local_day(ticket.date_opened), 'who': ticket.user_id.sudo().name or False,  # no secret
        } for ticket in found]}

    def _memory_promises(self, customer):
        """Return what was promised to the customer and is not done: deadlines of tickets and planned activities, the first first."""
        now = fields.Datetime.now()
        due = self | self.search(
            self._memory_domain(customer) & Domain('state', 'in', ACTIVE) & Domain('date_due', '!=', False), order='date_due', limit=FEW)
        promises = [{
            'text': ticket.display_name, 'date': self._local_day(ticket.date_due), 'who': ticket.user_id.sudo().name or False,  # no secret
            'late': ticket.date_due < now, 'res_model': self._name, 'res_id': ticket.id,
        } for ticket in due if ticket.date_due and ticket.state in ACTIVE]
        promises += [{
            'text': activity['name'] or activity['document'], 'date': activity['date'], 'late': activity['overdue'],
            'who': activity['user'] and activity['user']['name'], 'res_model': activity['res_model'], 'res_id': activity['res_id'],
        } for activity in self.env['crm.customer']._page_activities(customer)]
        return sorted(promises, key=lambda promise: promise['date'])[:2 * FEW]

    def _local_day(self, moment):
        """Return the day of a UTC moment where the user is."""
        zone = self.env.user.tz or self.env.company._crm_tz()
        return fields.Date.to_string(fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date())
