"""Words of a text for full-text search, in languages with spaces between words and without.

PostgreSQL has no parser for Chinese. Runs of Chinese, Japanese and Korean signs are therefore cut into pairs that overlap: a phrase is
found by the pairs that it is made of, wherever it stands, without a dictionary. Words with spaces between them are left to PostgreSQL's
own stemmer of the language.
"""
import re
import unicodedata

# Han, its extensions and compatibility signs, kana, hangul
IDEOGRAPHS = '\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0002fa1f'
RUN = re.compile(f'[{IDEOGRAPHS}]+')
WORD = re.compile(r'[^\W_]+')
LONGEST = 20000   # signs of a text that are looked at
# language code -> PostgreSQL's stemmer
STEMMERS = {
    'ar': 'arabic', 'da': 'danish', 'de': 'german', 'en': 'english', 'es': 'spanish', 'fi': 'finnish', 'fr': 'french', 'hu': 'hungarian',
    'id': 'indonesian', 'it': 'italian', 'nb': 'norwegian', 'nl': 'dutch', 'pt': 'portuguese', 'ro': 'romanian', 'ru': 'russian',
    'sv': 'swedish', 'tr': 'turkish',
}
# Pairs that stand in nearly every Chinese question and say nothing about it.
EMPTY_PAIRS = {
    '怎么', '么办', '什么', '如何', '为什', '可以', '我们', '你们', '的时', '时候', '请问', '是否', '一下', '这个', '有没', '没有'}


def stemmer(lang):
    """Return the name of PostgreSQL's text search configuration for a language.

    >>> stemmer('en_GB'), stemmer('zh_CN'), stemmer(None)
    ('english', 'simple', 'simple')
    """
    return STEMMERS.get((lang or '').split('_')[0], 'simple')


def pairs(text):
    """Return the overlapping pairs of the signs of each run; a single sign stands for itself.

    >>> pairs('水泵漏水 E3 怎么办')
    ['水泵', '泵漏', '漏水', '怎么', '么办']
    >>> pairs('水 E3')
    ['水']
    >>> pairs('no signs')
    []
    """
    found = []
    for run in RUN.findall(text[:LONGEST]):
        found += [run[i:i + 2] for i in range(len(run) - 1)] or [run]
    return found


def words(text):
    """Return the words with spaces between them, signs left out, in small letters.

    >>> words('Pump E3 leaks 漏水, HTTP/2')
    ['pump', 'e3', 'leaks', 'http', '2']
    """
    text = RUN.sub(' ', unicodedata.normalize('NFKC', text[:LONGEST]))
    return [word.casefold() for word in WORD.findall(text)]


def query(text):
    """Return what to look for: (words, pairs), each once, without pairs that say nothing, unless there is nothing else.

    >>> query('水泵怎么办？')
    ([], ['水泵', '泵怎'])
    >>> query('怎么')
    ([], ['怎么'])
    >>> query('The pump, the PUMP')
    (['the', 'pump'], [])
    """
    signs = list(dict.fromkeys(pairs(unicodedata.normalize('NFKC', text))))
    telling = [pair for pair in signs if pair not in EMPTY_PAIRS]
    return list(dict.fromkeys(words(text)))[:40], (telling or signs)[:60]


def normal(text):
    """Return a question in the form in which equal ones are counted together.

    >>> normal('  Pump  LEAKS?! ')
    'pump leaks'
    >>> normal('水泵 漏水？')
    '水泵 漏水'
    """
    return ' '.join(WORD.findall(unicodedata.normalize('NFKC', text).casefold()))[:200]
