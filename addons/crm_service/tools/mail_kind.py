"""What sort of mail has come, told from its headers: from a person, or from a machine, and which.

Sources: RFC 3834 (automatic responses), RFC 3464 and 3798 (reports), RFC 2919 (lists), and what the common servers send.
"""
import re


def _signs(*rows):
    return [(name.lower(), re.compile(pattern, re.IGNORECASE), kind) for name, pattern, kind in rows]


# What machines say in a header: (header, pattern of its value, kind). The first that matches counts.
_SIGNS = _signs(
    ('Content-Type', r'\s*multipart/report', 'bounce'),
    ('Auto-Submitted', r'\s*auto-(replied|notified)', 'reply'),
    ('X-Autoreply', r'(?!\s*(no|false)\b)\s*\S', 'reply'),
    ('X-Autorespond', r'(?!\s*(no|false)\b)\s*\S', 'reply'),
    ('X-Autoreply-From', r'\s*\S', 'reply'),
    ('X-Mail-Autoreply', r'\s*\S', 'reply'),
    ('X-Autoresponder', r'\s*\S', 'reply'),
    ('Delivered-To', r'\s*autoresponder', 'reply'),
    ('Precedence', r'\s*auto[_-]?reply', 'reply'),
    ('Precedence', r'\s*(bulk|junk|list)', 'bulk'),
    ('Auto-Submitted', r'(?!\s*no\b)\s*\S', 'generated'),
    ('X-FC-MachineGenerated', r'\s*true', 'generated'),
)
# What makes an automatic answer out of place.
_SIGNS_QUIET = _signs(
    ('List-Id', r'\s*\S', 'list'),
    ('X-Auto-Response-Suppress', r'.*\b(all|oof|autoreply)\b', 'quiet'),
)
_AWAY = re.compile(r"""\s*(
    out\ of\ (the\ )?office | automatic\ reply | auto(mated)?[\s-]?(reply|response)\b | on\ vacation
    | away\ from\ (my\ )?(mail|office)
    | abwesenheitsnotiz | abwesend\b | automatische\ (antwort|r[üu]ckantwort)
    | r[ée]ponse\ automatique | absence\ du\ bureau | absent\ du\ bureau
    | 自动(回复|答复) | 自動(回覆|回復|答覆) | 不在办公室 | 外出自动
    )""", re.IGNORECASE | re.VERBOSE)
_DEAF = re.compile(
    r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten|mailer[-_.]?daemon|postmaster|bounces?|abuse"
    r"|listserv|majordomo|nobody|root|daemon|auto[-_.]?(reply|confirm|notify|responder)|notifications?)([-_.+=].*)?@", re.IGNORECASE)
_DAEMON = re.compile(r"^(mailer[-_.]?daemon|postmaster)([-_.+=].*)?@", re.IGNORECASE)

#: never made a ticket by themselves
MACHINES = ('bounce', 'reply', 'bulk', 'generated')
#: a person may be behind it, but an automatic answer is out of place
QUIET = (*MACHINES, 'list', 'quiet')


def kind_of(headers, sender='', subject=''):
    """Return what sort of machine sent a mail, None where a person did.

    :param headers: list of (name, value)
    :param sender: bare address of the sender
    :param subject: decoded subject
    :return: ``bounce`` (a delivery report), ``reply`` (out of office and the like), ``bulk``, ``generated`` (a form, a device, monitoring),
        ``list`` (through a mailing list), ``quiet`` (wants no automatic answer), or None

    >>> kind_of([('Auto-Submitted', 'auto-replied')]), kind_of([('AUTO-SUBMITTED', 'No')]), kind_of([('Precedence', 'bulk')])
    ('reply', None, 'bulk')
    >>> kind_of([('Content-Type', 'multipart/report; report-type=delivery-status')]), kind_of([], 'MAILER-DAEMON@x.example')
    ('bounce', 'bounce')
    >>> kind_of([('Return-Path', '<>')]), kind_of([('X-Auto-Response-Suppress', 'DR, OOF')])
    ('reply', 'quiet')
    >>> [kind_of([], subject=subject) for subject in ("Automatische Antwort: Pumpe", "自动回复: 水泵", "Office out of order")]
    ['reply', 'reply', None]
    """
    values = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)

    def said(signs):
        return next((kind for name, pattern, kind in signs if any(pattern.match(value) for value in values.get(name, ()))), None)
    if _DAEMON.match(sender or ''):
        return 'bounce'
    if found := said(_SIGNS):
        return found
    if any(value.strip() == '<>' for value in values.get('return-path', ())) or _AWAY.match(subject or ''):
        return 'reply'
    return said(_SIGNS_QUIET)


def is_deaf(address):
    """Return whether nobody reads what is sent to an address.

    >>> [is_deaf(address) for address in ('no-reply@x.example', 'NoReply+12@x.example', 'bounce-7@x.example', 'noreen@x.example', '')]
    [True, True, True, False, True]
    """
    return not address or bool(_DEAF.match(address))
