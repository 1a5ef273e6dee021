from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.extension import Place

HISTORY_LIMIT = 60
LIST_LIMIT = 8


class CrmCustomer(models.Model):
    """The customer page: everything known about a customer, as one answer."""
    _inherit = 'crm.customer'

    grade_color = fields.Integer(related='grade_id.color', string="Color of the Grade")
    lifecycle_color = fields.Integer(related='lifecycle_id.color', string="Color of the State")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_partner(self):
        """Open the contact, on its customer page."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.res_partner_action_customer_page')
        return {**action, 'res_id': self.partner_id.id}

    @api.model
    def action_grade_now(self, partner_id):
        """Measure and judge one customer now, its place among all others included.

        :raise AccessError: for anybody but sales managers
        :raise UserError: if the contact is not somebody to be graded, or a run is under way
        """
        if not self.env.user.has_group('sales_team.group_sale_manager'):
            raise AccessError(self.env._("Only a sales manager may start a run."))
        partner = self.env['res.partner'].browse(partner_id).commercial_partner_id
        partner.check_access('read')
        self.env['crm.grading.run']._run(self.env.company, kind='single', partners=partner)
        if not self._of(partner):
            raise UserError(self.env._(
                "%(partner)s is not graded in this company: vendors, colleagues, archived contacts and contacts of other companies"
                " are left out.", partner=partner.display_name))

    # ------------------------------------------------------------------
    # The page
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_page(self, partner_id):
        """Return what the customer page shows, as JSON, with the rights of the user; the timeline comes page by page.

        :param int partner_id: any contact of the customer
        :return: dict of ``state`` ('profile'; 'none': not measured yet; 'hidden': somebody else's customer, then nothing else is
            told but the salesperson), ``partner``, ``salesperson``, ``may_grade``, and unless hidden ``contacts``,
            ``interests``, ``activities``, ``tiles``; with a profile also ``grade``, ``verdicts``, ``history``, ``grades``,
            ``lifecycle``, ``segment``, ``metrics``
        :raise AccessError: on a contact that the user may not read
        """
        customer = self.env['crm.timeline']._customer(self.env['res.partner'].browse(partner_id))
        profile = self._of(customer.partner)
        page = {
            'state': 'profile' if profile else 'hidden' if self.sudo()._of(customer.partner) else 'none',
            'partner': {'id': customer.partner.id, 'name': customer.partner.display_name},
            'salesperson': self._page_name(customer.partner.user_id),
            'may_grade': self.env.user.has_group('sales_team.group_sale_manager'),
        }
        if page['state'] == 'hidden':
            return page
        page.update(
            contacts=self._page_contacts(customer), interests=self._page_interests(customer),
            activities=self._page_activities(customer),
            tiles=self.env['crm.tile']._tiles(Place('customer', self.env.company, customer)))
        return page | (profile._page_profile() if profile else {})

    def _of(self, partner):
        """Return the profile of a commercial partner in the current company, if the user may see it."""
        if not self.has_access('read'):
            return self.browse()
        return self.with_context(active_test=False).search(
            [('partner_id', '=', partner.id), ('company_id', '=', self.env.company.id)])

    def _page_name(self, record):
        return {'id': record.id, 'name': record.sudo().display_name} if record else False  # a name is no secret

    def _page_profile(self):
        return {
            'customer_id': self.id,
            'currency_id': self.currency_id.id,
            'grade': self._page_grade(),
            'verdicts': [
                {'id': verdict.id, 'is_leading': verdict == self.verdict_id, 'why': verdict._explain()}
                for verdict in self.verdict_ids.sorted(lambda verdict: verdict != self.verdict_id)],
            'history': self._page_history(),
            'grades': [
                {'id': grade.id, 'name': grade.name, 'color': grade.color}
                for grade in self.env['crm.grade'].search([('company_id', '=', self.company_id.id)])],
            'lifecycle': self._page_lifecycle(),
            'segment': self.rfm_segment_id.name or False,
            'metrics': self._page_metrics(),
        }

    def _page_grade(self):
        grade = self.grade_id
        strategies = dict(grade._fields['strategy']._description_selection(self.env))
        moves = dict(self._fields['grade_move']._description_selection(self.env))
        return {
            'id': grade.id, 'name': grade.name or False, 'color': grade.color, 'score': self.score,
            'since': fields.Date.to_string(self.grade_date) or False,
            'move': self.grade_move, 'move_label': moves.get(self.grade_move, False),
            'strategy': strategies.get(grade.strategy, False), 'strategy_note': grade.strategy_note or False,
        }

    def _page_history(self):
        """Return the last changes of the leading grade, oldest first."""
        changes = self.env['crm.grade.history'].search(
            [('customer_id', '=', self.id), ('scheme_id', '=', self.verdict_id.scheme_id.id)], limit=HISTORY_LIMIT)
        return [{
            'date': fields.Date.to_string(change.date), 'grade_id': change.grade_id.id, 'name': change.grade_id.name or False,
            'move': change.move,
        } for change in reversed(changes)]

    def _page_lifecycle(self):
        states = self.env['crm.lifecycle.state']._ordered(self.company_id)
        return {
            'id': self.lifecycle_id.id, 'name': self.lifecycle_id.name or False,
            'since': fields.Date.to_string(self.lifecycle_date) or False,
            'states': [{'id': state.id, 'name': state.name, 'color': state.color} for state in states],
        }

    def _page_metrics(self):
        """Return the recorded metrics that the user may see, those without a value left out."""
        metrics = self.env['crm.metric']._recorded(self.company_id)._visible()
        values = self.sudo()  # restricted figures: only those of visible metrics are taken out
        today = self.company_id._crm_today()
        result = []
        for metric in metrics.sorted('sequence'):
            field = metric.profile_field
            value = values[field] if field else (values.metric_values or {}).get(str(metric.id))
            is_date = bool(field) and values._fields[field].type == 'date'
            if value is None or (is_date and not value):
                continue
            result.append({
                'code': metric.code, 'name': metric.name, 'category': metric.category, 'help': metric.description or '',
                'unit': metric.unit, 'value': (today - value).days if is_date else value,
                'date': fields.Date.to_string(value) if is_date else False,
            })
        return result

    # ------------------------------------------------------------------
    # Parts that need no profile
    # ------------------------------------------------------------------

    @api.model
    def _page_contacts(self, customer):
        people = customer.contacts.filtered(lambda contact: contact.active and contact != customer.partner and not contact.is_company)
        return [{
            'id': person.id, 'name': person.name or person.display_name, 'function': person.function or False,
            'email': person.email or False, 'phone': person.phone or False,
        } for person in people[:LIST_LIMIT]]

    @api.model
    def _page_interests(self, customer):
        interests = self.env['crm.interest']
        if not interests.has_access('read'):
            return False
        return [{
            'id': interest.id, 'date': fields.Date.to_string(interest.date), 'name': interest.display_name,
            'note': interest.note or False, 'contact': interest.contact_id.sudo().name or False,  # a name is no secret
        } for interest in interests.search(
            customer.of('partner_id') & Domain('company_id', '=', customer.company.id), limit=LIST_LIMIT)]

    @api.model
    def _page_activities(self, customer):
        """Return what is planned next, on the customer and on all that goes with it."""
        planned = self.env['crm.ownership']._declared(customer.partner)['activity']
        today = fields.Date.context_today(self)
        activities = self.env['mail.activity'].search(planned.domain, order='date_deadline, id', limit=LIST_LIMIT)
        return [{
            'id': activity.id, 'date': fields.Date.to_string(activity.date_deadline), 'overdue': activity.date_deadline < today,
            'name': activity.summary or activity.activity_type_id.name or False, 'user': self._page_name(activity.user_id),
            'icon': activity.activity_type_id.icon or 'fa-clock-o', 'document': activity.res_name or False,
            'res_model': activity.res_model, 'res_id': activity.res_id,
        } for activity in activities]
