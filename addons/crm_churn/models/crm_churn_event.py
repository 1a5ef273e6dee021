from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.loss import KINDS, PHASES

# What people may add to a loss afterwards; what happened stays as it was.
EXPLAINED = {'reason_ids', 'competitor_id', 'competitor_price', 'note', 'said_by_id'}


class CrmChurnEvent(models.Model):
    """A loss as a fact: recorded when it happens, whatever becomes of the opportunity or the customer later.

    Append-only. Losses come into being through :meth:`_record` only; a second loss of the same customer is a second row.
    """
    _name = 'crm.churn.event'
    _description = "Loss"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'

    name = fields.Char("What Was Lost", required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    partner_id = fields.Many2one(
        'res.partner', "Customer", readonly=True, index='btree_not_null', ondelete='set null',
        help="Empty for somebody who was never a contact.")
    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True, index='btree_not_null', ondelete='set null')
    res_model = fields.Char("Document Model", readonly=True, help="Of what ended, where it is no opportunity.")
    res_id = fields.Many2oneReference("Document", model_field='res_model', readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    phase = fields.Selection(PHASES, required=True, readonly=True)
    stage_id = fields.Many2one('crm.stage', "Lost at Stage", readonly=True, ondelete='set null')
    stage_reached_id = fields.Many2one(
        'crm.stage', "Furthest Stage Before", readonly=True, ondelete='set null', help="The furthest stage it ever reached.")
    date_first = fields.Date(
        "First Follow-Up", readonly=True,
        help="Day on which one of us first wrote, met or did an activity about the opportunity; of a customer, of its first purchase.")
    date_last = fields.Date("Last Purchase", readonly=True, help="After which the customer fell silent.")
    date = fields.Date("Lost On", required=True, readonly=True, index=True, help="Day in the company's time zone.")
    days = fields.Integer("Days until Lost", compute='_compute_days', store=True, aggregator='avg')
    number = fields.Integer(
        "Loss No.", readonly=True, default=1, aggregator=None,
        help="How many times this opportunity (or, without one, this customer) has been lost, this time included.")
    date_back = fields.Date(
        "Back On", readonly=True, index='btree_not_null',
        help="Day on which the customer bought again, the opportunity was won after all, or the lead was followed up.")

    # as it was on the day
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True, index='btree_not_null', ondelete='set null')
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True, index='btree_not_null', ondelete='set null')
    grade_id = fields.Many2one('crm.grade', readonly=True, index='btree_not_null', ondelete='set null')
    industry_id = fields.Many2one('res.partner.industry', readonly=True, ondelete='set null')
    country_id = fields.Many2one('res.country', readonly=True, ondelete='set null')
    state_id = fields.Many2one('res.country.state', "Region", readonly=True, ondelete='set null')
    source_id = fields.Many2one('utm.source', readonly=True, ondelete='set null')
    product_id = fields.Many2one('product.product', "Main Product", readonly=True, ondelete='set null')

    amount = fields.Monetary(
        "Lost Amount", readonly=True, groups=AMOUNTS, help="Expected revenue of the opportunity, open value of the contract.")
    margin = fields.Monetary("Lost Margin", readonly=True, groups=AMOUNTS)
    yearly_value = fields.Monetary(
        readonly=True, groups=AMOUNTS, help="Net revenue with the customer in the 12 months up to its last purchase.")

    # explained by people
    reason_ids = fields.One2many('crm.churn.event.reason', 'event_id', "Reasons")
    main_reason_id = fields.Many2one('crm.churn.reason', compute='_compute_main_reason_id', store=True, index='btree_not_null')
    note = fields.Text("In Their Words", tracking=True)
    said_by_id = fields.Many2one('res.partner', "Who Said So", tracking=True, ondelete='set null')

    _company_date_idx = models.Index('(company_id, date DESC, id DESC)')
    _days_check = models.Constraint('CHECK(date_first IS NULL OR date_first <= date)', "A loss cannot come before the first follow-up.")

    @api.depends('date_first', 'date')
    def _compute_days(self):
        for event in self:
            event.days = (event.date - event.date_first).days if event.date_first and event.date else 0

    @api.depends('reason_ids.is_main', 'reason_ids.reason_id')
    def _compute_main_reason_id(self):
        for event in self:
            event.main_reason_id = event.reason_ids.filtered('is_main').reason_id[:1]

    # ------------------------------------------------------------------
    # One way in, and none out
    # ------------------------------------------------------------------

    @api.model
    def _record(self, vals_list):
        """Record losses.

        As superuser: a loss is put on record whoever is at work, also where that person may not see all of them.

        :param list vals_list: values of the losses
        :return: the losses, with the caller's rights
        """
        events = self.sudo().with_context(crm_churn_record=True).create(self._numbered(vals_list))
        return events.with_env(self.env)

    @api.model
    def _numbered(self, vals_list):
        """Return the values with the number of each loss: the first, the second … of the opportunity, else of the customer."""
        leads = {vals['lead_id'] for vals in vals_list if vals.get('lead_id')}
        partners = {vals['partner_id'] for vals in vals_list if vals.get('partner_id') and not vals.get('lead_id')}
        events = self.sudo()   # of whomever
        counts = Counter({('lead', lead.id): count for lead, count in events._read_group(
            [('lead_id', 'in', list(leads))], ['lead_id'], ['__count'])})
        counts.update({(company.id, partner.id): count for company, partner, count in events._read_group(
            [('partner_id', 'in', list(partners)), ('lead_id', '=', False)], ['company_id', 'partner_id'], ['__count'])})
        numbered = []
        for vals in vals_list:
            key = ('lead', vals['lead_id']) if vals.get('lead_id') else (vals['company_id'], vals.get('partner_id'))
            counts[key] += 1
            numbered.append({'number': counts[key] if key[1] else 1, **vals})
        return numbered

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.context.get('crm_churn_record'):
            raise UserError(self.env._(
                "Losses are recorded as they happen: mark the opportunity as lost, or use “Record a Loss” on the customer."))
        return super(CrmChurnEvent, self.with_context(crm_churn_record=False)).create(vals_list)

    def write(self, vals):
        """:raise UserError: on a change of what happened"""
        facts = [
            name for name in vals if (field := self._fields.get(name)) is not None
            and field.readonly and field.store and not field.compute and name not in EXPLAINED]
        if facts and not self.env.su:
            raise UserError(self.env._("A loss stays as it was recorded. Add reasons or a note to it."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A loss stays on record. If it was won back, open a win-back case."))
