from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS
from odoo.addons.crm_grading.report.crm_sales_history import LOST_AFTER
from odoo.addons.crm_grading.tools.period_name import period_name

LONGEST = 60    # months that a screen shows at most


class CrmChurnAnalysis(models.AbstractModel):
    """What the pages of the analysis ask for.

    Everything is about the current company and the customers that the user may see: a salesperson gets the bridge of the own ones.
    """
    _name = 'crm.churn.analysis'
    _description = "Retention Analysis"

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_bridge(self, options=None):
        """Return the bridge month by month.

        :param dict options: ``months`` to show (12), ``lost_after`` days of silence (90), ``until`` day (default: see ``_until``)
        :return: ``{'months': [{'month', 'label', 'start', 'new', 'won_back', 'lost', 'end', 'churn'}], 'amounts': {measure: [one dict
            per month]}, 'totals': {measure: dict over all months}, 'currency_id', 'until', 'lost_after'}``; churn is lost ÷ start or None;
            the measures are customers and, for whoever may see amounts, revenue and margin
        :raise AccessError: for who may not see customers
        :raise UserError: on options that make no sense
        """
        company, until, options = self._asked(options)
        history, subjects = self.env['crm.sales.history'], self._population(company)
        months = history._bridge(company, until, options['months'], options['lost_after'], subjects) if until else []
        for row in months:
            row['label'] = self._month_label(row['month'])
        measures = {'customers': months}
        if self._sees_amounts():
            amounts = history._bridge_amounts(company, until, options['months'], options['lost_after'], subjects) if months else {}
            for measure in ('revenue', 'margin'):
                measures[measure] = [self._amount_row(row, amounts.get(row['month'], {}).get(measure, {})) for row in months]
        return {
            'measures': measures, 'totals': {name: self._total(rows) for name, rows in measures.items()},
            'currency_id': company.currency_id.id, **self._echo(until, options)}

    @api.model
    @api.readonly
    def get_cohorts(self, options=None):
        """Return the cohorts: of the customers who first bought in a month, how many bought so many months later.

        :param dict options: see :meth:`get_bridge`; ``months`` are the cohorts shown, the last ones
        :return: ``{'cohorts': [{'month', 'label', 'size', 'counts': [customers 1, 2, … months later]}],
            'mean': [share of all who could have bought then, None where nobody could], 'until'}``
        """
        company, until, options = self._asked(options)
        found = self.env['crm.sales.history']._cohorts(company, until, self._population(company)) if until else {}
        cohorts = []
        for month, counts in sorted(found.items())[-options['months']:]:
            first = fields.Date.to_date(f'{month}-01')
            known = (until.year - first.year) * 12 + until.month - first.month
            cohorts.append({'month': month, 'label': self._month_label(month), 'size': counts[0], 'counts': counts[1:known + 1]})
        return {'cohorts': cohorts, 'mean': self._mean(cohorts), **self._echo(until, options)}

    @api.model
    @api.readonly
    def get_cell_action(self, cell, title):
        """Return the action that shows the customers behind a figure.

        :param str cell: see ``crm.customer.churn_cell``
        :param str title: of the list
        """
        return {
            'type': 'ir.actions.act_window', 'name': title, 'res_model': 'crm.customer', 'domain': [('churn_cell', '=', cell)],
            'context': {'active_test': False}, 'views': [(False, 'list'), (False, 'kanban'), (False, 'form')],
            'mobile_view_mode': 'kanban'}

    # ------------------------------------------------------------------
    # What is asked, of whom
    # ------------------------------------------------------------------

    def _asked(self, options):
        """Return the company, the last day (None where nothing was ever sold) and the options, checked and complete."""
        self.env['crm.customer'].check_access('read')
        options, company = dict(options or {}), self.env.company
        try:
            options['months'] = min(max(int(options.get('months') or 12), 1), LONGEST)
            options['lost_after'] = int(options.get('lost_after') or LOST_AFTER)
            until = fields.Date.to_date(options.get('until') or None)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This is no number or no day. Choose again.")) from error
        if not 7 <= options['lost_after'] <= 3650:
            raise UserError(self.env._("A customer counts as lost after 7 to 3,650 days without a purchase."))
        return company, until or self._until(company), options

    @api.model
    def _until(self, company):
        """Return the last day to look at: today, or the day of the last document where the history ended long ago (None without any)."""
        _first, last = self.env['crm.sales.history']._first_and_last_day(company)
        today = company._crm_today()
        return last and (last if today - last > timedelta(days=LOST_AFTER) else today)

    @api.model
    def _population(self, company):
        """Return the sub-select of the customers that the user may see, archived ones too: who was lost was a customer once."""
        if self.env.su:
            return None
        profiles = self.env['crm.customer'].with_context(active_test=False)._search([('company_id', '=', company.id)])
        return profiles.subselect(self.env['crm.customer']._field_to_sql(profiles.table, 'partner_id', profiles))

    @api.model
    def _sees_amounts(self):
        return self.env.su or self.env.user.has_group(AMOUNTS)

    # ------------------------------------------------------------------
    # Parts of the answers
    # ------------------------------------------------------------------

    def _echo(self, until, options):
        return {'until': fields.Date.to_string(until) if until else False, 'lost_after': options['lost_after']}

    @api.model
    def _month_label(self, month):
        return period_name(fields.Date.to_date(f'{month}-01'), 'month', self.env.lang, short=True)

    def _amount_row(self, row, parts):
        start = parts.get('start')
        return {
            'month': row['month'], 'label': row['label'], **parts, 'churn': -parts['lost'] / start if start and start > 0 else None}

    def _total(self, rows):
        """Return the bridge over all months: the start of the first, the end of the last, and what came and went between.

        Its churn is the mean of the months, each weighted with its start.
        """
        if not rows:
            return {}
        parts = [part for part in ('new', 'won_back', 'grew', 'shrank', 'lost') if part in rows[0]]
        total = {part: sum(row.get(part) or 0 for row in rows) for part in parts}
        base = sum(row.get('start') or 0 for row in rows)
        return {
            **total, 'start': rows[0].get('start') or 0, 'end': rows[-1].get('end') or 0,
            'churn': abs(total['lost']) / base if base > 0 else None}

    def _mean(self, cohorts):
        """Return the share of the customers who bought so many months later, over the cohorts that have come so far."""
        means = []
        for offset in range(max((len(cohort['counts']) for cohort in cohorts), default=0)):
            reached = [cohort for cohort in cohorts if len(cohort['counts']) > offset]
            means.append(sum(cohort['counts'][offset] for cohort in reached) / sum(cohort['size'] for cohort in reached))
        return means
