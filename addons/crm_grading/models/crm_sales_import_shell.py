import base64
import hashlib
from datetime import timedelta
from pathlib import Path

from odoo import api, models


class CrmSalesImport(models.Model):
    """Importing from a script."""

    _inherit = 'crm.sales.import'

    @api.model
    def _run_file(self, path, mapping=None, line_detail=False, progress=None, **options):
        """Import a file of this machine into the current company, in the foreground, and grade its customers.

        Commits batch by batch. Called again after an interruption it goes on; called again after the end it returns at once.

        :param str path: .csv, .csv.gz or .xlsx
        :param dict mapping: role -> header text or position from 0, over the recognised columns
        :param bool line_detail: one invoice line per line of the file
        :param progress: called with (done, total, text) after every batch; total 0 = not known yet
        :param options: encoding, delimiter, date_order ('dmy', 'mdy', 'ymd'), decimal_mark
        :returns: the import record
        :raises UserError: the file cannot be read, a column is missing, or an import of the company runs already
        """
        raw = self._file_content(path)
        record = self._record_of_file(Path(path).name, raw, mapping, line_detail, options)
        if record.state != 'done':
            record._run(progress)
        if progress:
            progress(0, 0, self.env._("Grading customers"))
        record._grade()
        return record

    def _record_of_file(self, name, raw, mapping, line_detail, options):
        """The import of the same content, columns and options in this company if there is one, else a new one."""
        draft = self.create({
            'name': name, 'data_file': base64.b64encode(raw), 'line_detail': line_detail, **options})
        draft._detect(mapping)
        for known in self.search([
            ('checksum', '=', hashlib.sha256(raw).hexdigest()), ('company_id', '=', self.env.company.id),
            ('line_detail', '=', line_detail), ('id', '!=', draft.id),
        ]):
            if known._roles() == draft._roles() and all(known[key] == draft[key] for key in (
                    'encoding', 'delimiter', 'date_order', 'decimal_mark')):
                draft.unlink()
                return known
        return draft

    def _grade(self):
        """Put the schemes of a sales history in force and grade the customers as of the day after the last document.

        Done once: a company that has these schemes keeps what people made of them.
        """
        company = self.company_id
        Scheme = self.env['crm.grading.scheme']
        _first, last = self.env['crm.sales.history']._first_and_last_day(company)
        if last and not Scheme.search_count([('company_id', '=', company.id), ('history_code', '!=', False)]):
            Scheme._create_sales_history_schemes(company)
            self.env['crm.grading.run']._run(company, date=last + timedelta(days=1))
            self.env['ir.cron']._commit_progress()
