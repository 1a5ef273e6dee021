"""Buyers for the churn models: purchases put in by SQL, as an import of thousands would take minutes."""
from datetime import date, timedelta

from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import count_anew

from .common import ChurnCommon


class ChurnModelCommon(ChurnCommon):

    @classmethod
    def _buy(cls, rows, company=None, move_type='out_invoice'):
        """Post one document per row: (key of the customer, day, amount).

        :return: ``{key: partner}`` of the customers, made where needed; the same key is the same customer
        """
        company = company or cls.company
        known = getattr(cls, '_buyers', {})   # those of another test are gone
        there = set(cls.env['res.partner'].browse(partner.id for partner in known.values()).exists().ids)
        cls._buyers = {key: partner for key, partner in known.items() if partner.id in there}
        missing = [key for key in dict.fromkeys(row[0] for row in rows) if key not in cls._buyers]
        if missing:
            cls._buyers.update(zip(missing, cls._make_buyers(missing), strict=True))
        journal = cls.env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'sale')], limit=1)
        cls.env.flush_all()
        sign = -1 if move_type == 'out_refund' else 1
        cls.env.cr.execute(SQL(
            """INSERT INTO account_move (name, journal_id, company_id, currency_id, state, move_type, auto_post, date, invoice_date,
                                         partner_id, commercial_partner_id, amount_untaxed_signed, amount_total_signed,
                                         payment_state, invoice_currency_rate)
               SELECT 'CH/' || NEXTVAL('account_move_id_seq'), %(journal)s, %(company)s, %(currency)s, 'posted', %(type)s, 'no', day, day,
                      partner, partner, amount, amount, 'not_paid', 1
                 FROM UNNEST(%(partners)s::int[], %(days)s::date[], %(amounts)s::numeric[]) AS row(partner, day, amount)""",
            journal=journal.id, company=company.id, currency=company.currency_id.id, type=move_type,
            partners=[cls._buyers[row[0]].id for row in rows], days=[str(row[1]) for row in rows],
            amounts=[sign * row[2] for row in rows]))
        count_anew(cls.env, 'account_move', 'res_partner')
        cls.env.invalidate_all()
        return {row[0]: cls._buyers[row[0]] for row in rows}

    @classmethod
    def _make_buyers(cls, keys):
        cls.env.cr.execute(SQL(
            """INSERT INTO res_partner (id, commercial_partner_id, name, complete_name, active, is_company, autopost_bills, ref)
               SELECT id, id, 'Buyer ' || key, 'Buyer ' || key, TRUE, TRUE, 'ask', key
                 FROM (SELECT NEXTVAL('res_partner_id_seq') AS id, key
                         FROM UNNEST(%s::text[]) WITH ORDINALITY AS row(key, place) ORDER BY place) AS new RETURNING id""",
            [str(key) for key in keys]))
        return cls.env['res.partner'].browse(row[0] for row in cls.env.cr.fetchall())

    def _year(self, customers=400, company=None):
        """Two years of customers who buy at their own pace (every 10 to 150 days), a third of them until some day."""
        rows = []
        for number in range(customers):
            day = date(2024, 6, 20) + timedelta(days=number * 37 % 500)
            pace = 10 + number * 53 % 140
            end = day + timedelta(days=30 + number * 91 % 400) if number % 3 == 0 else self.TODAY
            step = 0
            while day <= end:
                rows.append((f'{company.id if company else 0}-{number}', day, 20 + number * 17 % 300 + step * 7 % 40))
                step += 1
                day += timedelta(days=max(1, int(pace * (0.3 + (number * 29 + step * step * 13) % 141 / 100))))
        return self._buy(rows, company)

    @classmethod
    def _model(cls, kind='purchases', company=None, **vals):
        return cls.env['crm.churn.model'].sudo().create(
            {'company_id': (company or cls.company).id, 'kind': kind, **vals})

    def _scores(self, model, date=None, subjects=None):
        """Return ``{partner id: (risk, expected, value, is_single)}``."""
        scope = model.company_id._crm_metric_scope(date, subjects)
        return {row[0]: row[1:] for row in self.env.execute_query(SQL(
            "SELECT subject_id, risk, expected, value, is_single FROM (%s) AS judged", model._score_relation(scope)))}
