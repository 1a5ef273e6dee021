"""Words of a mail: its subject without what mail programs add, numbers in it, and text that a database takes."""
import re
import unicodedata

_PREFIX = re.compile(
    r"""\s*(?:(?:re|aw|sv|antw|rép|rep|ref|fw|fwd|wg|tr|wtr|doorst|回复|答复|回覆|轉寄|转发|轉發|答覆)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*)+""",
    re.IGNORECASE)
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]*\d")
_LONE = re.compile('[\ud800-\udfff]')
_MAX_NUMBERS = 10


def tidy(text):
    """Return text as the database takes it: without NUL and without halves of characters.

    >>> tidy('a\\x00b\\udc80c'), tidy(None)
    ('ab\ufffdc', None)
    """
    return _LONE.sub('\ufffd', text.replace('\x00', '')) if isinstance(text, str) else text


def line(text, length=250):
    r"""Return text in one line: nothing in it can start a header or hide a direction of writing.

    >>> line("Pump\r\nBcc: all@x.example\t leaks"), line("abcdef", 4)
    ('Pump Bcc: all@x.example leaks', 'abc…')
    """
    text = ''.join(
        ' ' if character.isspace() or unicodedata.category(character) in ('Cc', 'Cf') and character != '\u200d' else character
        for character in tidy(text or ''))
    text = ' '.join(text.split())
    return text if len(text) <= length else text[:length - 1] + '…'


def clean_subject(subject, number=''):
    """Return a subject without prefixes of answers and forwards, and without the number of a ticket.

    >>> clean_subject("Re: AW: Fwd: [T2026-00001] The pump"), clean_subject("回复：转发: 水泵"), clean_subject("Re[2]: Regarding")
    ('[T2026-00001] The pump', '水泵', 'Regarding')
    >>> clean_subject("Re: [T2026-00001] AW: The pump", 'T2026-00001'), clean_subject("Re:"), clean_subject("Report: pump")
    ('The pump', '', 'Report: pump')
    """
    subject = line(subject)
    if number:
        subject = subject.replace(f'[{number}]', '').replace(number, '')
        subject = _PREFIX.sub('', subject.strip(), count=1) if _PREFIX.match(subject) else subject.strip()
    while found := _PREFIX.match(subject):
        subject = subject[found.end():]
    return subject.strip()


def numbers(subject):
    """Return what in a subject may be the number of a ticket: at most ten, those in brackets first.

    >>> numbers("Re: order 4711, see [T2026-00001]."), numbers("Hello")
    (['T2026-00001', '4711'], [])
    """
    subject = line(subject)
    bracketed = [word for part in re.findall(r"\[([^\[\]]*)\]", subject) for word in _NUMBER.findall(part)]
    return list(dict.fromkeys(bracketed + _NUMBER.findall(subject)))[:_MAX_NUMBERS]
