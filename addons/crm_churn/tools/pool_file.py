"""Lists of customers to put into a pool: whose column is which, and when two rows are the same customer."""
import re

# words of a header, lower case
COLUMNS = {
    'name': {'name', 'company', 'company name', 'customer', 'customer name', '名称', '公司', '公司名称', '客户', '客户名称'},
    'phone': {'phone', 'telephone', 'tel', 'mobile', '电话', '手机', '联系电话'},
    'email': {'email', 'e-mail', 'mail', '邮箱', '电子邮件'},
    'vat': {'vat', 'vat number', 'tax id', 'tax number', '税号', '统一社会信用代码'},
    'website': {'website', 'web', 'url', '网站', '网址'},
    'street': {'street', 'address', '地址', '街道'},
    'zip': {'zip', 'postal code', 'postcode', '邮编'},
    'city': {'city', 'town', '城市'},
    'country': {'country', 'country code', '国家'},
    'comment': {'note', 'notes', 'comment', '备注'},
}
SUFFIXES = re.compile(r'\b(gmbh|ltd|limited|inc|llc|co|corp|corporation|company|sa|ag|bv|nv|plc)\b\.?', re.ASCII)


def recognise(header):
    """Return ``{role: position}`` of the columns of a header.

    >>> recognise(['Company', 'Tel', 'E-Mail', 'Colour']) == {'name': 0, 'phone': 1, 'email': 2}
    True
    """
    found = {}
    for position, text in enumerate(header):
        word = text.strip().lower()
        for role, words in COLUMNS.items():
            if word in words:
                found.setdefault(role, position)
    return found


def keys(name=None, phone=None, email=None, vat=None):
    """Return the keys of a customer: two that share one are taken for the same.

    >>> sorted(keys("Azure Ltd.", "+32 470 12 34 56", "INFO@azure.example", "be 0477"))
    [('email', 'info@azure.example'), ('name', 'azure'), ('phone', '470123456'), ('vat', 'BE0477')]
    >>> keys("Azure") & keys("AZURE Limited"), keys(phone="12345")
    ({('name', 'azure')}, set())
    """
    found = set()
    digits = re.sub(r'\D', '', phone or '')
    if len(digits) >= 7:
        found.add(('phone', digits[-9:]))
    if email and '@' in email:
        found.add(('email', email.strip().lower()))
    if number := re.sub(r'[\W_]', '', vat or '').upper():
        found.add(('vat', number))
    word = re.sub(r'[\W_]+', '', SUFFIXES.sub('', (name or '').lower()))
    if word:
        found.add(('name', word))
    return found
