"""Numbers and dates as people write them. The way of writing is decided once per file, by evidence."""
import datetime
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from itertools import pairwise

PLAIN_NUMBER = re.compile(r'-?\d+(?:\.\d+)?\Z')
SCIENTIFIC = re.compile(r'[+-]?\d+(?:\.\d+)?[eE][+-]?\d+\Z')
CURRENCY = re.compile(
    r'US\$|[$£€¥₹₩元圆]|(?:RMB|CNY|USD|EUR|GBP|JPY|CHF|SEK|NOK|DKK|PLN|INR|AUD|CAD|HKD|TWD|SGD|KRW|BRL|ZAR|kr\.?)(?![a-z])',
    re.IGNORECASE)
SPACES = re.compile(r"[\s\u00a0\u202f'\u2019]")
GROUPED = {
    '.': re.compile(r'(\d{1,3}(?:,\d{2,3})*,\d{3}|\d*)(?:\.(\d*))?\Z'),
    ',': re.compile(r'(\d{1,3}(?:\.\d{2,3})*\.\d{3}|\d*)(?:,(\d*))?\Z'),
}
YEAR_FIRST = re.compile(r'(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?\Z')
YEAR_LAST = re.compile(r'(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T\s,].*)?\Z')
COMPACT = re.compile(r'(\d{4})(\d{2})(\d{2})(?:[T\s]\d.*)?\Z')
NAMED_MONTH = re.compile(r'(\d{1,2})[-/. ]([A-Za-z]{3,9})\.?[-/., ]+(\d{4}|\d{2})(?:[T\s].*)?\Z')
MONTH_NAMED = re.compile(r'([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?:[T\s].*)?\Z')
SERIAL = re.compile(r'(\d{5})(?:\.\d+)?\Z')
MONTHS = {
    'jan': 1, 'feb': 2, 'mar': 3, 'apr': 4, 'may': 5, 'jun': 6, 'jul': 7, 'aug': 8, 'sep': 9, 'oct': 10, 'nov': 11, 'dec': 12}
EXCEL_EPOCH = datetime.date(1899, 12, 30)
PIVOT = 70


def tidy(text):
    """Full-width digits and signs as ASCII, without surrounding blanks."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize('NFKC', text).replace('\u2212', '-').strip()


def _bare(text):
    """A number without blanks, currency sign and sign, and whether it was negative."""
    text = SPACES.sub('', CURRENCY.sub('', tidy(text)))
    negative = text.startswith('(') and text.endswith(')')
    text = text.strip('()') if negative else text
    if text.endswith('-') or text.startswith('-'):
        return text.strip('-'), True
    return text.removeprefix('+'), negative


def decimal_mark(samples):
    """Decide which sign separates the decimals in a file.

    >>> decimal_mark(['1.234,56', '7']), decimal_mark(['1,234', '12.5']), decimal_mark(['1,234']), decimal_mark(['2,5'])
    (',', '.', '.', ',')
    """
    votes = {'.': 0, ',': 0}
    for sample in samples:
        text, _negative = _bare(sample)
        last = max(text.rfind('.'), text.rfind(','))
        if last < 0:
            continue
        mark, other = text[last], ',' if text[last] == '.' else '.'
        if text.count(mark) > 1:
            votes[other] += 1
        elif other in text or len(text) - last != 4 or text[:last] in ('', '0'):
            votes[mark] += 1
    return ',' if votes[','] > votes['.'] else '.'


def parse_number(text, mark='.'):
    """Read a number.

    >>> parse_number('1.234,50 €', ','), parse_number('(3.50)'), parse_number('£1,234.5'), parse_number('12-')
    (Decimal('1234.50'), Decimal('-3.50'), Decimal('1234.5'), Decimal('-12'))
    >>> parse_number('2,5')
    Traceback (most recent call last):
    ValueError: 2,5

    :param str mark: decimal mark, '.' or ','
    :raises ValueError: when the text is no number in this way of writing
    """
    if mark == '.' and PLAIN_NUMBER.match(text):
        return Decimal(text)
    bare, negative = _bare(text)
    if SCIENTIFIC.match(tidy(text)):
        return Decimal(tidy(text))
    match = GROUPED[mark].match(bare)
    if not match or not (match[1] or match[2]):
        raise ValueError(text)
    digits = match[1].replace(',', '').replace('.', '') or '0'
    try:
        number = Decimal(f'{digits}.{match[2] or 0}' if match[2] else digits)
    except InvalidOperation as error:
        raise ValueError(text) from error
    return -number if negative else number


def date_order(samples):
    """Decide in which order day, month and year are written.

    Year first when there are such dates and none with the year last. Of these, evidence is a first or second number above
    12. Without any, a history is in order of time and dense, so the reading with fewer steps back, then with the shorter
    span wins; day first when even that says nothing.

    >>> date_order(['1/2/2011', '13/2/2011']), date_order(['12/1/2010', '12/25/2010'])
    (('dmy', True), ('mdy', True))
    >>> date_order(['01/02/2011', '01/03/2011', '02/01/2011'])
    ('mdy', False)
    >>> date_order(['2011-02-01', '20110301']), date_order(['2011-02-01', '13/2/2011']), date_order(['n/a'])
    (('ymd', True), ('dmy', True), ('dmy', True))

    :returns: ('dmy', 'mdy' or 'ymd', whether the file proves it)
    """
    pairs, year_first = [], False
    for sample in map(tidy, samples):
        if match := YEAR_LAST.match(sample):
            pairs.append((int(match[3]), int(match[1]), int(match[2])))
        else:
            year_first = year_first or bool(YEAR_FIRST.match(sample) or COMPACT.match(sample))
    if year_first and not pairs:
        return 'ymd', True
    day_first = sum(first > 12 for _year, first, _second in pairs)
    month_first = sum(second > 12 for _year, _first, second in pairs)
    if day_first or month_first:
        return ('mdy' if month_first > day_first else 'dmy'), True
    by_day = _disorder([(year, second, first) for year, first, second in pairs])
    by_month = _disorder(pairs)
    return ('mdy' if by_month < by_day else 'dmy'), not pairs


def _disorder(days):
    """How little days look like a history: steps back in time, then the time from the first to the last one."""
    if not days:
        return 0, 0
    steps_back = sum(later < earlier for earlier, later in pairwise(days))
    (year, month, day), (last_year, last_month, last_day) = min(days), max(days)
    return steps_back, (last_year - year) * 372 + (last_month - month) * 31 + last_day - day


def parse_date(text, order='dmy'):
    """Read the calendar day of a date or timestamp exactly as written (no time zone is applied).

    >>> [str(parse_date(text)) for text in ('2011-12-09 12:50:00', '9/12/2011 12:50', '2011年12月9日', '20111209', '40886')]
    ['2011-12-09', '2011-12-09', '2011-12-09', '2011-12-09', '2011-12-09']
    >>> str(parse_date('12/9/2011', 'mdy')), str(parse_date('9-Dec-11')), str(parse_date('11-12-09', 'ymd'))
    ('2011-12-09', '2011-12-09', '2011-12-09')

    :param str order: 'dmy', 'mdy' or 'ymd', for dates in three numbers of which the first is no year in full
    :raises ValueError: when it is no date, or one with the year last where the year goes first
    """
    text = tidy(text)
    if match := YEAR_FIRST.match(text):
        return datetime.date(int(match[1]), int(match[2]), int(match[3]))
    if match := YEAR_LAST.match(text):
        return _short_date(match, order)
    if match := COMPACT.match(text):
        return datetime.date(int(match[1]), int(match[2]), int(match[3]))
    if match := NAMED_MONTH.match(text):
        return datetime.date(_full_year(match[3]), _month(match[2]), int(match[1]))
    if match := MONTH_NAMED.match(text):
        return datetime.date(int(match[3]), _month(match[1]), int(match[2]))
    if match := SERIAL.match(text):
        return EXCEL_EPOCH + datetime.timedelta(days=int(match[1]))
    raise ValueError(text)


def _short_date(match, order):
    first, second, third = match.groups()
    if order == 'ymd':
        if len(third) == 4 or len(first) == 1:
            raise ValueError(match[0])
        return datetime.date(_full_year(first), int(second), int(third))
    day, month = (int(first), int(second)) if order == 'dmy' else (int(second), int(first))
    return datetime.date(_full_year(third), month, day)


def _full_year(text):
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= PIVOT else 2000)


def _month(name):
    number = MONTHS.get(name[:3].lower())
    if not number:
        raise ValueError(name)
    return number
