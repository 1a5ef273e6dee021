"""Odd mail: made by rules, mutated from a seed, and what ships with Python's own tests where it is there."""
import importlib.util
import pathlib
import random

_HEAD = (
    b"From: Odd <odd{n}@odd.example.com>\r\nTo: x@odd.example.com\r\nSubject: Odd {n}\r\nMessage-Id: <odd{n}@odd.example.com>\r\n"
    b"Date: Mon, 15 Jun 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n")
_MIXED = b"Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"


def _made():
    """Yield (name, bytes with {n} for a number) of one mail for each oddity."""
    def plain(name, headers=b'', body=b"Hello", head=_HEAD):
        return name, head + headers + (b'' if headers.endswith(b'\r\n\r\n') else b"\r\n") + body
    inner = b"Content-Type: message/rfc822\r\n\r\n"
    yield plain('plain')
    yield plain('empty body', body=b'')
    yield 'nothing', b''
    yield 'only a newline', b'\r\n'
    yield 'no header', b'Just text without any header\r\nand {n} more'
    yield 'binary', bytes(range(256)) * 8 + b'{n}'
    yield plain('no from', head=_HEAD.replace(b"From: Odd <odd{n}@odd.example.com>\r\n", b''))
    yield plain('no subject, no identity', head=b"From: odd{n}@odd.example.com\r\n")
    yield plain('from is no address', head=_HEAD.replace(b"Odd <odd{n}@odd.example.com>", b"somebody"))
    yield plain('from is broken', head=_HEAD.replace(b"Odd <odd{n}@odd.example.com>", b'"Odd <odd{n}@odd, <>@,;:<<'))
    yield plain('several from', head=_HEAD.replace(b"Odd <", b"a@x.example, b@x.example, Odd <"))
    yield plain('group in to', b"Cc: undisclosed-recipients:;\r\nBcc: a: b@x.example, c;\r\n")
    yield plain('charset lies', b"Content-Type: text/plain; charset=us-ascii\r\n", "Grüße 你好".encode())
    yield plain('charset unknown', b"Content-Type: text/plain; charset=no-such-charset\r\n", b"Hello \xff")
    yield plain('charset says utf-8, is latin',
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", b"Gr\xfc\xdfe")
    yield plain('charset with quotes', b"Content-Type: text/plain; charset='utf-8'; x=\"\r\n")
    yield plain('utf-16', b"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n", b"//5IAGkA")
    yield plain('utf-7', b"Content-Type: text/plain; charset=utf-7\r\n", b"+AGgAaQ-")
    yield plain('codec that is no charset', b"Content-Type: text/plain; charset=base64_codec\r\n")
    yield plain('rot13', b"Content-Type: text/html; charset=rot13\r\n", b"<p>uv</p>")
    yield plain('8-bit headers', b"X-Name: \xe4\xf6\xfc\r\n", head=_HEAD.replace(b"Subject: Odd", b"Subject: \xc3\x28 \xe4\xf6 Odd"))
    yield plain('8-bit from', head=_HEAD.replace(b"From: Odd", b"From: \xd6dd"))
    yield plain('encoded words broken', head=_HEAD.replace(b"Subject: Odd", b"Subject: =?utf-8?b?4p?= =?x?q?=C3=28?= =?utf-8?z?a?= Odd"))
    yield plain('encoded word hides lines', head=_HEAD.replace(b"Subject: Odd",
        b"Subject: =?utf-8?q?a=0D=0ABcc:_all=40x.example=0D=0A?= Odd"))
    yield plain('encoded word hides nul', head=_HEAD.replace(b"Subject: Odd", b"Subject: =?utf-8?q?a=00b?= Odd"))
    yield plain('identity twice', b"Message-Id: <other@x.example>\r\n")
    yield plain('identity empty', head=_HEAD.replace(b"<odd{n}@odd.example.com>\r\nDate", b"\r\nDate"))
    yield plain('identity broken', head=_HEAD.replace(b"<odd{n}@odd.example.com>\r\nDate", b"<<@>[odd {n}\r\nDate"))
    yield plain('references without end', b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(3000)) + b"\r\n")
    yield plain('references broken', b"References: <<>> ,,, \x00 <a\r\nIn-Reply-To: \xff\r\n")
    yield plain('huge header', b"X-Huge: " + b"x" * 500_000 + b"\r\n")
    yield plain('many headers', b"".join(b"X-H%d: %d\r\n" % (n, n) for n in range(3000)))
    yield plain('huge subject', head=_HEAD.replace(b"Subject: Odd", b"Subject: " + b"Odd " * 20_000))
    yield plain('many recipients', b"Cc: " + b", ".join(b"p%d@x.example" % n for n in range(2000)) + b"\r\n")
    yield plain('long line', body=b"x" * 2_000_000)
    yield plain('nul bytes', body=b"a\x00b\x00{n}", head=_HEAD.replace(b"Subject: Odd", b"Subject: O\x00dd"))
    yield plain('lone surrogate', b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
        b"\xed\xa0\x80 \xf0\x28")
    for number, date in enumerate((b"yesterday", b"Mon, 99 Foo 0000 99:99:99 +9999", b"Fri, 31 Dec 9999 23:59:59 -1200", b"",
        b"\xff\x00", b"1e999")):
        yield plain(f'bad date {number}', head=_HEAD.replace(b"Mon, 15 Jun 2026 12:00:00 +0000", date))
    yield plain('base64 broken', b"Content-Transfer-Encoding: base64\r\n", b"!!!not base64===\xff")
    yield plain('quoted-printable broken', b"Content-Transfer-Encoding: quoted-printable\r\n", b"a =ZZ = =\r\n=")
    yield plain('uuencode broken', b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 644 a\r\nM!!\r\n")
    yield plain('encoding unknown', b"Content-Transfer-Encoding: x-own\r\n")
    yield plain('type broken', b"Content-Type: text\r\n")
    yield plain('type empty', b"Content-Type:\r\n")
    yield plain('type odd', b"Content-Type: */*; charset\r\nContent-Disposition: ;;;=\r\n")
    yield plain('multipart without boundary', b"Content-Type: multipart/mixed\r\n")
    yield plain('multipart without parts', _MIXED)
    yield plain('multipart without end', _MIXED, b"--b\r\nContent-Type: text/plain\r\n\r\nHello")
    yield plain('multipart as base64', b"Content-Transfer-Encoding: base64\r\n" + _MIXED, b"--b\r\n\r\nHello\r\n--b--")
    yield plain('alternative empty', b"Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n",
        b"--b\r\nContent-Type: text/html\r\n\r\n\r\n--b--")
    yield plain('nested deep', b"".join(b"Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n" % (n,
        n) for n in range(60)), b"\r\nHello")
    yield plain('rfc822 nested', b'', inner * 20 + b"From: in@x.example\r\n\r\nHello", head=_HEAD[:-2] + b"\r\n" + inner)
    yield plain('rfc822 as base64', _MIXED, b"--b\r\nContent-Transfer-Encoding: base64\r\n" + inner + b"RnJvbTogYQ0KDQpi\r\n--b--")
    yield plain('rfc822 empty', _MIXED, b"--b\r\n" + inner + b"--b--")
    yield plain('delivery status alone', b"Content-Type: message/delivery-status\r\n", b"Status: 5.1.1\r\n")
    yield plain('report without parts', b"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n")
    yield plain('report broken', b"Content-Type: multipart/report; boundary=\"b\"\r\n\r\n",
                b"--b\r\nContent-Type: message/rfc822\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nx\r\n--b--")
    yield plain('external body', b"Content-Type: message/external-body; access-type=local-file\r\n", b"Content-Type: text/plain\r\n\r\n")
    yield plain('partial', b"Content-Type: message/partial; number=1; total=9; id=\"x\"\r\n", b"Hello")
    yield plain('tnef', _MIXED,
        b"--b\r\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+Ig==\r\n--b--")
    yield plain('file names', _MIXED, b"".join(
        b"--b\r\nContent-Type: application/x; name=" + name + b"\r\nContent-Disposition: attachment; filename=" + name + b"\r\n\r\nx\r\n"
        for name in (b'"../../etc/passwd"', b'"a\x00b"', b'"\xff\xfe"', b'""', b'"' + b"n" * 3000 + b'"', b"=?utf-8?b?4p?=",
            b'"<script>x</script>.html"'))
        + b"--b--")
    yield plain('file name in parts', _MIXED,
        b"--b\r\nContent-Disposition: attachment; filename*0*=utf-8''%ff; filename*2=x; filename*=no''%e4\r\n\r\nx\r\n--b--")
    yield plain('same picture twice', _MIXED, b"--b\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:a\"><img src='cid:'>\r\n" + 2 * (
        b"--b\r\nContent-Type: image/png; name=a.png\r\nContent-Id: <a>\r\n\r\nx\r\n") + b"--b--")
    yield plain('html broken', b"Content-Type: text/html\r\n",
        b"<html><body><div><p <a href='<<' <!-- <![CDATA[ \x00 <script>" + b"<div>" * 2000)
    yield plain('html empty', b"Content-Type: text/html\r\n", b"<!-- -->")
    yield plain('html declares charset', b"Content-Type: text/html; charset=utf-8\r\n", b"<?xml version='1.0' encoding='utf-16'?><p>Hi</p>")
    yield plain('calendar', b"Content-Type: text/calendar; method=REQUEST\r\n", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR")
    yield plain('lines end in cr', body=b"a\rb\rc\r", head=_HEAD.replace(b"\r\n", b"\n"))
    yield 'mbox line first', b"From odd@x Mon Jun 15 12:00:00 2026\r\n" + _HEAD + b"\r\nHello"
    yield plain('header without colon', b"This is no header\r\nX-After: 1\r\n")
    yield plain('folded nothing', b"X-Empty:\r\n \r\n\t\r\n", head=_HEAD.replace(b"Subject: Odd", b"Subject:\r\n Odd\r\n \t"))
    yield plain('numbers in subject', head=_HEAD.replace(b"Subject: Odd", b"Subject: [T2026-00001] " + b"A1 " * 300))


def made():
    """Return (name, bytes) of one mail for each oddity; no two alike."""
    return [(name, raw.replace(b'{n}', b'%d' % number)) for number, (name, raw) in enumerate(_made(), 1)]


def shipped():
    """Return (name, bytes) of the odd mail in the tests of the Python that runs; none where these are not installed (Debian)."""
    try:
        spec = importlib.util.find_spec('test.test_email')
    except ModuleNotFoundError:
        spec = None
    if not spec:
        return []
    folder = pathlib.Path(spec.origin).parent / 'data'
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob('*.txt'))]


def mutated(mails, count, seed=20260615):
    """Return ``count`` mails with random damage: bytes cut, doubled, swapped or overwritten, lines moved, two mails spliced."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        name, raw = dice.choice(mails)
        data = bytearray(raw[:20_000])
        for _time in range(dice.randint(1, 6)):
            _damage(dice, data, mails)
        found.append((f'{name} mutated {number}', bytes(data)))
    return found


def _damage(dice, data, mails):
    at = dice.randint(0, len(data))
    length = dice.choice((1, 2, 8, 64, 400))
    kind = dice.randrange(6)
    if kind == 0:
        del data[at:at + length]
    elif kind == 1:
        data[at:at] = data[at:at + length]
    elif kind == 2:
        data[at:at + length] = dice.randbytes(length)
    elif kind == 3:
        data[at:at] = dice.choice((b'\x00', b'\r\n', b'\r\n\r\n', b'"', b'<', b'=?utf-8?b?', b'\xff', b';', b'--b', b'\xe2\x80\xae'))
    elif kind == 4:
        lines = bytes(data).split(b'\n')
        dice.shuffle(lines)
        data[:] = b'\n'.join(lines)
    else:
        other = dice.choice(mails)[1][:5000]
        data[at:] = other[dice.randint(0, len(other)):]
