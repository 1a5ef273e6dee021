"""Who buys from the demo company, and how: a line per customer and a character behind it. Nothing here touches Odoo."""
import random
from datetime import timedelta
from typing import NamedTuple

MONTHS = 30
DAYS_PER_MONTH = 30.4
TERM_DAYS = 30     # until an invoice is due


class Character(NamedTuple):
    """How somebody buys. ``shape(age, month)`` scales the amount by the age in months (0 = now) and the calendar month."""
    per_month: float                     # purchases a month
    amount: int                          # mean amount of a purchase
    shape: object = lambda age, month: 1.0
    discount: int = 0                    # percent
    returns: float = 0.0                 # share of purchases that are partly sent back
    late: tuple = (-6, 6)                # days paid after the due day, from and to
    since: int = MONTHS                  # months ago of the first purchase
    until: int = 0                       # months ago of the last one


CHARACTERS = {
    'big': Character(1.0, 14000, discount=4),
    'riser': Character(0.7, 9500, lambda age, month: 0.9 ** age, since=20),
    'faded': Character(0.9, 12500, lambda age, month: min(1.0, max(0.0, (age - 5) / 9)), discount=4, until=6),
    'late': Character(0.5, 6400, late=(35, 75)),
    'seasonal': Character(0.9, 5600, lambda age, month: 1.6 if month in (3, 4, 5, 6, 9) else 0.0),
    'hunter': Character(0.75, 5000, discount=19, returns=0.35, late=(5, 25)),
    'steady': Character(0.35, 4600),
    'growing': Character(0.4, 5600, lambda age, month: 0.95 ** age),
    'shrinking': Character(0.4, 5600, lambda age, month: min(1.0, 0.25 + age / 20), late=(0, 20)),
    'small': Character(0.2, 1100),
    'dealer': Character(0.5, 9000, discount=10),
    'weak_dealer': Character(0.25, 2600, discount=10, late=(10, 30)),
    'sleeper': Character(0.4, 3200, until=14),
    'once': Character(1.4, 1300, since=9, until=8),
    'new': Character(2.0, 1500, since=1),
    'shop': Character(0.4, 190),    # each in its own way: see shop.py
    'prospect': None,
}


class Customer(NamedTuple):
    key: str
    name: str
    country: str
    city: str
    rep: str          # rep, rep2, lead; empty: nobody's
    character: str
    scale: float = 1.0
    contact: str = ''

    @property
    def random(self):
        return random.Random(self.key)


CAST = (
    Customer('vandijk', "Van Dijk Dredging", 'nl', "Rotterdam", 'rep', 'big', 1.3, "Saskia van Dijk"),
    Customer('haitian', "宁波海天机械有限公司", 'cn', "宁波", 'rep2', 'big', 1.1, "王伟"),
    Customer('stahlbau', "Stahlbau Rhein", 'de', "Duisburg", 'lead', 'big', 0.8, "Jürgen Brandt"),
    Customer('suzhou', "苏州精工设备有限公司", 'cn', "苏州", 'rep2', 'riser', 1.2, "李娜"),
    Customer('solventum', "Solarpark Service", 'es', "Sevilla", 'rep', 'riser', 1.0, "Lucía Romero"),
    Customer('nordwind', "Nordwind Turbines", 'dk', "Esbjerg", 'lead', 'riser', 0.6, "Mads Holm"),
    Customer('papierwerk', "Papierwerk Lahn", 'de', "Gießen", 'rep', 'faded', 1.2, "Anke Roth"),
    Customer('cimenterie', "Cimenterie du Nord", 'fr', "Lille", 'lead', 'faded', 0.9, "Paul Lefèvre"),
    Customer('shenyang', "沈阳重工备件公司", 'cn', "沈阳", 'rep2', 'faded', 0.7, "张强"),
    Customer('bouwgroep', "Bouwgroep De Wit", 'nl', "Utrecht", 'rep', 'late', 1.4, "Kees de Wit"),
    Customer('carpenteria', "Carpenteria Moretti", 'it', "Bergamo", 'lead', 'late', 1.0, "Elena Moretti"),
    Customer('qingdao', "青岛港务机械厂", 'cn', "青岛", 'rep2', 'late', 0.8, "刘洋"),
    Customer('agrar', "Agrar Müller Landtechnik", 'de', "Oldenburg", 'rep', 'seasonal', 1.5, "Heike Müller"),
    Customer('vinhos', "Vinhos do Douro Equipamentos", 'pt', "Porto", 'lead', 'seasonal', 0.8, "Rui Almeida"),
    Customer('billig', "Budget Machine Hire", 'gb', "Leeds", 'rep', 'hunter', 1.2, "Gary Stone"),
    Customer('guangzhou', "广州市顺达贸易有限公司", 'cn', "广州", 'rep2', 'hunter', 1.0, "陈晨"),
    Customer('zuivel', "Zuivelfabriek Friesland", 'nl', "Leeuwarden", 'rep', 'steady', 1.5, "Femke Postma"),
    Customer('brasserie', "Brasserie Mosane", 'be', "Liège", 'rep', 'steady', 0.8, "Luc Martens"),
    Customer('tischlerei', "Tischlerei Ahorn", 'de', "Münster", 'rep', 'steady', 0.6, "Bernd Ahorn"),
    Customer('glas', "Glashütte Saar", 'de', "Saarbrücken", 'lead', 'steady', 1.2, "Petra Klein"),
    Customer('kabel', "Kabelwerk Ostsee", 'de', "Rostock", 'lead', 'steady', 0.9, "Uwe Jansen"),
    Customer('textil', "Textil Catalana", 'es', "Sabadell", 'lead', 'steady', 0.7, "Jordi Puig"),
    Customer('hangzhou', "杭州西湖食品机械厂", 'cn', "杭州", 'rep2', 'steady', 1.1, "赵敏"),
    Customer('wuxi', "无锡华泰纺织有限公司", 'cn', "无锡", 'rep2', 'steady', 0.8, "孙丽"),
    Customer('osaka', "Osaka Seiki", 'jp', "Osaka", 'rep2', 'steady', 1.0, "Kenji Mori"),
    Customer('molen', "Meelfabriek De Molen", 'nl', "Deventer", 'rep', 'growing', 1.1, "Joost Mulder"),
    Customer('windpark', "Windpark Noordoost", 'nl', "Emmeloord", 'rep', 'growing', 0.7, "Iris Smit"),
    Customer('bahn', "Bahntechnik Erfurt", 'de', "Erfurt", 'lead', 'growing', 1.0, "Silke Vogel"),
    Customer('tianjin', "天津滨海自动化有限公司", 'cn', "天津", 'rep2', 'growing', 1.2, "周涛"),
    Customer('staal', "Staalconstructie Limburg", 'nl', "Venlo", 'rep', 'shrinking', 1.2, "Hans Peeters"),
    Customer('fonderie', "Fonderie Alpine", 'fr', "Grenoble", 'lead', 'shrinking', 1.0, "Claire Dubois"),
    Customer('dalian', "大连船舶配件有限公司", 'cn', "大连", 'rep2', 'shrinking', 0.9, "吴刚"),
    Customer('werkstatt', "Werkstatt Peters", 'de', "Bremen", 'rep', 'small', 1.0, "Olaf Peters"),
    Customer('garage', "Garage Janssens", 'be', "Gent", 'rep', 'small', 0.7, "Tom Janssens"),
    Customer('kwekerij', "Kwekerij Westland", 'nl', "Naaldwijk", 'rep', 'small', 1.2, "Anja Bos"),
    Customer('muehle', "Alte Mühle Hofladen", 'de', "Celle", 'lead', 'small', 0.6, "Doris Krug"),
    Customer('fischerei', "Fischerei Kappeln", 'de', "Kappeln", 'lead', 'small', 1.0, "Hinnerk Petersen"),
    Customer('yantai', "烟台果汁设备维修部", 'cn', "烟台", 'rep2', 'small', 0.9, "马超"),
    Customer('xiamen', "厦门闽海水产公司", 'cn', "厦门", 'rep2', 'small', 1.1, "林芳"),
    Customer('kiesgrube', "Kiesgrube Weser", 'de', "Minden", '', 'small', 1.0, "Ralf Busch"),
    Customer('polska', "Maszyny Polska", 'pl', "Poznań", 'rep', 'dealer', 1.3, "Marek Nowak"),
    Customer('ceska', "Česká Technika", 'cz', "Brno", 'lead', 'dealer', 1.0, "Jana Dvořák"),
    Customer('shanghai', "上海东方工业品经销商", 'cn', "上海", 'rep2', 'dealer', 1.2, "黄磊"),
    Customer('nordic', "Nordic Parts Trading", 'se', "Malmö", 'lead', 'weak_dealer', 1.0, "Erik Lund"),
    Customer('helvetia', "Helvetia Industriebedarf", 'ch', "Winterthur", 'rep', 'weak_dealer', 1.2, "Urs Frei"),
    Customer('ziegelei', "Ziegelei Hunsrück", 'de', "Simmern", 'rep', 'sleeper', 1.0, "Karl Thome"),
    Customer('scierie', "Scierie des Vosges", 'fr', "Épinal", 'lead', 'sleeper', 1.2, "Anne Petit"),
    Customer('chongqing', "重庆山城摩托配件厂", 'cn', "重庆", 'rep2', 'sleeper', 0.8, "何勇"),
    Customer('steenfabriek', "Steenfabriek Maasland", 'nl', "Maastricht", '', 'sleeper', 1.1, "Wim Claes"),
    Customer('museum', "Industriemuseum Chemnitz", 'de', "Chemnitz", 'lead', 'once', 1.0, "Ines Wolf"),
    Customer('festival', "Festival Bühnenbau", 'de', "Köln", 'rep', 'once', 1.6, "Nico Schmitz"),
    Customer('robotik', "Robotik Start", 'de', "Aachen", 'rep', 'new', 1.2, "Selin Kaya"),
    Customer('waterstof', "Waterstof Energie", 'nl', "Groningen", 'rep', 'new', 0.8, "Daan Visser"),
    Customer('shenzhen', "深圳市新能装备有限公司", 'cn', "深圳", 'rep2', 'new', 1.5, "郑浩"),
    Customer('batterie', "Batteriewerk Salzgitter", 'de', "Salzgitter", 'lead', 'prospect', 1, "Tanja Henke"),
    Customer('vertical', "Vertical Farming Brabant", 'nl', "Eindhoven", 'rep', 'prospect', 1, "Bram Kuipers"),
    Customer('ferry', "Baltic Ferry Service", 'se', "Ystad", 'rep', 'prospect', 1, "Karin Berg"),
    Customer('chengdu', "成都航空维修有限公司", 'cn', "成都", 'rep2', 'prospect', 1, "高峰"),
    Customer('hefei', "合肥光伏科技有限公司", 'cn', "合肥", 'rep2', 'prospect', 1, "徐静"),
    Customer('silence', "Hochofen Eisenhütte", 'de', "Eisenhüttenstadt", '', 'prospect', 1),
)
CAST_USD = (
    Customer('gulf', "Gulf Coast Drilling", 'us', "Houston", 'manager', 'big', 0.8, "Dana Whitfield"),
    Customer('prairie', "Prairie Harvesters", 'us', "Omaha", 'manager', 'seasonal', 1.2, "Ted Larsen"),
    Customer('lakes', "Great Lakes Paper", 'us', "Green Bay", 'manager', 'shrinking', 1.0, "Ruth Olson"),
    Customer('desert', "Desert Mining Supply", 'us', "Tucson", 'manager', 'growing', 1.0, "Ana Flores"),
    Customer('bayou', "Bayou Shrimp", 'us', "Lafayette", '', 'small', 1.0, "Remy Broussard"),
    Customer('maple', "Maple Mills", 'ca', "Hamilton", 'manager', 'steady', 0.9, "Hugh Grant"),
)


class Purchase(NamedTuple):
    day: object
    amount: float
    returned: bool
    days_late: int


def purchases(customer, today):
    """What a customer has bought until ``today``, oldest first; the same for the same day.

    >>> from datetime import date
    >>> found = purchases(CAST[0], date(2026, 6, 15))
    >>> found == purchases(CAST[0], date(2026, 6, 15)), found[-1].day <= date(2026, 6, 15)
    (True, True)
    """
    character = CHARACTERS[customer.character]
    if not character:
        return []
    rng, found, debt = customer.random, [], 0.5
    for age in range(min(character.since, MONTHS) - (character.since < MONTHS), character.until - 1, -1):
        debt += character.per_month * rng.uniform(0.7, 1.3)
        times, debt = int(debt), debt % 1
        for _number in range(times):
            day = today - timedelta(days=int((age + rng.random()) * DAYS_PER_MONTH))
            amount = character.amount * customer.scale * character.shape(age, day.month) * rng.uniform(0.6, 1.5)
            returned, late = rng.random() < character.returns, rng.randint(*character.late)
            if amount > 60:
                found.append(Purchase(day, amount, returned, late))
    return sorted(found)
