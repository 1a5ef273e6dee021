"""Reading back the workbooks that we write."""
import io

from openpyxl import load_workbook

HEADER = 4   # the row of column titles on every sheet


def opened(content):
    """Return the openpyxl workbook of a file's content."""
    return load_workbook(io.BytesIO(content))


def table(sheet):
    """Return the rows below the header as dictionaries by column title."""
    titles = [cell.value for cell in sheet[HEADER] if cell.value]
    rows = sheet.iter_rows(min_row=HEADER + 1, max_col=len(titles), values_only=True)
    return [dict(zip(titles, row)) for row in rows if row[0] is not None]
