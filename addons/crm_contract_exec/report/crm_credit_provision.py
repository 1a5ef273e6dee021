from odoo import fields, models
from odoo.tools import SQL

from ..tools.credit_standing import LEVELS


class CrmCreditProvision(models.Model):
    """What should be provided for doubtful receivables, open item by open item, as it stands today. A proposal: nothing is booked.

    The rate is the one of the company, else the common one, of the highest number of days that the item has reached. Ids are those of
    the journal items.
    """
    _name = 'crm.credit.provision'
    _description = "Provision for Doubtful Receivables"
    _auto = False
    _order = 'provision desc, id'
    _rec_name = 'move_id'
    _depends = {
        'account.move.line': ['amount_residual', 'reconciled', 'parent_state', 'partner_id', 'account_id', 'date_maturity', 'move_id'],
        'crm.customer': ['partner_id', 'company_id', 'user_id', 'credit_level'],
        'crm.provision.rate': [
            'company_id', 'days_from', 'percent_good', 'percent_fair', 'percent_watch', 'percent_poor', 'percent_unknown'],
        'res.partner': ['commercial_partner_id'],
    }

    move_id = fields.Many2one('account.move', "Document", readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    credit_level = fields.Selection(LEVELS, readonly=True)
    date_due = fields.Date("Due", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator='max')
    rate_id = fields.Many2one('crm.provision.rate', "Age", readonly=True)
    amount = fields.Monetary("Open", readonly=True)
    percent = fields.Float("Rate (%)", readonly=True, aggregator='avg')
    provision = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        companies = self.env.companies.sudo()   # days of the companies at work
        days = SQL(", ").join(SQL("(%s, %s::date)", company.id, company._crm_today()) for company in companies)
        return SQL(
            """SELECT item.*, rate.id AS rate_id, rate.percent, ROUND((item.amount * rate.percent / 100)::numeric, item.digits) AS provision
                 FROM (SELECT line.id, line.move_id, debtor.commercial_partner_id AS partner_id, line.company_id, customer.user_id,
                              customer.credit_level, line.date_maturity AS date_due, line.amount_residual AS amount,
                              GREATEST(today.day - line.date_maturity, 0) AS days_overdue, currency.decimal_places AS digits
                         FROM account_move_line AS line
                         JOIN res_company AS company ON company.id = line.company_id
                         JOIN res_currency AS currency ON currency.id = company.currency_id
                         JOIN (VALUES %(days)s) AS today(company_id, day) ON today.company_id = line.company_id
                         JOIN res_partner AS debtor ON debtor.id = line.partner_id
                    LEFT JOIN crm_customer AS customer
                              ON customer.partner_id = debtor.commercial_partner_id AND customer.company_id = line.company_id
                        WHERE line.parent_state = 'posted' AND line.reconciled IS NOT TRUE AND line.amount_residual > 0
                          AND line.account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')) AS item
                 JOIN LATERAL (%(rate)s) AS rate ON TRUE""",
            days=days, rate=self._rate_sql())

    def _rate_sql(self):
        return SQL(
            """SELECT rate.id, CASE item.credit_level WHEN 'good' THEN percent_good WHEN 'fair' THEN percent_fair
                                    WHEN 'watch' THEN percent_watch WHEN 'poor' THEN percent_poor ELSE percent_unknown END AS percent
                 FROM crm_provision_rate AS rate
                WHERE rate.days_from <= item.days_overdue
                  AND rate.company_id IS NOT DISTINCT FROM (
                      SELECT own.company_id FROM crm_provision_rate AS own WHERE own.company_id = item.company_id LIMIT 1)
             ORDER BY rate.days_from DESC LIMIT 1""")
