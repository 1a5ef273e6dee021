from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.foreign_file import ForeignFileError
from ..tools.foreign_table import ForeignTable


class CrmForeignFile(models.AbstractModel):
    """What importers of files share: reading one, and saying what is wrong with it in the user's language."""
    _name = 'crm.foreign.file'
    _description = "Foreign File"

    @api.model
    def _file_content(self, path):
        """Return the bytes of a file of this machine.

        :raise UserError: where it cannot be read
        """
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise UserError(self.env._("%(path)s cannot be read: %(reason)s", path=path, reason=error.strerror)) from error

    @api.model
    def _file_rows(self, raw, columns, convert, key=None, **options):
        """Return what a function makes of each row of a file.

        :param bytes raw: a .csv, .csv.gz or .xlsx
        :param columns: those that it has to have
        :param convert: called with a :class:`..tools.foreign_table.Row`
        :param key: column whose values may stand there only once
        :param options: of :class:`..tools.foreign_table.ForeignTable`
        :raise UserError: where it cannot be used, with all that is to be corrected
        """
        try:
            return ForeignTable(raw, columns, **options).collect(convert, key)
        except ForeignFileError as error:
            raise UserError(self._file_error_text(error)) from error

    @api.model
    def _file_error_text(self, error):
        """The message of a `ForeignFileError`.

        :returns: what is wrong and what to do about it
        """
        if error.code == 'rows':
            return '\n'.join([
                *(self._row_error_text(problem) for problem in error.params['problems']), self.env._("Correct it, and start again.")])
        return {
            'empty': self.env._("The file is empty. Choose a file with a header line and at least one row."),
            'broken_gzip': self.env._("The compressed file is damaged. Export or download it again."),
            'too_big': self.env._("The unpacked file is larger than %(limit)s. Split it into several files."),
            'too_many': self.env._("The file has more than %(count)s rows. Import it in parts."),
            'old_excel': self.env._("This is an old Excel file (.xls). Save it as .xlsx or CSV and upload it again."),
            'broken_sheet': self.env._("The Excel file cannot be opened. Save it again as .xlsx or CSV."),
            'binary': self.env._("This is neither a text file nor an Excel workbook. Upload a .csv, .csv.gz or .xlsx file."),
            'encoding': self.env._(
                "The file is damaged, or not written in %(encoding)s (byte %(position)s). Save it again as CSV in UTF-8."),
            'quotes': self.env._("The quotation marks do not match near line %(line)s. Correct that line and upload the file again."),
            'columns': self.env._("The file has no column: %(columns)s. Add it, and start again."),
        }[error.code] % error.params

    @api.model
    def _row_error_text(self, problem):
        return {
            'value': self.env._("Line %(line)s: “%(value)s” is no value for %(column)s."),
            'twice': self.env._("Line %(line)s: %(column)s %(value)s is in line %(first)s already."),
        }[problem.code] % problem.params
