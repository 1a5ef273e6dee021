from collections import defaultdict
from datetime import timedelta

from odoo import api, models


class CrmTicket(models.Model):
    """Numbers of tickets: by company and year, drawn for a whole batch at once."""
    _inherit = 'crm.ticket'

    @api.model
    def _draw_numbers(self, companies):
        """Return a number for each of a list of companies (with repetitions), of the year that it is there.

        A batch takes as many statements as there are companies in it. Numbers of a transaction that fails are left out, so that nobody
        waits for another.
        """
        wanted = defaultdict(int)
        for company in companies:
            wanted[company] += 1
        drawn = {company: self._draw(company, count) for company, count in wanted.items()}
        return [drawn[company].pop(0) for company in companies]

    @api.autovacuum
    def _prepare_numbers(self):
        """Have the numbers of the coming year ready a month before: its first tickets may come in the same moment."""
        for sequence in self.env['ir.sequence'].search([('code', '=', 'crm.ticket'), ('use_date_range', '=', True)], limit=1000):
            sequence._get_current_sequence((sequence.company_id or self.env.company)._crm_today() + timedelta(days=31))

    def _draw(self, company, count):
        sequence = self.env['ir.sequence'].sudo().search(  # its number belongs to whoever may make a ticket
            [('code', '=', 'crm.ticket'), ('company_id', '=', company.id)], limit=1)
        if not sequence:
            company._crm_service_set_up()
            return self._draw(company, count)
        if sequence.implementation != 'standard':   # a company may want numbers without gaps: one after the other
            return [sequence.next_by_id(sequence_date=company._crm_today()) for _number in range(count)]
        part = sequence._get_current_sequence(company._crm_today())
        key = f'ir_sequence_{sequence.id:03d}' + (f'_{part.id:03d}' if part._name == 'ir.sequence.date_range' else '')
        self.env.cr.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [key, count])
        numbers = self.env.cr.fetchall()
        if part != sequence:
            sequence = sequence.with_context(ir_sequence_date_range=part.date_from)
        return [sequence.get_next_char(number) for [number] in numbers]
