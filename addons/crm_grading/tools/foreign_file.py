"""Bytes of a foreign file -> numbered rows of text cells, whatever wrote it.

The content decides what a file is, never its name: gzip, xlsx or delimited text in one of several encodings.
"""
import codecs
import csv
import datetime
import gzip
import io
import re
import zipfile
import zlib

GZIP_MAGIC = b'\x1f\x8b'
ZIP_MAGIC = b'PK\x03\x04'
OLE_MAGIC = b'\xd0\xcf\x11\xe0'
BOMS = (  # longest first: the UTF-32 mark starts with the UTF-16 one
    (codecs.BOM_UTF32_LE, 'utf-32'), (codecs.BOM_UTF32_BE, 'utf-32'),
    (codecs.BOM_UTF8, 'utf-8-sig'), (codecs.BOM_UTF16_LE, 'utf-16'), (codecs.BOM_UTF16_BE, 'utf-16'),
)
DELIMITERS = (',', ';', '\t', '|')
HIGH_RUN = re.compile(rb'[\x80-\xff]+')
GB_PAIRS = re.compile(rb'(?:[\xa1-\xf7][\xa1-\xfe])+\Z')
BIG5_PAIRS = re.compile(rb'(?:[\xa1-\xf9][\x40-\x7e\xa1-\xfe])+')
CONTROL = re.compile(rb'[\x00-\x08\x0e-\x1f\x7f]')
SAMPLE = 1 << 20
MAX_UNPACKED = 2 << 30
CHUNK = 1 << 20


class ForeignFileError(ValueError):
    """A file that cannot be read at all: `code` names the reason, `params` are the values its message needs."""

    def __init__(self, code, **params):
        super().__init__(code, params)
        self.code = code
        self.params = params


def unpack(raw):
    """Undo gzip if the content is gzip.

    >>> unpack(gzip.compress(b'a,b'))
    b'a,b'
    """
    if not raw:
        raise ForeignFileError('empty')
    if not raw.startswith(GZIP_MAGIC):
        return raw
    unpacked = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            # in pieces: a read of the limit at once would reserve the limit
            while piece := stream.read(CHUNK):
                unpacked += piece
                if len(unpacked) > MAX_UNPACKED:
                    raise ForeignFileError('too_big', limit='2 GB')
    except (OSError, EOFError, zlib.error) as error:
        raise ForeignFileError('broken_gzip') from error
    if not unpacked:
        raise ForeignFileError('empty')
    return bytes(unpacked)


def is_workbook(raw):
    """Whether the (unpacked) content is an Excel workbook; refuses what no reader here understands."""
    if raw.startswith(OLE_MAGIC):
        raise ForeignFileError('old_excel')
    if not raw.startswith(ZIP_MAGIC):
        return False
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except zipfile.BadZipFile as error:
        raise ForeignFileError('broken_sheet') from error
    if not any(part.filename == 'xl/workbook.xml' for part in parts):
        raise ForeignFileError('binary')
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise ForeignFileError('too_big', limit='2 GB')
    return True


def detect_encoding(raw):
    """Name the encoding of a text, looking at all of it (the first accent may come late).

    >>> [detect_encoding('商品,单价'.encode(code)) for code in ('utf-8', 'utf-16', 'gb18030', 'utf-8-sig')]
    ['utf-8', 'utf-16', 'gb18030', 'utf-8-sig']
    >>> detect_encoding('Café;Größe;12 £'.encode('cp1252'))
    'cp1252'
    """
    for bom, encoding in BOMS:
        if raw.startswith(bom):
            return encoding
    head = raw[:4096]
    if b'\x00' in head:
        return _utf16_without_bom(head)
    if len(CONTROL.findall(raw[:SAMPLE])) > len(raw[:SAMPLE]) // 500:
        raise ForeignFileError('binary')
    if _decodes(raw, 'utf-8'):
        return 'utf-8'
    runs = HIGH_RUN.findall(raw)
    high_bytes = sum(map(len, runs))
    in_pairs = sum(len(run) for run in runs if GB_PAIRS.match(run))
    if in_pairs >= 0.9 * high_bytes and _decodes(raw, 'gb18030'):
        return 'gb18030'
    if sum(map(len, BIG5_PAIRS.findall(raw))) >= 0.9 * high_bytes and len(max(runs, key=len)) > 2 and _decodes(raw, 'gb18030'):
        return 'gb18030'  # characters outside the common set have an ASCII second byte
    return 'cp1252' if _decodes(raw, 'cp1252') else 'iso8859-15'


def _decodes(raw, encoding):
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(raw)
    try:
        for start in range(0, len(raw), SAMPLE):
            decoder.decode(view[start:start + SAMPLE])
        decoder.decode(b'', final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_bom(head):
    """ASCII text in UTF-16 has a zero in every second byte; anything else with zeros is no text."""
    half = len(head) // 2
    if head[1::2].count(0) > 0.4 * half and not head[0::2].count(0):
        return 'utf-16-le'
    if head[0::2].count(0) > 0.4 * half and not head[1::2].count(0):
        return 'utf-16-be'
    raise ForeignFileError('binary')


def detect_delimiter(sample):
    r"""Choose the delimiter that cuts the lines of a text into the same number (> 1) of cells.

    >>> detect_delimiter('a;b;c\n"1;5";2,5;3\n')
    ';'
    >>> detect_delimiter('one column\n1\n')
    ','
    """
    lines = sample.splitlines()[:50]

    def regularity(delimiter):
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return (0, 0)
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) * usual if usual > 1 else 0, usual)

    return max(DELIMITERS, key=regularity)


def read_text(raw, encoding=None, delimiter=None):
    """Iterate over (line number in the file, cells) of a delimited text.

    :param bytes raw: content, not compressed
    :param str encoding: as Python names it; None = detect
    :param str delimiter: None = detect
    :raises ForeignFileError: when the text cannot be decoded or its quotation marks never close
    """
    encoding = encoding or detect_encoding(raw)
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ForeignFileError('unknown_encoding', encoding=encoding) from error
    if not delimiter:
        delimiter = detect_delimiter(raw[:SAMPLE // 8].decode(encoding, errors='ignore'))
    stream = io.TextIOWrapper(io.BytesIO(raw), encoding=encoding, newline='')
    rows = csv.reader(stream, delimiter=delimiter)
    try:
        while True:
            line = rows.line_num + 1
            cells = next(rows, None)
            if cells is None:
                return
            yield line, cells
    except UnicodeError as error:
        raise ForeignFileError('encoding', encoding=encoding, position=getattr(error, 'start', '?')) from error
    except csv.Error as error:
        raise ForeignFileError('quotes', line=rows.line_num) from error


def read_workbook(raw, sheet=None):
    """Iterate over (row number, cells as text) of one sheet of an Excel workbook.

    :param str sheet: name of the sheet; None = the active one
    """
    import openpyxl
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        page = book[sheet] if sheet else book.active
        page.reset_dimensions()  # some writers record a wrong size
        for number, cells in enumerate(page.iter_rows(values_only=True), 1):
            yield number, [cell_text(cell) for cell in cells]
    except ForeignFileError:
        raise
    except Exception as error:  # openpyxl raises anything on a damaged workbook
        raise ForeignFileError('broken_sheet') from error


def cell_text(value):
    """Write a cell of a workbook as the text that a CSV would hold.

    >>> cell_text(17850.0), cell_text(2.55), cell_text(None), cell_text(datetime.datetime(2011, 12, 9, 12, 50))
    ('17850', '2.55', '', '2011-12-09 12:50:00')
    """
    if value is None:
        return ''
    if isinstance(value, (datetime.datetime, datetime.date)):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def read_rows(raw, encoding=None, delimiter=None):
    """Iterate over (line number, cells) of a CSV, compressed CSV or Excel workbook.

    :param bytes raw: content of the file
    :raises ForeignFileError: when it is none of these or damaged
    """
    raw = unpack(raw)
    if is_workbook(raw):
        return read_workbook(raw)
    return read_text(raw, encoding, delimiter)
