from odoo import fields, models

REASONS = [
    ('paid', "Paid or on account"), ('promised', "Promised"), ('disputed', "Disputed"), ('small', "Too little"),
    ('suspended', "Contract suspended"), ('excluded', "Customer is not dunned"), ('manual', "Taken out by hand"),
]


class CrmDunningLine(models.Model):
    """An item in a dunning run: dunned with a letter, or left out for a reason. What was sent stays as it was."""
    _name = 'crm.dunning.line'
    _description = "Dunned Item"
    _order = 'run_id desc, partner_id, date_due, id'

    run_id = fields.Many2one('crm.dunning.run', required=True, index=True, ondelete='cascade')
    letter_id = fields.Many2one('crm.dunning.letter', index='btree_not_null', ondelete='set null')
    company_id = fields.Many2one('res.company', required=True, index=True)
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='cascade')
    name = fields.Char("Item", required=True)
    contract_id = fields.Many2one('crm.contract', index='btree_not_null', ondelete='set null')
    step_id = fields.Many2one('crm.contract.step', "Instalment", ondelete='set null')
    move_id = fields.Many2one('account.move', "Invoice", index='btree_not_null', ondelete='set null')
    move_line_id = fields.Many2one('account.move.line', "Journal Item", ondelete='set null')
    receivable_key = fields.Integer(required=True, help="Id of the receivable.")
    date = fields.Date("Dunned On", required=True)
    date_due = fields.Date("Due", required=True)
    days_overdue = fields.Integer(aggregator='avg')
    currency_id = fields.Many2one('res.currency', required=True, ondelete='restrict')
    open_amount = fields.Monetary("Open", help="What was open, before what is promised, disputed or on account.")
    amount = fields.Monetary("Dunned Amount")
    interest = fields.Monetary()
    is_charge = fields.Boolean("Fee or Interest", help="Of a letter before: it bears neither fee nor interest.")
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    amount_company = fields.Monetary("Dunned (Company Currency)", currency_field='company_currency_id')
    level_id = fields.Many2one('crm.dunning.level', index='btree_not_null', ondelete='restrict')
    state = fields.Selection(
        [('proposed', "Proposed"), ('out', "Left out"), ('sent', "Dunned")], required=True, default='proposed', index=True)
    reason = fields.Selection(REASONS)

    _once_a_day = models.UniqueIndex("(receivable_key, date) WHERE state = 'sent'", "This item was dunned on the same day already.")
