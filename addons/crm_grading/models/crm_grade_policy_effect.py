from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..tools.policy import KINDS


class CrmGradePolicyEffect(models.Model):
    """What the policy of a grade has done with one value of a customer, or why it has left it alone."""
    _name = 'crm.grade.policy.effect'
    _description = "Grade Policy Effect"
    _order = 'date desc, id desc'

    customer_id = fields.Many2one('crm.customer', required=True, ondelete='cascade', index=True, readonly=True)
    partner_id = fields.Many2one(related='customer_id.partner_id', string="Contact")
    user_id = fields.Many2one(related='customer_id.user_id', string="Salesperson")
    company_id = fields.Many2one(related='customer_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    grade_id = fields.Many2one('crm.grade', ondelete='set null', readonly=True, index='btree_not_null')
    kind = fields.Selection([
        ('pricelist', "Price list"), ('payment_term', "Payment terms"), ('credit_limit', "Credit limit"), ('tag', "Tag"),
    ], required=True, readonly=True)
    state = fields.Selection([
        ('applied', "Applied"), ('reverted', "Taken back"), ('exception', "Exception"), ('dismissed', "Kept by hand"),
        ('closed', "Closed"),
    ], "Status", required=True, default='applied', readonly=True)
    reason = fields.Selection([
        ('hand', "Had been set by hand before"), ('changed', "Was changed by hand since"),
        ('forced', "Applied on request"),
    ], readonly=True)
    date = fields.Date(required=True, readonly=True)
    date_end = fields.Date("Ended On", readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True, ondelete='set null')

    # what the policy set or wants to set (nothing: it wants the value before back), and what was there before
    pricelist_id = fields.Many2one('product.pricelist', ondelete='cascade', readonly=True)
    payment_term_id = fields.Many2one('account.payment.term', ondelete='cascade', readonly=True)
    amount = fields.Monetary(readonly=True)
    category_id = fields.Many2one('res.partner.category', "Tag", ondelete='cascade', readonly=True)
    take_back = fields.Boolean(readonly=True, help="The grade does not ask for a value any more: the one before would come back.")
    previous_pricelist_id = fields.Many2one('product.pricelist', ondelete='set null', readonly=True)
    previous_payment_term_id = fields.Many2one('account.payment.term', ondelete='set null', readonly=True)
    previous_amount = fields.Monetary(readonly=True)
    previous_blank = fields.Boolean("Nothing Set Before", readonly=True)

    value_text = fields.Char("Policy", compute='_compute_texts')
    current_text = fields.Char("Now", compute='_compute_texts')

    _open_idx = models.Index("(customer_id, kind) WHERE state IN ('applied', 'exception', 'dismissed')")
    _exception_idx = models.Index("(company_id, date DESC) WHERE state = 'exception'")

    @api.depends('kind', 'pricelist_id', 'payment_term_id', 'amount', 'category_id', 'take_back')
    def _compute_display_name(self):
        for effect in self:
            effect.display_name = f"{effect.partner_id.display_name}: {effect.value_text}"

    @api.depends('kind', 'pricelist_id', 'payment_term_id', 'amount', 'category_id', 'take_back', 'partner_id')
    def _compute_texts(self):
        for effect in self.sudo():  # reading the limit takes accounting rights; whoever may read the exception may compare
            wanted = effect._previous() if effect.take_back else effect._value()
            effect.value_text = effect._text(wanted)
            effect.current_text = effect._text(effect._current())

    def _text(self, value):
        if self.kind == 'credit_limit':
            return formatLang(self.env, value or 0.0, currency_obj=self.currency_id)
        if self.kind == 'tag':
            return self.category_id.name if value else self.env._("no “%(tag)s”", tag=self.category_id.name or "")
        model = {'pricelist': 'product.pricelist', 'payment_term': 'account.payment.term'}[self.kind]
        return self.env[model].browse(value).display_name if value else self.env._("none")

    def _current(self):
        """Return the customer's present value: an id, an amount, or whether the tag is there."""
        partner = self.customer_id.partner_id.with_company(self.company_id)
        if self.kind == 'tag':
            return self.category_id in partner.category_id
        return plain(partner[KINDS[self.kind][0]])

    def _value(self):
        return True if self.kind == 'tag' else plain(self[KINDS[self.kind][1]])

    def _previous(self):
        """Return the value to come back when the policy's value goes."""
        if self.kind == 'tag':
            return False
        field, _value, previous = KINDS[self.kind]
        if self.previous_blank:
            Partner = self.env['res.partner'].with_company(self.company_id)
            return plain(Partner._fields[field].get_company_dependent_fallback(Partner))
        return plain(self[previous])

    def _end(self, state, decided=False):
        """End effects: they keep what happened, with the day and, where a person decided, who."""
        for company, effects in self.grouped('company_id').items():
            effects.write({
                'state': state,
                'date_end': company._crm_today(),
                **({'decided_by_id': self.env.uid} if decided else {}),
            })

    def action_apply(self):
        """Apply the policy in spite of the value set by hand; leaving the grade brings that value back."""
        self._check_decidable()
        for effect in self.sudo():  # price lists, terms and limits need rights that a sales manager may not have
            current = effect._current()
            if effect.take_back:
                effect._put(effect._previous())
                effect.state = 'reverted'
            else:
                effect._put(effect._value())
                effect.write({
                    'state': 'applied', 'reason': 'forced', 'previous_blank': False,
                    **({} if effect.kind == 'tag' else {KINDS[effect.kind][2]: current}),
                })
        self.sudo().write({'decided_by_id': self.env.uid})

    def action_dismiss(self):
        """Keep the value set by hand; the exception is settled."""
        self._check_decidable()
        self.sudo()._end('dismissed', decided=True)  # the record itself is read-only for people

    def _check_decidable(self):
        self.check_access('read')
        if not self.env.user.has_group('sales_team.group_sale_manager'):
            raise UserError(self.env._("Only a sales manager decides on exceptions from a grade's policy."))
        if any(effect.state != 'exception' for effect in self):
            raise UserError(self.env._("Somebody has settled this exception already. Reload the list."))

    def _put(self, value):
        partner = self.customer_id.partner_id.with_company(self.company_id)
        if self.kind == 'tag':
            partner.category_id = [(4 if value else 3, self.category_id.id)]
        else:
            partner[KINDS[self.kind][0]] = value


def plain(value):
    """Return the id of a record (False for none), or the number itself."""
    return value.id if isinstance(value, models.BaseModel) else value
