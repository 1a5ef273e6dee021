from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.crm_grading.tests.common import GradingCommon


class ServiceCommon(GradingCommon):
    """Two teams, a customer of ``rep`` with a person, another customer, and cheap tickets.

    See :class:`GradingCommon` for the companies and the sales people; the clock stands at 2026-06-15 12:00 UTC (a Monday, 14:00 in
    Brussels).

    Service organization (all in ``company``, except as said)
    ---------------------------------------------------------
    hotline ............ Europe/Brussels, Mon-Fri 08:00-12:00 and 13:00-17:00
      service_lead ..... leads it (group lead), member
      agent ............ member (group agent), skill ``tag_pump``
      agent2 ........... member (group agent)
    workshop
      agent3 ........... member (group agent)
    (no team)
      service_manager .. group manager, also works in ``company_usd``
    In ``company_usd``
      hotline_usd ...... agent_usd
    Customers
      customer (owner rep) with ``person`` (person@example.com, en_US); customer2 (no owner) with ``person2``
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.sla.policy'].search([]).active = False     # nothing is promised but what a test promises
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))

        def user(login, group, company=cls.company, companies=None):
            return new_test_user(
                cls.env, login=f'service_{login}', name=login.replace('_', ' ').title(), email=f'{login}@our.example.com',
                groups=f'crm_service.group_service_{group}', tz='Europe/Brussels', company_id=company.id,
                company_ids=[Command.set((companies or company).ids)])
        cls.agent, cls.agent2, cls.agent3 = user('agent', 'agent'), user('agent2', 'agent'), user('agent3', 'agent')
        cls.service_lead = user('lead', 'lead')
        cls.service_manager = user('manager', 'manager', companies=cls.company + cls.company_usd)
        cls.agent_usd = user('agent_usd', 'agent', cls.company_usd)
        cls.tag_pump, cls.tag_bill = cls.env['crm.ticket.tag'].create([{'name': "Pump of tests"}, {'name': "Bill of tests"}])
        cls.calendar = cls._calendar(cls.company, 'Europe/Brussels', [(8, 12), (13, 17)])
        cls.question = cls.env.ref('crm_service.crm_ticket_type_question')
        cls.repair = cls.env.ref('crm_service.crm_ticket_type_repair')
        cls.complaint = cls.env.ref('crm_service.crm_ticket_type_complaint')
        cls.praise = cls.env.ref('crm_service.crm_ticket_type_praise')
        cls.hotline, cls.workshop, cls.hotline_usd = cls.env['crm.service.team'].create([
            {'name': "Hotline", 'company_id': cls.company.id, 'user_id': cls.service_lead.id, 'calendar_id': cls.calendar.id,
             'member_ids': [
                 Command.create({'user_id': cls.service_lead.id}),
                 Command.create({'user_id': cls.agent.id, 'tag_ids': [Command.set(cls.tag_pump.ids)]}),
                 Command.create({'user_id': cls.agent2.id})]},
            {'name': "Workshop", 'company_id': cls.company.id, 'calendar_id': cls.calendar.id,
             'member_ids': [Command.create({'user_id': cls.agent3.id})]},
            {'name': "Hotline America", 'company_id': cls.company_usd.id, 'calendar_id': cls.company_usd.resource_calendar_id.id,
             'member_ids': [Command.create({'user_id': cls.agent_usd.id})]},
        ])
        cls.customer, cls.customer2 = cls._customers(2, lang='en_US')
        cls.customer.user_id = cls.rep
        cls.person, cls.person2 = cls.env['res.partner'].create([
            {'name': "Person", 'parent_id': cls.customer.id, 'email': 'person@example.com', 'lang': 'en_US'},
            {'name': "Person 2", 'parent_id': cls.customer2.id, 'email': 'person2@example.com', 'lang': 'en_US'}])

    @classmethod
    def _calendar(cls, company, tz, hours, days=range(5)):
        """Create working hours.

        :param hours: list of (from, to), in hours of the day in ``tz``
        :param days: 0 = Monday
        """
        return cls.env['resource.calendar'].create({
            'name': f"Hours {tz}", 'tz': tz, 'company_id': company.id, 'attendance_ids': [
                Command.clear(),
                *[Command.create({'name': f"{day} {start}", 'dayofweek': str(day), 'hour_from': start, 'hour_to': end})
                  for day in days for start, end in hours]]})

    @classmethod
    def _portal_user(cls, partner, login='service_portal'):
        """Create the sign-in of a person of a customer."""
        return new_test_user(
            cls.env, login=login, groups='base.group_portal', partner_id=partner.id, name=partner.name, email=partner.email,
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])

    @classmethod
    def _tickets(cls, count=1, **vals):
        """Create tickets of ``person`` in the hotline, in one call; see :meth:`_ticket`."""
        company = vals.pop('company', cls.company)
        defaults = {
            'partner_id': cls.person.id, 'company_id': company.id, 'type_id': cls.question.id, 'channel': 'phone',
            'team_id': (cls.hotline if company == cls.company else cls.hotline_usd).id}
        return cls.env['crm.ticket'].with_company(company).create(
            [{'title': f"Ticket {number}", **defaults, **vals} for number in range(1, count + 1)])

    @classmethod
    def _ticket(cls, state=None, **vals):
        """Create a ticket and bring it into a state."""
        ticket = cls._tickets(1, **vals)
        if state and state != 'new':
            ticket._move(state)
        return ticket

    def _by(self, records, user=None):
        """Return records as a user at work in the own company sees them (default: the agent)."""
        return records.with_env(self._as(user or self.agent))

    def _answer(self, ticket, body="Done", user=None):
        """Have somebody of ours answer the customer."""
        return self._by(ticket, user).message_post(body=body, message_type='comment', subtype_xmlid='mail.mt_comment')

    def _ask(self, ticket, body="Please", partner=None):
        """Have the customer write."""
        return ticket.sudo().message_post(
            body=body, message_type='email', subtype_xmlid='mail.mt_comment', author_id=(partner or self.person).id)
