from odoo import fields, models
from odoo.tools import SQL

from ..tools.credit_standing import LEVELS
from .crm_receivable import CrmReceivable
from .crm_receivable_sql import AS_OF


class CrmCreditProvision(models.Model):
    """What should be provided for doubtful receivables, open item by open item, as it stands today. A proposal: nothing is booked.

    The items are those of ``crm.receivable``, with what of each is in the books: an invoice under a plan by the due days of its
    instalments; an instalment that was not invoiced needs no provision. The rate is the one of the company, else the common one, of
    the highest number of days that the item has reached.
    """
    _name = 'crm.credit.provision'
    _description = "Provision for Doubtful Receivables"
    _auto = False
    _order = 'provision desc, id'
    _rec_name = 'partner_id'
    _depends = {
        **CrmReceivable._depends,
        'crm.customer': ['partner_id', 'company_id', 'user_id', 'credit_level'],
        'crm.provision.rate': [
            'company_id', 'days_from', 'percent_good', 'percent_fair', 'percent_watch', 'percent_poor', 'percent_unknown'],
    }

    contract_id = fields.Many2one('crm.contract', readonly=True)
    step_id = fields.Many2one('crm.contract.step', "Instalment", readonly=True)
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
        receivables = self.env['crm.receivable'].with_context(**{AS_OF: False})   # levels are today's
        return SQL(
            """SELECT item.*, rate.id AS rate_id, rate.percent, ROUND(item.amount * rate.percent::numeric / 100, item.digits) AS provision
                 FROM (SELECT owed.id, owed.contract_id, owed.step_id, owed.move_id, owed.partner_id, owed.company_id, customer.user_id,
                              customer.credit_level, owed.date_due, owed.days_overdue, currency.decimal_places AS digits,
                              ROUND(owed.booked_company, currency.decimal_places) AS amount
                         FROM (%(owed)s) AS owed
                         JOIN res_company AS company ON company.id = owed.company_id
                         JOIN res_currency AS currency ON currency.id = company.currency_id
                    LEFT JOIN crm_customer AS customer
                              ON customer.partner_id = owed.partner_id AND customer.company_id = owed.company_id
                        WHERE owed.booked_company >= currency.rounding / 2) AS item
                 JOIN LATERAL (%(rate)s) AS rate ON TRUE""",
            owed=receivables._relation_sql(), rate=self._rate_sql())

    def _rate_sql(self):
        return SQL(
            """SELECT rate.id, CASE item.credit_level WHEN 'good' THEN percent_good WHEN 'fair' THEN percent_fair
                                    WHEN 'watch' THEN percent_watch WHEN 'poor' THEN percent_poor ELSE percent_unknown END AS percent
                 FROM crm_provision_rate AS rate
                WHERE rate.days_from <= item.days_overdue
                  AND rate.company_id IS NOT DISTINCT FROM (
                      SELECT own.company_id FROM crm_provision_rate AS own WHERE own.company_id = item.company_id LIMIT 1)
             ORDER BY rate.days_from DESC LIMIT 1""")
