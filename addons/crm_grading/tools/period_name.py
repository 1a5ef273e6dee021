"""What months, quarters and years are called."""
import babel
import babel.dates

SKELETONS = {'month': 'yMMMM', 'quarter': 'yQQQ', 'year': 'y'}


def period_name(date, period, lang, short=False):
    """Return the name of the period around a day, the parts in the order of the language.

    :param str period: month, quarter or year
    :param str lang: code of the language, as ``en_US``
    :param bool short: abbreviate the month

    >>> from datetime import date
    >>> day = date(2026, 11, 24)
    >>> period_name(day, 'month', 'en_US'), period_name(day, 'month', 'en_US', short=True), period_name(day, 'quarter', 'en_US')
    ('November 2026', 'Nov 2026', 'Q4 2026')
    >>> period_name(day, 'month', 'zh_CN'), period_name(day, 'quarter', 'zh_CN'), period_name(day, 'year', 'zh_CN')
    ('2026年11月', '2026年第4季度', '2026年')
    """
    skeleton = SKELETONS[period].replace('MMMM', 'MMM') if short else SKELETONS[period]
    return babel.dates.format_skeleton(skeleton, date, locale=babel.Locale.parse(lang or 'en_US'))
