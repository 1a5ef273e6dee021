from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


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

    @api.model
    def _draw(self, company, count):
        """Return so many numbers of a company, in one statement where its sequence and the part of the year are there."""
        today = company._crm_today()
        rows = self._draw_rows(company, today, count)
        if rows:
            return [self.env['ir.sequence'].new({'prefix': prefix, 'suffix': suffix, 'padding': padding}).with_context(
                ir_sequence_date_range=start or False).get_next_char(number) for prefix, suffix, padding, start, number in rows]
        sequence = self.env['ir.sequence'].sudo().search(  # its number belongs to whoever may make a ticket
            [('code', '=', 'crm.ticket'), ('company_id', '=', company.id)], limit=1)
        if not sequence:
            company._crm_service_set_up()
        elif sequence.implementation != 'standard':   # a company may want numbers without gaps: one after the other
            return [sequence.next_by_id(sequence_date=today) for _number in range(count)]
        else:
            sequence._get_current_sequence(today)     # makes the part of the year
        return self._draw(company, count)

    @api.model
    def _draw_rows(self, company, today, count):
        """Return the rows (prefix, suffix, padding, start of the part or None, number) that are next; none without a sequence, without its
        part of the year, or where it leaves no gaps."""
        self.env['ir.sequence'].flush_model(
            ['active', 'code', 'company_id', 'implementation', 'padding', 'prefix', 'suffix', 'use_date_range'])
        self.env['ir.sequence.date_range'].flush_model(['date_from', 'date_to', 'sequence_id'])
        return self.env.execute_query(SQL(
            """SELECT chosen.prefix, chosen.suffix, chosen.padding, chosen.date_from, nextval(chosen.counter::regclass)
                 FROM (SELECT seq.prefix, seq.suffix, seq.padding, part.date_from, seq.implementation,
                              'ir_sequence_' || LPAD(seq.id::text, GREATEST(3, LENGTH(seq.id::text)), '0')
                              || COALESCE('_' || LPAD(part.id::text, GREATEST(3, LENGTH(part.id::text)), '0'), '') AS counter,
                              seq.use_date_range AND part.id IS NULL AS is_new
                         FROM ir_sequence AS seq
                    LEFT JOIN ir_sequence_date_range AS part
                           ON seq.use_date_range AND part.sequence_id = seq.id AND %(today)s BETWEEN part.date_from AND part.date_to
                        WHERE seq.code = 'crm.ticket' AND seq.company_id = %(company)s AND seq.active
                     ORDER BY seq.name, seq.id LIMIT 1) AS chosen, generate_series(1, %(count)s)
                WHERE chosen.implementation = 'standard' AND chosen.is_new IS NOT TRUE""",
            today=today, company=company.id, count=count))
