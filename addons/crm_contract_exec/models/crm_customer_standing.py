from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.credit_standing import BOUNDARIES, COMPONENTS, LEVELS, cost


class CrmCustomer(models.Model):
    """The credit standing of a customer, kept on the profile by the nightly run together with its reasons."""
    _inherit = 'crm.customer'

    credit_standing = fields.Float(readonly=True, aggregator='avg', digits=(16, 1), help="0 to 100; empty: never owed.")
    credit_level = fields.Selection(LEVELS, readonly=True, index='btree_not_null')
    credit_date = fields.Date("Credit Standing As Of", readonly=True)
    credit_values = fields.Json("Components of the Standing", readonly=True, groups='base.group_system')
    credit_reasons = fields.Html("Why This Standing", compute='_compute_credit_reasons')

    @api.depends('credit_values')
    @api.depends_context('lang')
    def _compute_credit_reasons(self):
        for customer, own in zip(self, self.sudo(), strict=True):   # the reasons of a standing that the user may see
            lines = self._credit_lines(own.credit_values) if own.credit_values else []
            customer.credit_reasons = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % line for line in lines) if lines else False

    @api.model
    def _credit_lines(self, values):
        """Return the reasons of a standing, what costs most first."""
        texts = {
            'late': self.env._("Pays %(value)s days late on average", value=self._rounded(values.get('late'))),
            'trend': self.env._("Pays %(value)s days later than before", value=self._rounded(values.get('trend'))),
            'broken': self.env._("Promises broken: %(value)s", value=self._rounded(values.get('broken'))),
            'disputes': self.env._("Disputes: %(value)s", value=self._rounded(values.get('disputes'))),
            'overdue': self.env._("%(value)s %% of what is open is overdue", value=self._rounded(values.get('overdue'))),
            'growth': self.env._("What is open has grown by %(value)s %%", value=self._rounded(values.get('growth'))),
        }
        costs = sorted(((-cost(part, values.get(part.key)), part.key) for part in COMPONENTS), key=lambda pair: pair[0])
        lines = [
            self.env._("%(text)s (%(points)s points)", text=texts[key], points=self._rounded(points)) for points, key in costs if points]
        return lines or [self.env._("Nothing speaks against it: paid on the day.")]

    def _rounded(self, value):
        return round(value or 0, 1) if (value or 0) % 1 else int(value or 0)

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    @api.model
    def _cron_credit_standing(self):
        """Bring the standing of all companies up to date; a company that was done is done, however the job ends."""
        companies = self.env['res.company'].sudo().search(Domain.TRUE)   # a job for all companies
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self._update_credit_standing(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _update_credit_standing(self, company, date=None):
        """Write the standing of the customers of a company, only where it changed.

        :param date: as-of day in the company's time zone; default: today there
        """
        Metric = self.env['crm.metric'].sudo()   # a verdict on all customers, whoever starts it
        scope = company._crm_metric_scope(date)
        self.env.flush_all()
        self._create_credit_profiles(company)
        points = Metric._standing_score_sql(SQL("fact"))
        level = SQL("CASE %s END", SQL(" ").join(SQL("WHEN points >= %s THEN %s", boundary, key) for key, boundary in BOUNDARIES))
        values = SQL("jsonb_strip_nulls(jsonb_build_object(%s))", SQL(", ").join(
            SQL("%s, ROUND(%s::numeric, 2)", part.key, SQL.identifier('fact', part.key)) for part in COMPONENTS))
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS customer
                  SET credit_standing = found.points, credit_level = found.level, credit_values = found.values, credit_date = %(date)s
                 FROM (SELECT subject_id, points, %(level)s AS level, values
                         FROM (SELECT fact.subject_id, ROUND((%(points)s)::numeric, 2)::float8 AS points, %(values)s AS values
                                 FROM (%(fact)s) AS fact) AS scored
                        WHERE points IS NOT NULL) AS found
                WHERE customer.company_id = %(company)s AND customer.partner_id = found.subject_id
                  AND (customer.credit_standing, customer.credit_level, customer.credit_values)
                      IS DISTINCT FROM (found.points, found.level, found.values)""",
            date=scope.date, level=level, points=points, values=values, fact=Metric._fact_credit_standing(scope).relation,
            company=company.id))
        self.invalidate_model(['credit_standing', 'credit_level', 'credit_values', 'credit_date'])

    @api.model
    def _create_credit_profiles(self, company):
        """Create the profiles of customers with receivables or confirmed orders whom no grading run has met yet."""
        partners = self.sudo()._profiled_partners(company)   # see above
        self.env.cr.execute(SQL(
            """INSERT INTO crm_customer (partner_id, company_id, active, user_id, create_uid, create_date, write_uid, write_date)
               SELECT partner.id, %(company)s, TRUE, partner.user_id, %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                 FROM res_partner AS partner
                WHERE partner.id IN (%(partners)s)
                  AND NOT EXISTS (SELECT FROM crm_customer WHERE partner_id = partner.id AND company_id = %(company)s)
                  AND EXISTS (SELECT FROM sale_order AS sale JOIN res_partner AS contact ON contact.id = sale.partner_invoice_id
                               WHERE contact.commercial_partner_id = partner.id AND sale.company_id = %(company)s AND sale.state = 'sale'
                               UNION ALL
                              SELECT FROM account_move AS move
                               WHERE move.commercial_partner_id = partner.id AND move.company_id = %(company)s AND move.state = 'posted'
                                 AND move.move_type IN ('out_invoice', 'out_refund'))""",
            company=company.id, uid=self.env.uid, partners=partners))
