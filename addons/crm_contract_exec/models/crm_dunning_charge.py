from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date


class CrmDunningPolicy(models.Model):
    """Whether fees and interest are only named in the letter, or billed."""
    _inherit = 'crm.dunning.policy'

    is_charged = fields.Boolean(
        "Book Fees and Interest",
        help="Confirming a run drafts an invoice of each letter's fee and interest, for somebody to look at and post. Without it they "
             "are named in the letter only.")
    fee_product_id = fields.Many2one(
        'product.product', ondelete='restrict', domain="[('company_id', 'in', [False, company_id])]",
        help="Stands for the fees on the invoice; its taxes apply.")
    interest_product_id = fields.Many2one(
        'product.product', ondelete='restrict', domain="[('company_id', 'in', [False, company_id])]",
        help="Stands for the interest on the invoice; its taxes apply. Empty: the product of the fees.")
    charge_account_id = fields.Many2one(
        'account.account', "Income Account", company_dependent=True, ondelete='restrict',
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="On which fees and interest are booked. Empty: the income account of the product.")

    @api.constrains('is_charged', 'fee_product_id')
    def _check_fee_product(self):
        for policy in self:
            if policy.is_charged and not policy.fee_product_id:
                raise ValidationError(self.env._(
                    "Choose the product that stands for the fees of “%(policy)s” on invoices, or do not book them.", policy=policy.name))


class CrmDunningLetter(models.Model):
    """Fees and interest of letters become an invoice: one for each letter, ever."""
    _inherit = 'crm.dunning.letter'

    charge_move_ids = fields.One2many('account.move', 'crm_dunning_letter_id', "Invoice of Fees and Interest", readonly=True)

    def _currency(self):
        """Return the currency of the letter's charges: of its items where they have one in common, else the company's."""
        self.ensure_one()
        return self.line_ids.currency_id if len(self.line_ids.currency_id) == 1 else self.company_id.currency_id

    def _in_currency(self, amount, currency):
        """Return an amount in the currency of the letter's charges, at the rate of the letter's day."""
        return currency._convert(amount, self._currency(), self.company_id, self.date)

    def _fee(self):
        """Return the fee in the currency of the letter's charges."""
        self.ensure_one()
        return self._in_currency(self.fee, self.company_id.currency_id)

    def _book_charges(self):
        """Draft the invoices of letters whose policy has fees and interest booked; a letter that has one, or costs nothing, gets none.

        :return: the invoices
        """
        vals_list = []
        for letter in self:
            if letter.level_id.policy_id.is_charged and not letter.charge_move_ids:
                lines = letter.with_context(lang=letter._lang())._charge_lines()
                if lines:
                    vals_list.append(letter._charge_vals(lines))
        return self.env['account.move'].create(vals_list)

    def _charge_vals(self, lines):
        return {
            'move_type': 'out_invoice', 'company_id': self.company_id.id, 'partner_id': self.contact_id.id,
            'currency_id': self._currency().id, 'invoice_origin': self.run_id.display_name, 'invoice_user_id': self.user_id.id,
            'crm_dunning_letter_id': self.id, 'invoice_line_ids': [Command.create(line) for line in lines]}

    def _charge_lines(self):
        """Return the values of the invoice lines: the fee, and the interest of each item, as the letter says."""
        policy = self.level_id.policy_id.with_company(self.company_id)
        account = {'account_id': policy.charge_account_id.id} if policy.charge_account_id else {}
        lines = [{
            'product_id': (policy.interest_product_id or policy.fee_product_id).id,
            'price_unit': self._in_currency(line.interest, line.currency_id),
            'name': self.env._("Interest on %(item)s until %(date)s", item=line.name, date=format_date(self.env, line.date))}
            for line in self.line_ids.sorted('date_due') if line.interest]
        if self.fee:
            lines.insert(0, {
                'product_id': policy.fee_product_id.id, 'price_unit': self._fee(),
                'name': self.env._("Fee for the reminder of %(date)s", date=format_date(self.env, self.date))})
        return [{**line, **account, 'quantity': 1} for line in lines if not self._currency().is_zero(line['price_unit'])]

    def action_open_charge(self):
        """Open the invoice of the letter's fee and interest."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'account.move', 'res_id': self.charge_move_ids[:1].id,
            'views': [(False, 'form')]}


class CrmDunningRun(models.Model):
    """Interest runs from the due day, or from the day until which it was billed. Fees and interest themselves bear none."""
    _inherit = 'crm.dunning.run'

    def _interest_days(self, items):
        """Return ``{receivable id: days}`` for which interest is to be claimed."""
        self.env['crm.dunning.line'].flush_model()
        self.env['account.move'].flush_model(['crm_dunning_letter_id', 'move_type'])
        billed = dict(self.env.execute_query(SQL(
            """SELECT line.receivable_key, MAX(line.date) FROM crm_dunning_line AS line
                WHERE line.state = 'sent' AND line.interest > 0 AND line.receivable_key = ANY(%s)
                  AND EXISTS (SELECT FROM account_move AS invoice
                               WHERE invoice.crm_dunning_letter_id = line.letter_id AND invoice.move_type = 'out_invoice')
             GROUP BY line.receivable_key""", items.ids)))  # one that was cancelled or taken back was waived: it counts, too
        since = {item.id: max(billed.get(item.id, item.date_due), item.date_due) for item in items}
        return {
            item.id: 0 if item.move_id.crm_dunning_letter_id else max((self.date - since[item.id]).days, 0) for item in items}


class AccountMove(models.Model):
    _inherit = 'account.move'

    crm_dunning_letter_id = fields.Many2one(
        'crm.dunning.letter', "Dunning Letter", index='btree_not_null', copy=False, readonly=True, ondelete='restrict',
        help="The letter whose fee and interest this invoice bills.")

    _crm_dunning_letter_uniq = models.UniqueIndex(
        "(crm_dunning_letter_id) WHERE crm_dunning_letter_id IS NOT NULL",
        "Fee and interest of this dunning letter were billed already.")

    def action_open_dunning_letter(self):
        """Open the dunning letter whose fee and interest the invoice bills."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.dunning.letter', 'res_id': self.crm_dunning_letter_id.id,
            'views': [(False, 'form')]}
