import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.care import FEW, effect

_logger = logging.getLogger(__name__)
BATCH = 200


class CrmCarePlan(models.Model):
    """Giving what is due, and judging what came of it."""
    _inherit = 'crm.care.plan'

    given_count = fields.Integer("Times Given", compute='_compute_effect')
    given_share = fields.Float("Bought With Care (%)", compute='_compute_effect', digits=(16, 1))
    control_count = fields.Integer("Times Left Out", compute='_compute_effect')
    control_share = fields.Float("Bought Without (%)", compute='_compute_effect', digits=(16, 1))
    effect_text = fields.Char("Effect", compute='_compute_effect')

    @api.model
    def _cron_care(self):
        """Every day: note who is due, then give, batch by batch. Stopped anywhere, the next call goes on: nobody is reached twice."""
        plans = self.search([('company_id', '!=', False)])
        for plan in plans:
            plan._propose()
        self.env['ir.cron']._commit_progress()
        Contact = self.env['crm.care.contact']
        while contacts := Contact.search([('state', '=', 'planned')], order='id', limit=BATCH):
            contacts._give()
            left = Contact.search_count([('state', '=', 'planned')])
            if not self.env['ir.cron']._commit_progress(len(contacts), remaining=left):
                return
        plans._judge()

    def _judge(self):
        """See who bought within the days of each plan; done once the days have passed."""
        self.env['crm.care.contact'].flush_model()
        self.env['sale.order'].flush_model(['partner_id', 'date_order', 'state', 'company_id'])
        for plan in self:
            scope = plan.company_id._crm_metric_scope()
            self.env.cr.execute(SQL(
                """UPDATE crm_care_contact AS contact
                      SET has_bought = EXISTS (
                              SELECT FROM sale_order AS doc JOIN res_partner AS partner ON partner.id = doc.partner_id
                               WHERE partner.commercial_partner_id = contact.partner_id AND doc.company_id = contact.company_id
                                 AND doc.state = 'sale' AND %(day)s > contact.date AND %(day)s <= contact.date + %(days)s),
                          is_judged = TRUE
                    WHERE contact.plan_id = %(plan)s AND contact.is_judged IS NOT TRUE AND contact.state IN ('done', 'control')
                      AND contact.date + %(days)s < %(today)s""",
                day=scope.day(SQL("doc.date_order")), days=plan.effect_days, plan=plan.id, today=scope.date))
        self.env['crm.care.contact'].invalidate_model(['has_bought', 'is_judged'])

    @api.depends('contact_ids.is_judged', 'contact_ids.has_bought')
    def _compute_effect(self):
        figures = {}
        for plan, state, bought, count in self.env['crm.care.contact'].sudo()._read_group(   # sums; who it was is not told
                [('plan_id', 'in', self.ids), ('is_judged', '=', True)], ['plan_id', 'state', 'has_bought'], ['__count']):
            group = figures.setdefault(plan, {}).setdefault(state, [0, 0])
            group[0] += count
            group[1] += count if bought else 0
        for plan in self:
            given, bought = figures.get(plan, {}).get('done', (0, 0))
            left_out, bought_without = figures.get(plan, {}).get('control', (0, 0))
            plan.given_count, plan.control_count = given, left_out
            plan.given_share = 100 * bought / given if given else 0
            plan.control_share = 100 * bought_without / left_out if left_out else 0
            found = effect(given, bought, left_out, bought_without)
            plan.effect_text = (
                self.env._("Nobody was left out for comparison yet") if not found
                else self.env._("%(points)s points (± %(width)s), too few to tell", points=found[0], width=found[1])
                if min(given, left_out) < FEW
                else self.env._("%(points)s points (± %(width)s)", points=found[0], width=found[1]))


class CrmCareContact(models.Model):
    _inherit = 'crm.care.contact'

    def _give(self):
        """Write the letters and plan the activities of contacts that are due; one that fails holds up no other."""
        for plan, contacts in self.sudo().grouped('plan_id').items():  # the plan acts, not whoever started it
            if plan.action == 'activity':
                contacts._plan_activities()
            else:
                contacts._write_letters()

    def _plan_activities(self):
        """Plan an activity of the plan on each customer, for its salesperson unless the plan names somebody."""
        model = self.env['ir.model']._get_id('res.partner')
        plan = self.plan_id
        owned = self.filtered(lambda contact: contact.plan_id.user_id or contact.partner_id.user_id)
        self.env['mail.activity'].create([{
            'res_model_id': model, 'res_id': contact.partner_id.id, 'activity_type_id': plan.activity_type_id.id,
            'summary': plan.summary or plan.name, 'note': plan.note, 'date_deadline': contact.date,
            'user_id': (plan.user_id or contact.partner_id.user_id).id, 'automated': True} for contact in owned])
        for user, contacts in owned.grouped(lambda contact: plan.user_id or contact.partner_id.user_id).items():
            contacts.write({'state': 'done', 'user_id': user.id})
        (self - owned).write({'state': 'failed'})

    def _write_letters(self):
        """Send the letter of the plan to a person of each customer, in that person's language."""
        people = self._people()
        for contact in self:
            person = people.get(contact.partner_id.id)
            if not person:
                contact.state = 'failed'
                continue
            contact.write({'person_id': person.id, 'state': 'done'})
            try:
                with self.env.cr.savepoint():
                    contact.plan_id.template_id.send_mail(
                        contact.id, force_send=False, email_values={'recipient_ids': [fields.Command.set(person.ids)]})
            except Exception:
                _logger.exception("Care letter %s could not be written", contact.id)
                contact.state = 'failed'

    def _people(self):
        """Return {customer id: who of it is written to}: the customer's own address, else its oldest contact's, who wants letters."""
        partners = self.env['res.partner'].sudo().search(
            [('commercial_partner_id', 'in', self.partner_id.ids), ('email_normalized', '!=', False), ('is_blacklisted', '=', False)],
            order='id')
        found = {}
        for partner in partners.sorted(lambda partner: (partner != partner.commercial_partner_id, partner.id)):
            if partner.commercial_partner_id.id not in found and partner._crm_wants('care'):
                found[partner.commercial_partner_id.id] = partner
        return found
