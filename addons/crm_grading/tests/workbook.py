"""Reading back the workbooks that we write."""
import io

from openpyxl import load_workbook

from odoo.tools import mute_logger

HEADER = 4   # the row of column titles on every sheet


def opened(content):
    """Return the openpyxl workbook of a file's content."""
    return load_workbook(io.BytesIO(content))


def table(sheet):
    """Return the rows below the header as dictionaries by column title."""
    titles = [cell.value for cell in sheet[HEADER] if cell.value]
    rows = sheet.iter_rows(min_row=HEADER + 1, max_col=len(titles), values_only=True)
    return [dict(zip(titles, row)) for row in rows if row[0] is not None]


def downloaded(case, wizard, owner, stranger):
    """Return the workbook that a wizard offers its owner; nobody else gets it, not even by its address.

    :param case: a ``HttpCase``
    :param owner, stranger: users whose password is their sign-in
    """
    case.env.flush_all()
    url = wizard.action_download()['url']
    case.authenticate(owner.login, owner.login)
    answer = case.url_open(url)
    case.assertEqual(answer.status_code, 200)
    case.assertIn('.xlsx', answer.headers['Content-Disposition'])
    case.authenticate(stranger.login, stranger.login)
    with mute_logger('odoo.http'):
        case.assertEqual(case.url_open(url).status_code, 404)
    return opened(answer.content)
