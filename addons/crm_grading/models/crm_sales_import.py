import base64
import hashlib
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.foreign_file import ForeignFileError
from ..tools.sales_columns import missing_roles
from ..tools.sales_documents import is_refund
from ..tools.sales_file import LineParser, Problem, SalesFile

SAMPLE_SIZE = 20
PHASES = [
    ('read', "Reading the file"),
    ('customers', "Creating customers"),
    ('products', "Creating products"),
    ('documents', "Posting documents"),
    ('finished', "Finished"),
]


class CrmSalesImport(models.Model):
    """A sales history that was uploaded, and how far it has become customers and posted documents.

    The record is its own memory: killed anywhere, the next run goes on at `position` in `phase`; a document that its number
    shows to exist in the import journal is never created again.
    """

    _name = 'crm.sales.import'
    _inherit = ['crm.foreign.file']
    _description = "Sales History Import"
    _order = 'id desc'

    name = fields.Char(required=True, default=lambda self: self.env._("Sales history"))
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    state = fields.Selection([
        ('draft', "New"), ('mapped', "Columns assigned"), ('running', "Running"), ('paused', "Paused"), ('done', "Done"),
        ('failed', "Stopped by an error"),
    ], "Status", required=True, default='draft', readonly=True, copy=False)
    data_file = fields.Binary("File", attachment=True, copy=False, help="CSV, compressed CSV (.csv.gz) or Excel workbook (.xlsx)")
    checksum = fields.Char(readonly=True, copy=False, index='btree_not_null')
    encoding = fields.Selection([
        ('utf-8', "UTF-8"), ('utf-16', "UTF-16"), ('gb18030', "Chinese simplified (GB 18030, GBK)"),
        ('big5', "Chinese traditional (Big5)"), ('cp1252', "Western (Windows 1252)"), ('iso8859-15', "Western (ISO 8859-15)"),
        ('cp1250', "Central European (Windows 1250)"), ('cp1251', "Cyrillic (Windows 1251)"), ('shift_jis', "Japanese (Shift JIS)"),
    ], help="Leave empty to detect it.")
    delimiter = fields.Selection([
        (',', "Comma"), (';', "Semicolon"), ('\t', "Tabulator"), ('|', "Vertical bar"),
    ], help="Leave empty to detect it.")
    date_order = fields.Selection([
        ('dmy', "Day / month / year"), ('mdy', "Month / day / year"), ('ymd', "Year - month - day"),
    ], help="How dates are written. Leave empty to decide by the dates of the file.")
    decimal_mark = fields.Selection([
        ('.', "Point: 1,234.56"), (',', "Comma: 1.234,56"),
    ], help="Leave empty to decide by the numbers of the file.")
    line_detail = fields.Boolean(
        "Every line", help="Create an invoice line with product for every line of the file. Much slower. "
                           "Otherwise a document has one line with its sum.")
    column_ids = fields.One2many('crm.sales.import.column', 'import_id')
    sample = fields.Json(readonly=True, copy=False)
    preview = fields.Html(compute='_compute_preview', sanitize=False)
    detected_note = fields.Char("Read as", compute='_compute_detected_note')
    same_file_ids = fields.Many2many('crm.sales.import', compute='_compute_same_file_ids', string="Imports of the same file")

    @api.depends('checksum', 'company_id')
    def _compute_same_file_ids(self):
        imports = self.search([('checksum', 'in', [one.checksum for one in self if one.checksum])])
        for record in self:
            record.same_file_ids = imports.filtered(
                lambda other, one=record: other.id != one._origin.id and other.checksum == one.checksum
                and other.company_id == one.company_id) if record.checksum else False

    @api.depends('sample', 'column_ids.role', 'date_order', 'decimal_mark')
    def _compute_detected_note(self):
        orders = dict(self._fields['date_order']._description_selection(self.env))
        marks = dict(self._fields['decimal_mark']._description_selection(self.env))
        for record in self:
            if not record.sample:
                record.detected_note = False
                continue
            order, mark, proven = record._writing()
            note = self.env._("%(date)s; decimals: %(mark)s", date=orders[order], mark=marks[mark]) if order else self.env._(
                "Decimals: %s", marks[mark])
            record.detected_note = note if proven else self.env._(
                "%s. The dates allow both ways: please check them below.", note)

    @api.depends('sample', 'column_ids.role', 'line_detail')
    def _compute_preview(self):
        for record in self:
            record.preview = self.env['ir.qweb']._render('crm_grading.sales_import_preview', {
                'rows': record._preview_rows(), 'missing': record._missing_labels(),
            }) if record.sample else False

    # -- what the file is ------------------------------------------------------------------------------------------------

    def _roles(self):
        """Assigned columns as role -> position."""
        return {column.role: column.position for column in self.column_ids if column.role != 'ignore'}

    def _writing(self):
        """How dates and numbers are written in the assigned columns.

        :returns: ('dmy', 'mdy', 'ymd' or None without a column of dates, decimal mark, whether the dates prove it)
        """
        roles, columns = self._roles(), self.sample['writing']
        order, proven = columns[roles['date']][:2] if 'date' in roles else (None, True)
        marks = {columns[roles[role]][2] for role in ('quantity', 'price', 'amount') if role in roles}
        return self.date_order or order, self.decimal_mark or (',' if ',' in marks else '.'), bool(self.date_order) or proven

    def _missing_labels(self):
        return self._role_labels(missing_roles(self._roles()))

    def _preview_rows(self):
        """The first rows of the file as what they become: dicts with the parsed values, or `problem`."""
        if missing_roles(self._roles()):
            return []
        order, mark, _proven = self._writing()
        parse = LineParser(
            SimpleNamespace(roles=self._roles(), order=order, mark=mark),
            fields.Date.context_today(self), self._currency_codes())
        reasons = self._reason_texts()
        rows = []
        for number, cells in self.sample['rows']:
            line = parse(number, cells)
            if isinstance(line, Problem):
                rows.append({'line': number, 'problem': reasons[line.reason] % {'value': line.value}})
            else:
                rows.append(line._asdict() | {'is_refund': is_refund(line), 'problem': False})
        return rows

    def _open_file(self, mapping=None):
        """Look at the stored file with the options of this record.

        :param dict mapping: role -> header or position; None = as assigned on the record, or recognised
        :raises UserError: in the user's language, when it cannot be read
        """
        self.ensure_one()
        raw = self._raw_file()
        if not raw:
            raise UserError(self.env._("Choose a file first."))
        try:
            return SalesFile(
                raw, mapping=self._stored_mapping() if mapping is None else mapping, encoding=self.encoding or None,
                delimiter=self.delimiter or None, order=self.date_order or None, mark=self.decimal_mark or None)
        except ForeignFileError as error:
            raise UserError(self._file_error_text(error)) from error

    def _stored_mapping(self):
        """What the user assigned: every known column, so that nothing is guessed behind their back."""
        if not self.column_ids:
            return None
        unused = set(dict(self.env['crm.sales.import.column']._fields['role'].selection)) - {'ignore'} - set(self._roles())
        return dict.fromkeys(unused, False) | self._roles()

    def _raw_file(self):
        return base64.b64decode(self.with_context(bin_size=False).data_file or b'')

    def _currency_codes(self):
        return set(self.env['res.currency'].search([('active', '=', True)]).mapped('name'))

    # -- actions ---------------------------------------------------------------------------------------------------------

    def action_detect(self):
        """Read the header and the first rows; fill the assignment of columns and the preview.

        :raises UserError: no file, or one that cannot be read
        """
        for record in self:
            record._check_not_running()
            record.column_ids.unlink()
            record._detect()

    def _detect(self, mapping=None):
        file = self._open_file(mapping)
        roles = {position: role for role, position in file.roles.items()}
        self.write({
            'state': 'mapped',
            'checksum': hashlib.sha256(self._raw_file()).hexdigest(),
            'sample': {'rows': file.sample[:SAMPLE_SIZE], 'writing': file.writing()},
            'column_ids': [fields.Command.create({
                'position': position, 'header': header,
                'example': next((cells[position] for _line, cells in file.sample[:200]
                                 if position < len(cells) and cells[position].strip()), ''),
                'role': roles.get(position, 'ignore'),
            }) for position, header in enumerate(file.header)],
        })

    def action_start(self):
        """Begin or go on in the background.

        :raises UserError: a column is missing, or the import runs already
        """
        for record in self:
            record._prepare_start()
        self.env.ref('crm_grading.crm_sales_import_cron').sudo()._trigger()  # sudo: only this cron is woken

    def _prepare_start(self):
        self._check_not_running()
        if not self.column_ids:
            self._detect()
        if missing := self._missing_labels():
            raise UserError(self.env._(
                "No column is assigned to: %s. Assign these columns, then start again.", ', '.join(missing)))
        self._sales_journal()
        if self.state == 'done':
            self.write({'phase': 'read', 'position': 0})
        self.write({'state': 'running', 'error': False})

    def action_pause(self):
        """Stop after the batch under way; starting goes on from there."""
        self.filtered(lambda record: record.state == 'running').state = 'paused'

    def action_view_documents(self):
        """Open the documents of the import journal."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'account.move', 'view_mode': 'list,form',
            'name': self.env._("Imported documents"), 'domain': [('journal_id', '=', self._sales_journal().id)],
        }

    def _check_not_running(self):
        if self.state == 'running':
            raise UserError(self.env._("The import %s is running already. Wait until it is done, or pause it.", self.name))

    @api.constrains('column_ids')
    def _check_roles(self):
        for record in self:
            roles = [column.role for column in record.column_ids if column.role != 'ignore']
            if len(roles) != len(set(roles)):
                raise ValidationError(self.env._("Two columns are assigned to the same meaning. Keep one and ignore the other."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        for record in self:
            record._check_not_running()
