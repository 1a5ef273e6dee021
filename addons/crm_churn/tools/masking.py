"""What people see of a contact before they have claimed it."""

DOTS = '•••'
# how much is covered, each level with all before it
MASKS = [
    ('none', "Nothing"),
    ('contact', "Phone, Email, Website"),
    ('address', "Phone, Email, Website, Street and People"),
    ('name', "Everything but City and Industry"),
]
LEVELS = {key: number for number, (key, _label) in enumerate(MASKS)}


def covers(mask, level):
    """Return whether a mask covers what belongs to a level.

    >>> covers('address', 'contact'), covers('contact', 'address'), covers('none', 'contact')
    (True, False, False)
    """
    return LEVELS[mask or 'none'] >= LEVELS[level]


def masked_phone(text):
    """Keep the last two digits, by which one recognises a number one knows.

    >>> masked_phone('+32 470 12 34 56'), masked_phone('1'), masked_phone(False)
    ('••• 56', '•••', False)
    """
    if not text:
        return False
    digits = [sign for sign in text if sign.isdigit()]
    return f'{DOTS} {"".join(digits[-2:])}' if len(digits) > 4 else DOTS


def masked_email(text):
    """Keep the first letter and the end of the domain.

    >>> masked_email('jane@example.com'), masked_email('nonsense'), masked_email('')
    ('j•••@•••.com', '•••', False)
    """
    if not text:
        return False
    name, _at, domain = text.strip().partition('@')
    return f'{name[:1]}{DOTS}@{DOTS}.{domain.rpartition(".")[2]}' if domain and '.' in domain else DOTS


def masked_name(text):
    """Keep the first letter.

    >>> masked_name('Siemens'), masked_name('公海'), masked_name(None)
    ('S•••', '公•••', False)
    """
    return f'{text[:1]}{DOTS}' if text else False
