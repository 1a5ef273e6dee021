import base64
import csv
import gzip
import io
import json
import logging
import time
from collections import namedtuple
from contextlib import contextmanager

from psycopg2 import OperationalError
from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.foreign_file import ForeignFileError
from ..tools.sales_documents import NOTES, SalesHistory, natural_key
from .crm_sales_import import PHASES
from .crm_sales_import_documents import BATCH, FIRST_BATCH

_logger = logging.getLogger(__name__)

LOCK_CLASS = 0x5A1E5  # first key of the advisory lock "an import of company n is at work"
SHOWN_PROBLEMS = 100  # per kind; the attached file has all
RETRIES = 5
StoredDocument = namedtuple(
    'StoredDocument', 'number customer date is_refund currency amount line_count first_line order detail')


class CrmSalesImport(models.Model):
    """How an import runs: phase by phase, batch by batch, each batch committed together with its position."""

    _inherit = 'crm.sales.import'

    phase = fields.Selection(PHASES, required=True, default='read', readonly=True, copy=False)
    position = fields.Integer(readonly=True, copy=False)
    total = fields.Integer(readonly=True, copy=False)
    progress = fields.Float("Progress (%)", compute='_compute_progress')
    minutes_left = fields.Float("Time left (min)", compute='_compute_progress')
    seconds = fields.Float("Working time (s)", readonly=True, copy=False)
    error = fields.Text(readonly=True, copy=False)
    history_file = fields.Binary(attachment=True, readonly=True, copy=False, help="What was read: customers, products and documents")
    line_count = fields.Integer("Rows", readonly=True, copy=False)
    problem_count = fields.Integer("Rows skipped", readonly=True, copy=False)
    no_customer_count = fields.Integer("Rows without customer", readonly=True, copy=False)
    note_count = fields.Integer("Notes", readonly=True, copy=False)
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    document_count = fields.Integer("Documents", readonly=True, copy=False)
    existing_count = fields.Integer("Existed before", readonly=True, copy=False)
    failed_count = fields.Integer("Not created", readonly=True, copy=False)
    invoice_count = fields.Integer("Invoices created", readonly=True, copy=False)
    refund_count = fields.Integer("Credit notes created", readonly=True, copy=False)
    problem_ids = fields.One2many('crm.sales.import.problem', 'import_id', readonly=True)
    problem_file = fields.Binary("All problems", attachment=True, readonly=True, copy=False)
    problem_file_name = fields.Char(compute='_compute_problem_file_name')

    @api.depends('phase', 'position', 'total', 'seconds')
    def _compute_progress(self):
        """Documents take nearly all the time; the phases before count as the start."""
        for record in self:
            share = record.position / record.total if record.phase == 'documents' and record.total else 0
            record.progress = 100.0 if record.phase == 'finished' else 100.0 * share
            record.minutes_left = record.seconds * (1 - share) / share / 60 if share else 0

    @api.depends('name')
    def _compute_problem_file_name(self):
        for record in self:
            record.problem_file_name = f"{record.name}.problems.csv"

    # -- entry points ----------------------------------------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Work on running imports, oldest first, as long as the scheduler allows; the rest follows at once."""
        for record in self.search([('state', '=', 'running')], order='id'):
            if record._try_lock():
                try:
                    record._work()
                except OperationalError:
                    raise  # the database's own trouble: the scheduler tries again
                except Exception as error:
                    _logger.exception("Sales history import %s stopped", record.id)
                    record._fail(error)
                finally:
                    record._unlock()

    def _run(self, progress=None):
        """Run in the foreground until the end, committing batch by batch.

        :param progress: called with (done, total, text) after every batch; total 0 = not known yet
        :returns: self
        :raises UserError: another import of the company is at work, or this one stopped by an error
        """
        self.ensure_one()
        with self._exclusive():
            if self.state != 'running':
                self._prepare_start()
                self.env['ir.cron']._commit_progress()
            self._work(progress)
        if self.state == 'failed':
            raise UserError(self.error)
        return self

    # -- one at a time ---------------------------------------------------------------------------------------------------

    def _try_lock(self):
        """Session lock of PostgreSQL: survives the commits between batches, vanishes with a killed process."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK_CLASS, self.company_id.id))[0][0]

    def _unlock(self):
        self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, self.company_id.id))

    @contextmanager
    def _exclusive(self):
        if not self._try_lock():
            raise UserError(self.env._(
                "An import of %s is running already. Wait until it is done, or pause it.", self.company_id.name))
        try:
            yield
        finally:
            self._unlock()

    # -- the loop --------------------------------------------------------------------------------------------------------

    def _work(self, progress=None):
        history, retries = None, 0
        while self.state == 'running':
            started, phase = time.monotonic(), self.phase
            try:
                if self.phase != 'read' and history is None:
                    history = self._load_history()
                done = self._advance(history, progress)
                self.seconds += time.monotonic() - started
                self.env.flush_all()
            except (pg_errors.SerializationFailure, pg_errors.DeadlockDetected):
                retries += 1
                if retries > RETRIES:
                    raise
                self.env.cr.rollback()
                continue
            except (UserError, ForeignFileError) as error:
                self._fail(error)
                return
            if progress and history:
                progress(*self._overall(history), self._phase_label(phase))
            remaining = max(self.total - self.position, int(self.state == 'running'))
            left = self.env['ir.cron']._commit_progress(done, remaining=remaining)
            self.env.invalidate_all()
            if left <= 0:
                return

    def _advance(self, history, progress):
        """Do one batch of the current phase.

        :returns: number of things done
        """
        if self.phase == 'read':
            return self._read(progress)
        items = history[self.phase]
        batch = items[self.position:self.position + self._batch_size(self.phase)]
        if batch:
            getattr(self.with_company(self.company_id).with_context(**self._quiet_context()), f'_create_{self.phase}')(batch)
        self.position += len(batch)
        self.total = len(items)
        if self.position >= len(items):
            self._next_phase(history)
        return len(batch)

    def _overall(self, history):
        """How many of all customers, products and documents are done."""
        order = [code for code, _label in PHASES]
        before = sum(len(history[phase]) for phase in order[1:order.index(self.phase)])
        total = sum(map(len, history.values()))
        return (total if self.phase == 'finished' else before + self.position), total

    def _phase_label(self, phase):
        return dict(self._fields['phase']._description_selection(self.env))[phase]

    def _batch_size(self, phase):
        """Documents begin with few and go up with what is done, see `_refresh_statistics`."""
        if phase == 'documents':
            return min(BATCH[phase], max(FIRST_BATCH, 2 * self.position))
        return BATCH[phase]

    def _next_phase(self, history):
        order = [code for code, _label in PHASES]
        phase = order[order.index(self.phase) + 1]
        if phase == 'finished':
            self.write({'phase': phase, 'state': 'done'})
        else:
            self.write({'phase': phase, 'position': 0, 'total': len(history[phase])})

    def _fail(self, error):
        text = self._file_error_text(error) if isinstance(error, ForeignFileError) else str(error)
        self.env.cr.rollback()
        self.write({'state': 'failed', 'error': text})
        self.env['ir.cron']._commit_progress()

    # -- reading ---------------------------------------------------------------------------------------------------------

    def _read(self, progress=None):
        """Read the whole file once; keep what it says as a compact attachment for the phases to come."""
        self.problem_ids.unlink()
        problems = ProblemFile(self._reason_texts())
        currencies = self.env['res.currency'].search([('active', '=', True)])
        digits = {currency.name: currency.decimal_places for currency in currencies}
        history = SalesHistory(
            self.line_detail, digits | {'': self.company_id.currency_id.decimal_places}, problems.add)
        label = self._phase_label('read')
        history.collect(
            self._open_file().lines(today=fields.Date.context_today(self), currencies=set(digits)),
            progress and (lambda lines: progress(0, 0, f'{label}: {lines:,}')))
        documents = [
            [doc.number, doc.customer, str(doc.date), doc.is_refund, doc.currency, doc.amount, doc.line_count, doc.first_line,
             doc.order, doc.detail] for doc in history.documents.values()]
        content = {
            'customers': [[key, *history.customers[key]] for key in sorted(history.customers, key=natural_key)],
            'products': sorted(history.products.items()),
            'documents': documents,
        }
        counts = history.counts
        self.write({
            'history_file': base64.b64encode(gzip.compress(json.dumps(content).encode(), 3)),
            'problem_file': problems.content(), 'problem_ids': problems.commands(),
            'line_count': counts['lines'], 'problem_count': counts['problems'], 'no_customer_count': counts['no_customer'],
            'note_count': counts['notes'], 'customer_count': len(content['customers']), 'document_count': len(documents),
            'seconds': 0, 'existing_count': 0, 'failed_count': 0, 'invoice_count': 0, 'refund_count': 0,
            'phase': 'customers', 'position': 0, 'total': len(content['customers']),
        })
        return 0

    def _load_history(self):
        raw = base64.b64decode(self.with_context(bin_size=False).history_file)
        content = json.loads(gzip.decompress(raw))
        content['documents'] = [StoredDocument(*values) for values in content['documents']]
        return content


class ProblemFile:
    """Collects problem rows: all of them as CSV, the first of each kind for the form."""

    def __init__(self, reasons):
        self.reasons = reasons
        self.buffer = io.StringIO()
        self.writer = csv.writer(self.buffer)
        self.writer.writerow(['line', 'reason', 'row'])
        self.shown = {}

    def add(self, problem):
        """Take a `Problem` of the reader."""
        kind = 'customer' if problem.reason == 'no_customer' else 'note' if problem.reason in NOTES else 'skipped'
        reason = self.reasons[problem.reason] % {'value': problem.value}
        self.writer.writerow([problem.line, reason, *problem.cells])
        shown = self.shown.setdefault(kind, [])
        if len(shown) < SHOWN_PROBLEMS:
            shown.append({'line': problem.line, 'kind': kind, 'reason': reason, 'content': ' | '.join(problem.cells)[:200]})

    def content(self):
        """The CSV (UTF-8 with signature, so that Excel reads it), base64; False without any problem."""
        return base64.b64encode(self.buffer.getvalue().encode('utf-8-sig')) if self.shown else False

    def commands(self):
        """Commands for `problem_ids`."""
        return [fields.Command.create(values) for rows in self.shown.values() for values in rows]
