"""Import a sales history with ``crm.sales.import``: ``sales_import.py DATABASE FILE OPTIONS_AS_JSON PROBLEMS.csv``."""
import base64
import json
import pathlib
import sys
import time

import psycopg2

from session import environment

WIDTH = 30
STOPPED, UNUSABLE, NO_CURRENCY = 3, 4, 5  # exit status: can go on; nothing of the file came in, nor will it


class Progress:
    """A bar with the remaining time on a terminal, else a line now and then."""

    def __init__(self):
        self.start = self.shown = time.monotonic()
        self.first = None

    def __call__(self, done=0, total=0, text=''):
        """
        :param done: what is finished, of ``total``; a total of 0 is not known yet.
        :param text: what is going on.
        """
        now = time.monotonic()
        if self.first is None and total:
            self.first, self.start = done, now
        terminal, last = sys.stderr.isatty(), 0 < total <= done
        if not last and now - self.shown < (0.2 if terminal else 15):
            return
        self.shown = now
        line = f'{self._bar(done, total)} {text}'.strip() if total else f'… {text}'
        print(f'\r{line:<79}' if terminal else line, end='' if terminal and not last else '\n',
              file=sys.stderr, flush=True)

    def _bar(self, done, total):
        share = min(done / total, 1)
        # what a run before this one had finished says nothing about today's speed
        fresh = done - self.first
        left = (time.monotonic() - self.start) * (total - done) / fresh if fresh > 0 else None
        bar = '█' * round(share * WIDTH) + '·' * (WIDTH - round(share * WIDTH))
        return f'{bar} {share:4.0%}' + (f' {left / 60:.0f} min {left % 60:02.0f} s left' if left else '')


def left_out(record, path):
    """Write the rows that were left out, and what else was noted, into a file.

    :return: a line that says so, or nothing when every row became part of a document.
    """
    if not record.problem_file:
        return ''
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(record.problem_file))
    counts = {'unreadable': record.problem_count, 'without customer': record.no_customer_count,
              'used with a note': record.note_count}
    said = ', '.join(f'{count:,} {what}' for what, count in counts.items() if count)
    return f'of {record.line_count:,} rows: {said}; with line number and reason in {path}'


def begun(env):
    """Whether an import has got further than reading its file, or is at it."""
    return bool(env['crm.sales.import'].search_count(['|', ('phase', '!=', 'read'), ('state', '=', 'running')]))


def find_currency(env, code):
    """The currency of this code, also when nobody uses it yet; none for no code."""
    found = env['res.currency'].with_context(active_test=False).search([('name', '=', code)]) if code else env['res.currency']
    if code and not found:
        sys.exit(NO_CURRENCY)
    return found


def keep_books_in(env, currency):
    """Give the company the currency, before the first document; an import that goes on has it already."""
    if currency and env.company.currency_id != currency:
        currency.active = True
        env.company.currency_id = currency


def check(env, path, mapping):
    """Only look at the file."""
    from odoo.addons.crm_grading.tools.foreign_file import ForeignFileError
    from odoo.addons.crm_grading.tools.sales_file import SalesFile
    try:
        SalesFile(pathlib.Path(path).read_bytes(), mapping).check()
    except ForeignFileError as error:
        print(env['crm.sales.import']._file_error_text(error))
        sys.exit(UNUSABLE)


def main(database, path, options, problems=None):
    """Import; what stops it is printed, and the exit status says whether it can go on later. Without ``problems`` only
    the file is checked."""
    options = json.loads(options)
    with environment(database) as env:
        currency = find_currency(env, options.pop('currency'))
        if not problems:
            return check(env, path, options['mapping'])
        from odoo.exceptions import UserError
        try:
            keep_books_in(env, currency)
            record = env['crm.sales.import']._run_file(path, progress=Progress(), **options)
        except UserError as error:
            env.cr.rollback()
            print(error)
            sys.exit(STOPPED if begun(env) else UNUSABLE)
        except (psycopg2.OperationalError, OSError) as error:  # disk full, server gone
            print(error)
            sys.exit(STOPPED)
        if said := left_out(record.with_context(bin_size=False), pathlib.Path(problems)):
            print(said, file=sys.stderr)


if __name__ == '__main__':
    main(*sys.argv[1:])
