"""What people we do not know type, made harmless before it goes anywhere.

Line ends would end the header of a mail, NUL ends a text of PostgreSQL, and marks that turn the direction of writing make a name read
as another one.
"""
import re
from decimal import Decimal, InvalidOperation

TURNS = '\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069'
BREAKS = re.compile(f'[\x00-\x1f\x7f-\x9f{TURNS}\\s]+')
HIDDEN = re.compile(f'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{TURNS}]')


def one_line(text, limit):
    """Return text as a single line of at most ``limit`` characters.

    >>> one_line("  Pump\\r\\nBcc: all@example.com\\x00 ", 200)
    'Pump Bcc: all@example.com'
    >>> one_line("\u202etxt.exe", 200), one_line("abcdef", 3), one_line(None, 5)
    ('txt.exe', 'abc', '')
    """
    return BREAKS.sub(' ', str(text or '')).strip()[:limit].strip()


def lines(text, limit):
    """Return text of at most ``limit`` characters, with its line ends and without signs that are not seen.

    >>> lines(" one\\r\\ntwo\\x00 ", 20)
    'one\\ntwo'
    """
    return HIDDEN.sub('', str(text or '').replace('\r\n', '\n').replace('\r', '\n')).strip()[:limit]


def number(text):
    """Return a number as it is kept, None where the text is none.

    >>> number("12,5"), number(" -3 "), number("1e400"), number("nan"), number("1 000")
    ('12.5', '-3', None, None, None)
    """
    text = str(text or '').strip().replace(',', '.')
    if len(text) > 30 or 'e' in text.lower():
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return str(found) if found.is_finite() else None


def file_name(name, limit=120):
    """Return the name of a file without its path, its ending kept where it is too long.

    >>> file_name("../../etc/passwd"), file_name("C:\\\\temp\\\\a\\r\\nb.pdf"), file_name(""), file_name("x" * 20 + ".pdf", 10)
    ('passwd', 'a b.pdf', 'file', 'xxxxxx.pdf')
    """
    name = one_line(re.split(r'[/\\]', str(name or ''))[-1], 1000).strip('. ') or 'file'
    if len(name) <= limit:
        return name
    stem, dot, ending = name.rpartition('.')
    return f"{stem[:limit - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else name[:limit]
