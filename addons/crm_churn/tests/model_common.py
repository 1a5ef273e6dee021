"""Buyers for the churn models: purchases put in by SQL, as an import of thousands would take minutes."""
from odoo.tools import SQL

from .common import ChurnCommon


class ChurnModelCommon(ChurnCommon):

    @classmethod
    def _buy(cls, rows, company=None, move_type='out_invoice'):
        """Post one document per row: (key of the customer, day, amount).

        :return: ``{key: partner}`` of the customers, made where needed; the same key is the same customer
        """
        company = company or cls.company
        cls._buyers = getattr(cls, '_buyers', {})
        missing = [key for key in dict.fromkeys(row[0] for row in rows) if key not in cls._buyers]
        cls._buyers.update(zip(missing, cls.env['res.partner'].create(
            [{'name': f"Buyer {key}", 'is_company': True, 'ref': str(key)} for key in missing]), strict=True))
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
        cls.env.invalidate_all()
        return {row[0]: cls._buyers[row[0]] for row in rows}

    @classmethod
    def _model(cls, kind='purchases', company=None, **vals):
        return cls.env['crm.churn.model'].sudo().create(
            {'company_id': (company or cls.company).id, 'kind': kind, **vals})

    def _scores(self, model, date=None, subjects=None):
        """Return ``{partner id: (risk, expected, value, is_single)}``."""
        scope = model.company_id._crm_metric_scope(date, subjects)
        return {row[0]: row[1:] for row in self.env.execute_query(SQL(
            "SELECT subject_id, risk, expected, value, is_single FROM (%s) AS judged", model._score_relation(scope)))}
