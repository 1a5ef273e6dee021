"""The customer pools of the demo company: what lies in them, who took what, and what goes there next. Nothing here touches Odoo."""
from typing import NamedTuple


class Pool(NamedTuple):
    name: str
    countries: tuple             # empty: the rest
    members: tuple
    team: str
    daily: int
    holding: int
    rules: tuple                 # (name, days without follow-up, opportunity, order, how combined, grades that stay)
    filled: tuple                # customers that nobody looked after


POOLS = {
    'china': Pool(
        "中国公海", ('cn', 'jp'), ('rep2', 'manager'), 'asia', 5, 40,
        (("A类以外客户 100 天未跟进", 100, 0, 0, 'any', ('A1', 'A2')), ("150 天无商机且无订单", 0, 150, 150, 'all', ())), ()),
    'europe': Pool(
        "Europe", (), ('rep', 'lead'), 'europe', 5, 60,
        (("Nobody followed up for 100 days", 100, 0, 0, 'any', ('A1', 'A2')),
         ("Neither opportunity nor order for a year", 0, 365, 365, 'all', ())),
        ('kiesgrube', 'steenfabriek', 'silence')),
}
# what happened: what, customer, who, pool, days ago, why
MOVES = (
    ('released', 'chongqing', 'rep2', 'china', 96, "客户明确表示改用本地供应商"),
    ('released', 'muehle', 'lead', 'europe', 64, "Too small for a visit"),
    ('claimed', 'muehle', 'rep', 'europe', 41, ""),
    ('released', 'xiamen', 'rep2', 'china', 23, "一年只买两次，跟进成本太高"),
    ('recycled', 'yantai', 'rep2', 'china', 36, "A类以外客户 100 天未跟进: 107 天未跟进"),
    ('claimed', 'steenfabriek', 'lead', 'europe', 27, ""),
    ('recycled', 'garage', 'rep', 'europe', 18, "Nobody followed up for 100 days: no follow-up for 107 days"),
    ('released', 'festival', 'rep', 'europe', 12, "One production, nothing more to come"),
)
DIVIDED = 430     # days ago: everybody got the customers of today
HANDED_OVER = ('fischerei',)   # goes to a colleague on the day of the demo, where visits are installed
YOUNG = ('new', 'prospect')   # characters that came later
FILLED = 150      # days ago
PROTECTED = (('ziegelei', 45),)   # kept from the pool by their owners: customer, days from now
