from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.talking_points import Facts, talking_points

LAST_VISITS = 3
HAPPENINGS = 5
INTEREST_DAYS = 180
NOT_ISSUES = ('overdue_invoices', 'overdue_activities')  # tiles that the brief tells in its own words
LISTED = ('open_opportunities', 'open_quotations')       # tiles and
LISTED_RECORDS = ('customer', 'lead', 'quotation', 'activity')  # open records that it lists one by one


class CrmVisitBrief(models.AbstractModel):
    """What one should know before going in to a customer: one screen, one page of paper.

    It is put together from what is there already: the customer page, the timeline, tiles and open records that any addon
    declares. Everything is read with the rights of the user; what each query asks does not grow with the data.
    """
    _name = 'crm.visit.brief'
    _description = "Brief Before a Visit"

    # ------------------------------------------------------------------
    # Public API
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_brief(self, partner_id):
        """Return the brief about a customer in the current company, as JSON.

        Of somebody else's customer (``state`` 'hidden') it tells who looks after it, and the visits, which colleagues may know.

        :param int partner_id: any contact of the customer
        :return: dict of ``state``, ``date`` (today), ``partner`` (``id, name, address, phone``), ``salesperson``, ``visits``; unless
            hidden also ``points`` (``key, tone, text``), ``grade`` (``name, color, headline, lifts``), ``lifecycle``, ``contacts``,
            ``activities``, ``leads``, ``quotations``, ``products`` (``bought, stopped``), ``overdue`` (False for those who may not
            see amounts), ``tiles``, ``open`` (counts of open records by kind), ``happenings`` (latest of the timeline),
            ``interests``, ``gaps``
        :raise AccessError: on a contact that the user may not read, and for those who may not see visits
        """
        self.env['crm.visit'].check_access('read')
        page = self.env['crm.customer'].get_page(partner_id)
        customer = self.env['crm.timeline']._customer(self.env['res.partner'].browse(partner_id))
        today = self.env.user._crm_local_date(fields.Datetime.now(), self.env.company)
        visits = self._last_visits(customer)
        brief = {
            'state': page['state'], 'date': fields.Date.to_string(today), 'salesperson': page['salesperson'],
            'partner': self._brief_partner(customer.partner), 'currency_id': self.env.company.currency_id.id,
            'visits': [self._brief_visit(visit) for visit in visits],
        }
        if page['state'] == 'hidden':
            return brief
        brief.update(
            grade=self._brief_grade(page), lifecycle=page.get('lifecycle', {}).get('name', False),
            contacts=page['contacts'], activities=page['activities'], interests=self._brief_interests(page, today),
            tiles=[tile for tile in page['tiles'] if tile['key'] not in LISTED],
            open=self._brief_open(customer), happenings=self._brief_happenings(customer),
            leads=self._brief_leads(customer), quotations=self._brief_quotations(customer, today),
            products=self._brief_products(customer, today), overdue=self._brief_overdue(customer, today))
        brief['gaps'] = [{'lead': lead['name'], 'text': lead['gaps']} for lead in brief['leads'] if lead['gaps']]
        brief['points'] = self._brief_points(brief, visits, today)
        return brief

    # ------------------------------------------------------------------
    # Who and why
    # ------------------------------------------------------------------

    def _brief_partner(self, partner):
        address = partner._display_address(without_company=True)
        return {
            'id': partner.id, 'name': partner.display_name, 'phone': partner.phone or False,
            'address': ", ".join(line.strip() for line in address.splitlines() if line.strip()) or False,
        }

    def _brief_grade(self, page):
        """Return the grade, the verdict in a sentence and what would lift it."""
        grade = page.get('grade')
        if not grade:
            return False
        why = next((verdict['why'] for verdict in page['verdicts']), {})
        return {
            'name': grade['name'], 'color': grade['color'], 'since': grade['since'], 'strategy': grade['strategy'],
            'headline': why.get('status_text') or False, 'lifts': [lift['text'] for lift in why.get('lift', ())][:2],
        }

    def _may_know(self, partner):
        """Return whether the customer is the user's, or one that the user may see by role, beyond single documents."""
        if self.env.su or partner.user_id == self.env.user or self.env['crm.customer']._of(partner):
            return True
        return self.env.user.has_group('sales_team.group_sale_salesman_all_leads')

    # ------------------------------------------------------------------
    # What happened and what was promised
    # ------------------------------------------------------------------

    def _last_visits(self, customer):
        return self.env['crm.visit'].search(
            customer.of('partner_id') & Domain('company_id', '=', customer.company.id) & Domain('state', '=', 'done'),
            order='date DESC, actual_start DESC, id DESC', limit=LAST_VISITS)

    def _brief_visit(self, visit):
        outcomes = dict(visit._fields['outcome']._description_selection(self.env))
        return {
            'id': visit.id, 'date': fields.Date.to_string(visit.date), 'kind': visit.kind_id.name, 'icon': visit.kind_id.icon,
            'person': visit.user_id.sudo().name,  # a colleague's name is no secret
            'contacts': ", ".join(visit.contact_ids.mapped('name')), 'outcome': outcomes.get(visit.outcome, False),
            'purpose': visit.purpose or False, 'note': visit.note or False, 'private_note': visit.private_note or False,
            'next_step': visit.next_step or False, 'next_step_date': fields.Date.to_string(visit.next_step_date) or False,
        }

    def _brief_happenings(self, customer):
        """Return the latest contacts and service cases of the timeline, visits left out: they are told in full."""
        timeline = self.env['crm.timeline']
        wanted = {
            key: happening for key, happening in timeline._happenings(customer).items()
            if happening.group in ('contact', 'service') and happening.model not in ('crm.visit', 'crm.interest')}
        return timeline._items(wanted, timeline._page(wanted, HAPPENINGS, 0))

    def _brief_interests(self, page, today):
        limit = fields.Date.to_string(today - timedelta(days=INTEREST_DAYS))
        return [interest for interest in page['interests'] or () if interest['date'] >= limit]

    def _brief_open(self, customer):
        """Return how many open records of each kind that addons declare the user may see."""
        result = []
        for key, owned in self.env['crm.ownership']._declared(customer.partner).items():
            if key in LISTED_RECORDS:
                continue
            count = self.env[owned.model].search_count(owned.domain)
            if count:
                result.append({'key': key, 'label': owned.label, 'count': count})
        return result

    # ------------------------------------------------------------------
    # Talking points
    # ------------------------------------------------------------------

    def _brief_points(self, brief, visits, today):
        return [
            {'key': key, 'tone': tone, 'text': self._point_text(key, values)}
            for key, tone, values in talking_points(self._facts(brief, visits, today))]

    def _facts(self, brief, visits, today):
        date = fields.Date.to_date
        overdue = brief['overdue']
        return Facts(
            today=today,
            promised=self._promises(brief, visits, today),
            overdue=(overdue['count'], overdue['text'], overdue['days']) if overdue else (),
            issues=tuple(
                (tile['label'], str(tile['value'])) for tile in brief['tiles']
                if tile['tone'] in ('danger', 'warning') and tile['unit'] in ('count', 'text') and tile['key'] not in NOT_ISSUES),
            quotations=tuple((one['name'], date(one['date']), date(one['until']) or None) for one in brief['quotations']),
            opportunities=tuple((one['name'], date(one['closing']) or None) for one in brief['leads']),
            stopped=tuple((one['name'], date(one['last'])) for one in brief['products']['stopped']),
            interests=tuple((one['note'] or one['name'], date(one['date'])) for one in brief['interests']),
            gaps=tuple(f"{one['lead']}: {one['text']}" for one in brief['gaps']),
            last_visit=visits[:1].date or None,
            lift=next(iter((brief['grade'] or {}).get('lifts', ())), None))

    def _promises(self, brief, visits, today):
        """Return what is open and due: planned activities, and the next step of the last visit where no activity stands for it."""
        date = fields.Date.to_date
        promises = [(one['name'] or one['document'], date(one['date'])) for one in brief['activities'] if date(one['date']) <= today]
        last = visits[:1].sudo()  # only whether its activity is done
        followed = 'next_activity_id' in last._fields and bool(last.next_activity_id)
        if last.next_step and not followed and last.next_step not in {one['name'] for one in brief['activities']}:
            promises.append((last.next_step, last.next_step_date or None))
        return tuple(promises)

    def _point_text(self, key, values):
        """Return a talking point as a sentence."""
        texts = {
            'promise': lambda: self.env._("Due now: %(what)s", **values),
            'promise_late': lambda: self.env._("Promised and %(days)s days late: %(what)s", **values),
            'overdue': lambda: (
                self.env._("%(amount)s overdue on %(count)s invoices, the oldest for %(days)s days", **values) if values['amount']
                else self.env._("%(count)s invoices overdue, the oldest for %(days)s days", **values)),
            'issue': lambda: self.env._("%(what)s: %(number)s", **values),
            'quotation': lambda: self.env._("Quotation %(what)s has been open for %(days)s days", **values),
            'quotation_expired': lambda: self.env._("Quotation %(what)s expired %(days)s days ago: renew or close it", **values),
            'closing': lambda: self.env._("“%(what)s” should close within %(days)s days: what is missing?", **values),
            'closing_late': lambda: self.env._("“%(what)s” should have closed %(days)s days ago: ask where it stands", **values),
            'stopped': lambda: self.env._("Not bought %(what)s for %(days)s days: ask why", **values),
            'interest': lambda: self.env._("Asked %(days)s days ago: %(what)s", **values),
            'gap': lambda: self.env._("Still to meet: %(what)s", **values),
            'silent': lambda: self.env._("Last visited %(days)s days ago", **values),
            'first': lambda: self.env._("First visit: find out who decides, who uses, who buys"),
            'lift': lambda: self.env._("To the next better grade: %(what)s", **values),
        }
        return texts[key]()
