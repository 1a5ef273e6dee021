"""Who really wrote a mail that somebody else forwarded: the heads of mails that programs quote in a forward."""
import re
from email.header import decode_header, make_header
from email.utils import parseaddr

# what the lines of a quoted head are called, in English, German, French and Chinese
_FROM = r"from|von|de|exp[ée]diteur|发件人|寄件者|寄件人|发信人"
_OTHER = (
    r"sent|date|to|subject|cc|gesendet|datum|an|betreff|kopie|envoy[ée](?:\s+le)?|à|a|objet|发送时间|发送日期|日期|时间|收件人|主题|主旨|抄送|"
    r"寄件日期|傳送時間|收件者|副本")
_MARK = r"[>\s|*_]*"
_LINE_FROM = re.compile(rf"^{_MARK}(?:{_FROM})\s*[*_]*\s*[:：][*_\s]*(?P<value>.*)$", re.IGNORECASE)
_LINE_OTHER = re.compile(rf"^{_MARK}(?:{_OTHER})\s*[*_]*\s*[:：]", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_BLOCK = re.compile(r"</?(?:div|p|tr|li|table|blockquote|pre|h[1-6])\b[^<>]*>", re.IGNORECASE)
_NEAR = 8          # lines in which a head must go on
_MAX_LINES = 2000  # of a text that is looked through


def broken_up(markup):
    """Return HTML in which each block begins a line, for a reader that knows only line breaks.

    >>> broken_up("<div>a</div><p class='x'>b</p>c")
    '<br/>a<br/><br/>b<br/>c'
    """
    return _BLOCK.sub("<br/>", markup or '')


def senders_in_text(text):
    """Return the senders of the mails that a text quotes, from the top: list of (name, address).

    A line “From: …” counts only where a line like “Sent: …” or “Subject: …” is near it.

    >>> senders_in_text("Please help.\\n\\n-----Original Message-----\\nFrom: Ann Bee <ann@x.example>\\nSent: Monday\\nSubject: Pump")
    [('Ann Bee', 'ann@x.example')]
    >>> senders_in_text("> Von: Ann [mailto:ann@x.example]\\n> Gesendet: Montag\\n> An: uns")
    [('Ann', 'ann@x.example')]
    >>> senders_in_text("*De :* ann@x.example\\n*Envoyé :* lundi\\nObjet : Pompe")
    [('', 'ann@x.example')]
    >>> senders_in_text("发件人：李雷 <li@x.example>\\n主题：水泵")
    [('李雷', 'li@x.example')]
    >>> senders_in_text("From: 10 to 12 o'clock\\nask ann@x.example"), senders_in_text("From: Ann\\nSubject: none")
    ([], [])
    """
    lines = text.splitlines()[:_MAX_LINES]
    found = []
    for index, current in enumerate(lines):
        head = _LINE_FROM.match(current)
        if not head or not any(_LINE_OTHER.match(other) for other in lines[max(0, index - 3):index + _NEAR] if other is not current):
            continue
        value = head['value'].strip()
        if not _ADDRESS.search(value) and index + 1 < len(lines) and not _LINE_OTHER.match(lines[index + 1]):
            value = f"{value} {lines[index + 1].strip(' >|')}"   # a long line has been folded
        address = _ADDRESS.search(value)
        if address:
            name = re.sub(r"[<\[(]?\s*(mailto:)?$", '', value[:address.start()]).strip(' "\'<[(*_')
            found.append((name, address[0].lower()))
    return list(dict.fromkeys(found))


def senders_attached(message):
    """Return the senders of the mails that are attached to a mail: list of (name, address, Message-Id).

    >>> import email
    >>> senders_attached(email.message_from_string('''Content-Type: message/rfc822
    ...
    ... From: =?utf-8?q?J=C3=B6rg?= <j@x.example>
    ... Message-Id: <1@x.example>
    ...
    ... Hello'''))
    [('Jörg', 'j@x.example', '<1@x.example>')]
    """
    found = []
    for part in message.walk():
        if part.get_content_type() != 'message/rfc822' or not part.is_multipart():
            continue
        inner = part.get_payload(0)
        try:
            name, address = parseaddr(str(make_header(decode_header(str(inner.get('From') or '')))))
            identity = str(inner.get('Message-Id') or '').strip()
        except Exception:  # noqa: BLE001, S112 a broken head: there may be another
            continue
        if _ADDRESS.fullmatch(address or ''):
            found.append((name, address.lower(), identity))
    return found
