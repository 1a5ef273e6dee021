from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.loss import CUSTOMER_PHASES, PHASES

MEASURES = {'count': 'share', 'amount': 'amount', 'margin': 'margin', 'value': 'yearly_value'}
VITAL = 0.8      # the "vital few" make four fifths


class CrmChurnAnalysis(models.AbstractModel):
    """The reasons in order: the few that make most of what is lost."""
    _inherit = 'crm.churn.analysis'

    @api.model
    @api.readonly
    def get_pareto(self, options=None):
        """Return the reasons of the losses that the user may see, the largest first.

        :param dict options: ``measure``, a key of ``MEASURES`` (count); ``weighted``: divide each loss among its reasons (else it counts
            for its main one); ``what``: *customers* or *sales* lost (default: both); ``date_from``, ``date_to``: days of the losses
        :return: ``{'reasons': [{'id', 'name', 'count', 'value', 'share', 'cumulated', 'vital'}], 'total', 'losses', 'monetary',
            'amounts', 'currency_id', 'domain'}``; shares of the total from 0 to 1; vital: among the few that make four fifths
        :raise AccessError: for who may see no losses, or amounts without the right to
        :raise UserError: on options that make no sense
        """
        options = dict(options or {})
        measure, weighted = options.get('measure') or 'count', bool(options.get('weighted'))
        if measure not in MEASURES:
            raise UserError(self.env._("There is no such measure. Choose another one."))
        domain = self._pareto_domain(options)
        by = 'reason_id' if weighted else 'main_reason_id'
        found = self.env['crm.churn.report']._read_group(domain, [by], ['share:sum', f'{MEASURES[measure]}:sum'])
        rows = sorted(
            ((reason, count, value or 0) for reason, count, value in found), key=lambda row: (-row[2], row[0].sequence, row[0].id))
        total, cumulated, reasons = sum(max(value, 0) for _reason, _count, value in rows), 0, []
        for reason, count, value in rows:
            share = max(value, 0) / total if total else 0
            reasons.append({
                'id': reason.id, 'name': reason.display_name or self.env._("No reason yet"), 'count': count, 'value': value,
                'share': share, 'cumulated': cumulated + share, 'vital': bool(share) and cumulated < VITAL - 1e-9})
            cumulated += share
        return {
            'reasons': reasons, 'total': total, 'losses': sum(row['count'] for row in reasons), 'monetary': measure != 'count',
            'amounts': self._sees_amounts(), 'currency_id': self.env.company.currency_id.id, 'field': by, 'domain': list(domain)}

    def _pareto_domain(self, options):
        domain = Domain('company_id', '=', self.env.company.id)
        if options.get('what') in ('customers', 'sales'):
            sales = [phase for phase, _label in PHASES if phase not in CUSTOMER_PHASES]
            domain &= Domain('phase', 'in', list(CUSTOMER_PHASES) if options['what'] == 'customers' else sales)
        try:
            for name, operator in (('date_from', '>='), ('date_to', '<=')):
                if options.get(name):
                    domain &= Domain('date', operator, fields.Date.to_string(fields.Date.to_date(options[name])))
        except ValueError as error:
            raise UserError(self.env._("This is no day. Choose again.")) from error
        return domain
