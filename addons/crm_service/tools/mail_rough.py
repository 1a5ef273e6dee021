"""The plain reading of a mail that cannot be read by the rules: what is there, whatever else is broken."""
import email
import email.policy
import html
import re
from email.header import decode_header
from email.utils import getaddresses

from .mail_text import tidy

RECIPIENTS = ('Delivered-To', 'X-Original-To', 'Envelope-To', 'To', 'Cc', 'Resent-To', 'Resent-Cc')
_MAX_HEADERS = 20_000   # characters that are shown
_MAX_TEXT = 200_000
_TAGS = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def decoded(value):
    """Return the text of a header, whatever its charset is said to be.

    >>> decoded("=?utf-8?q?J=C3=B6rg?= <j@x.example>"), decoded("=?unknown-8?b?YWJj?="), decoded(None)
    ('Jörg <j@x.example>', 'abc', '')
    """
    if not value:
        return ''
    try:
        parts = decode_header(str(value))
    except Exception:  # noqa: BLE001 as it stands, then
        return tidy(str(value))
    return tidy(''.join(part if isinstance(part, str) else _text(part, charset) for part, charset in parts))


def _text(data, charset=None):
    for name in (charset, 'utf-8', 'gb18030'):
        try:
            return data.decode(name) if name else data.decode()
        except (LookupError, ValueError):
            continue
    return data.decode('latin-1')


def parsed(raw):
    """Return a mail from its bytes by the oldest and most patient rules."""
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def headers_of(message):
    """Return the headers of a mail as list of (name, text)."""
    try:
        return [(str(name), decoded(value)) for name, value in message.raw_items()]
    except Exception:  # noqa: BLE001 not even a head
        return []


def shown(headers):
    """Return headers as text to be looked at."""
    return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in headers)[:_MAX_HEADERS]


def addresses(headers, names):
    """Return the bare addresses in some headers, in lower case, in the order of ``names``.

    >>> addresses([('To', 'Us <us@our.example>, "x" <bad'), ('CC', 'b@x.example')], ('Cc', 'To'))
    ['b@x.example', 'us@our.example']
    """
    wanted = [value for name in names for key, value in headers if key.lower() == name.lower()]
    return list(dict.fromkeys(address.lower().rstrip('.') for value in wanted for address in _ADDRESS.findall(value)))


def first(headers, name):
    return next((value for key, value in headers if key.lower() == name.lower()), '')


def text_of(message):
    """Return the readable text of a mail, of its first part that has any.

    >>> text_of(parsed(b"Content-Type: text/html; charset=nonsense\\n\\n<p>Hi &amp; <script>x()</script>bye</p>"))
    'Hi & bye'
    """
    for part in message.walk():
        try:
            text = _readable(part)
        except Exception:  # noqa: BLE001, S112 a broken part: the next, then
            continue
        if text:
            return text[:_MAX_TEXT]
    return ''


def _readable(part):
    if part.get_content_maintype() != 'text' or part.get_filename():
        return ''
    text = tidy(_text(part.get_payload(decode=True) or b'', part.get_content_charset()))
    if part.get_content_subtype() == 'html':
        text = html.unescape(_TAGS.sub('', text))
    return text.strip()


def sender_of(headers):
    """Return (name, bare address) of whom a mail is from; empty where it does not say.

    >>> sender_of([('From', 'Ann Bee <ANN@x.example>')]), sender_of([('From', 'nobody')])
    (('Ann Bee', 'ann@x.example'), ('', ''))
    """
    value = ' '.join(first(headers, 'From').split())
    for name, address in getaddresses([value]):
        if _ADDRESS.fullmatch(address):
            return name, address.lower()
    found = _ADDRESS.search(value)
    return ('', found[0].lower()) if found else ('', '')
