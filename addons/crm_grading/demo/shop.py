"""Who buys in the parts shop of the demo company, and when: many small customers without contract. Nothing here touches Odoo.

Each buys at its own pace and for its own kind of amount, and some have had enough after a purchase: the world in which models of
purchases are at home, and which the few large customers of the cast are not.
"""
import random
from datetime import timedelta
from typing import NamedTuple

from .cast import TERM_DAYS, Purchase

SEED = "Vonk"              # of several the one in whose world purchases tell most of who leaves
CUSTOMERS = 120
OPENED = 1090              # days ago: the shop went online
PACE = (0.8, 1 / 42)       # purchases a day while they stay: shape and mean of a gamma distribution
FAITH = (0.6, 4.4)         # likelihood to have had enough after a purchase: beta distributed
REST = 4                   # days between two purchases, at least
MOST = 26                  # purchases of one customer
SMALL, LARGE = 45, 320     # mean amount of a purchase
MAILINGS = ((38, "Spare parts for the season"), (129, "New in the shop: hoses made to measure"))   # days ago, subject


class Region(NamedTuple):
    """What customers of a country are called, and where they are."""
    share: int
    kinds: tuple
    names: tuple
    cities: tuple


REGIONS = {
    'nl': Region(
        5, ("Garage {name}", "Autobedrijf {name}", "Loonbedrijf {name}", "{name} Landbouwmechanisatie", "Melkveebedrijf {name}"),
        ("Hoekstra", "Verbeek", "Dijkman", "Wessels", "Koster", "Terpstra", "van Beek", "Schuurman", "Nijland", "de Graaf"),
        ("Zwolle", "Ede", "Assen", "Roermond", "Hoorn", "Tiel", "Drachten", "Goes")),
    'de': Region(
        5, ("Kfz-Werkstatt {name}", "Landtechnik {name}", "Schlosserei {name}", "Metallbau {name}", "{name} Forstbetrieb", "Hof {name}"),
        ("Behrens", "Lindner", "Reuter", "Vogt", "Hartwig", "Seidel", "Ostermann", "Kröger", "Thiele", "Wiegand"),
        ("Paderborn", "Uelzen", "Bamberg", "Husum", "Görlitz", "Fulda", "Soest", "Landshut")),
    'be': Region(
        2, ("Garage {name}", "Atelier {name}", "Hoeve {name}"),
        ("Claeys", "Lambert", "Wouters", "Dumont", "Goossens", "Collard"), ("Kortrijk", "Namur", "Hasselt", "Mons", "Aalst")),
    'fr': Region(
        3, ("Garage {name}", "Atelier mécanique {name}", "Ferme {name}", "Serrurerie {name}"),
        ("Marchand", "Girard", "Fontaine", "Chevalier", "Renaud", "Perrin", "Gauthier"),
        ("Troyes", "Quimper", "Albi", "Beauvais", "Chalon", "Niort")),
    'it': Region(
        2, ("Officina {name}", "Autofficina {name}", "Azienda agricola {name}"),
        ("Ferraro", "Galli", "Rinaldi", "Colombo", "Marchetti", "Bruno"), ("Cremona", "Cuneo", "Rovigo", "Treviso", "Viterbo")),
    'es': Region(
        2, ("Taller {name}", "Talleres {name}", "Finca {name}"),
        ("Navarro", "Ortega", "Iglesias", "Castillo", "Vidal", "Serrano"), ("Lleida", "Jaén", "Lugo", "Teruel", "Zamora")),
    'pl': Region(
        3, ("Warsztat {name}", "Mechanika {name}", "Gospodarstwo {name}"),
        ("Kowalczyk", "Zając", "Wróbel", "Kaczmarek", "Piotrowski", "Sikora", "Borkowski"),
        ("Kalisz", "Łomża", "Tarnów", "Płock", "Elbląg", "Zamość")),
    'cn': Region(
        4, ("{city}{name}记农机修理部", "{city}{name}氏汽修厂", "{city}{name}记五金机电行", "{city}{name}家农场"),
        ("冯", "程", "曹", "邓", "彭", "曾", "潘", "蒋", "蔡", "谢"), ("常州", "绍兴", "洛阳", "临沂", "襄阳", "佛山", "德州")),
}


class ShopCustomer(NamedTuple):
    key: str
    name: str
    country: str
    city: str
    since: int         # days ago of the first purchase
    pace: float        # purchases a day
    leaves: float      # likelihood to buy no more, after each purchase
    amount: float      # mean amount of a purchase
    rep: str = 'shop'
    character: str = 'shop'
    contact: str = ''

    @property
    def random(self):
        return random.Random(self.key)


def opened(count=CUSTOMERS):
    """Return the customers of the shop, always the same; a smaller number of them is the beginning of a larger one.

    >>> opened(3) == opened(5)[:3], len({customer.name for customer in opened()})
    (True, 120)
    """
    rng, found = random.Random(SEED), {}
    shares = [region.share for region in REGIONS.values()]
    while len(found) < count:
        country, = rng.choices(list(REGIONS), shares)
        region = REGIONS[country]
        city = rng.choice(region.cities)
        name = rng.choice(region.kinds).format(name=rng.choice(region.names), city=city)
        since, pace, leaves = rng.randint(25, OPENED), rng.gammavariate(PACE[0], PACE[1] / PACE[0]), rng.betavariate(*FAITH)
        amount = SMALL * (LARGE / SMALL) ** rng.random()
        found.setdefault(name, ShopCustomer(f'shop_{len(found):03}', name, country, city, since, pace, leaves, amount))
    return tuple(found.values())


SHOP = opened()


def orders(customer, today):
    """What a customer has bought in the shop until yesterday, oldest first; paid at once, which the bank sees on the Monday after.

    >>> from datetime import date
    >>> found = orders(SHOP[0], date(2026, 6, 15))
    >>> found == orders(SHOP[0], date(2026, 6, 15)), all(purchase.days_late < 0 for purchase in found)
    (True, True)
    """
    rng, found, age = customer.random, [], float(customer.since)
    while age >= 1 and len(found) < MOST:
        day = today - timedelta(days=int(age))
        found.append(Purchase(day, customer.amount * rng.uniform(0.6, 1.5), False, 7 - day.weekday() - TERM_DAYS))
        if rng.random() < customer.leaves:
            break
        age -= max(REST, rng.expovariate(customer.pace))
    return found
