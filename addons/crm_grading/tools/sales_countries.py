"""Country names as they stand in sales histories, where they differ from the official ones."""

ALIASES = {
    'eire': 'IE', 'rsa': 'ZA', 'usa': 'US', 'uk': 'GB', 'great britain': 'GB', 'england': 'GB', 'scotland': 'GB', 'wales': 'GB',
    'holland': 'NL', 'korea': 'KR', 'south korea': 'KR', 'russia': 'RU', 'uae': 'AE', 'czechia': 'CZ', 'czech republic': 'CZ',
    'turkey': 'TR', 'vietnam': 'VN', 'taiwan': 'TW', 'hong kong': 'HK', 'macau': 'MO', 'iran': 'IR', 'ivory coast': 'CI',
    '中国': 'CN', '中国大陆': 'CN', '英国': 'GB', '美国': 'US', '德国': 'DE', '法国': 'FR', '日本': 'JP', '韩国': 'KR', '香港': 'HK',
    '中国香港': 'HK', '台湾': 'TW', '中国台湾': 'TW', '澳门': 'MO', '新加坡': 'SG', '俄罗斯': 'RU', '意大利': 'IT', '西班牙': 'ES',
}


def country_code(text):
    """ISO code of an alias, else None.

    >>> country_code('EIRE'), country_code('Atlantis')
    ('IE', None)
    """
    return ALIASES.get(text.strip().lower())
