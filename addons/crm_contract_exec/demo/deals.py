"""The contracts of the demo company: what was agreed with whom, and what has come of it. Nothing here touches Odoo."""
from typing import NamedTuple

# Plans, as (kind, name, percent of the contract, counts from, days later). A delivery takes the percent of every line.
PLANS = {
    'project': (
        ('invoice', "Advance invoice", 30, 'signing', 0), ('collect', "Advance", 30, 'signing', 14),
        ('deliver', "First batch", 50, 'signing', 30), ('deliver', "Second batch", 50, 'signing', 60),
        ('accept', "Acceptance on site", 0, 'delivery', 10),
        ('invoice', "Invoice on delivery", 60, 'delivery', 0), ('collect', "On delivery", 60, 'delivery', 30),
        ('invoice', "Final invoice", 10, 'acceptance', 0), ('collect', "Retention", 10, 'acceptance', 90)),
    'batches': (
        ('deliver', "Batch 1 of 3", 33.3333, 'signing', 20), ('collect', "Instalment 1 of 3", 33.3333, 'signing', 35),
        ('deliver', "Batch 2 of 3", 33.3333, 'signing', 50), ('collect', "Instalment 2 of 3", 33.3333, 'signing', 65),
        ('deliver', "Batch 3 of 3", 33.3334, 'signing', 80), ('collect', "Instalment 3 of 3", 33.3334, 'signing', 95)),
    'delivery': (
        ('deliver', "Delivery", 100, 'signing', 30),
        ('invoice', "Invoice", 100, 'delivery', 0), ('collect', "Payment", 100, 'delivery', 30)),
}


class Deal(NamedTuple):
    """A contract. Days are days ago; ``state`` is where it stands today."""
    customer: str
    title: str
    type: str
    plan: str
    goods: tuple                 # (product, quantity)
    state: str = 'executing'
    signed: int = 0
    delivered: tuple = ()        # (delivery step, days ago, share of it)
    accepted: tuple = ()         # (acceptance step, days ago)
    invoiced: tuple = ()         # (step that is invoiced, days ago)
    paid: tuple = ()             # (that step, days ago, share of its invoice)
    reason: str = ''
    warranty: int = 12
    shares: tuple = ()           # (sign-in, percent)


DEALS = (
    Deal('vandijk', "Overhaul of two dredgers", 'project', 'project', (('gearbox', 24), ('cylinder', 72), ('coupling', 48)), signed=75,
         delivered=((2, 44, 1), (3, 6, 0.5)), invoiced=((0, 75), (5, 5)), paid=((0, 62, 1),),
         shares=(('rep', 70), ('lead', 30))),
    Deal('haitian', "注塑机备件年度框架", 'framework', 'batches', (('motor', 27), ('seal', 180), ('bearing', 240)), signed=58,
         delivered=((0, 39, 1), (2, 9, 1)), invoiced=((1, 38), (3, 8)), paid=((1, 24, 1),)),
    Deal('stahlbau', "Conveyor line 3", 'project', 'project', (('drive', 18), ('sensor', 120), ('chain', 90)), 'completed', signed=330,
         delivered=((2, 301, 1), (3, 272, 1)), accepted=((4, 262),), invoiced=((0, 330), (5, 271), (7, 261)),
         paid=((0, 318, 1), (5, 240, 1), (7, 168, 1))),
    Deal('bouwgroep', "Excavator fleet, spring service", 'sale', 'delivery', (('pump', 42), ('hose', 240), ('filter', 400)), signed=100,
         delivered=((0, 72, 1),), invoiced=((1, 71),), paid=((1, 20, 0.3),)),
    Deal('carpenteria', "Bridge bearings, lot 2", 'sale', 'delivery', (('bearing_set', 180), ('gasket', 240)), signed=80,
         delivered=((0, 55, 1),), invoiced=((1, 50),)),
    Deal('suzhou', "精密机床驱动改造", 'project', 'project', (('drive', 66), ('panel', 36), ('sensor', 270)), 'approval'),
    Deal('solventum', "Tracker drives for Planta Norte", 'project', 'project', (('motor', 60), ('gearbox', 60)), 'draft'),
    Deal('nordwind', "Yaw gearboxes, first series", 'sale', 'batches', (('gearbox', 27), ('grease', 36)), 'approved'),
    Deal('papierwerk', "Dryer section bearings", 'sale', 'delivery', (('bearing', 600), ('seal', 270)), 'suspended', signed=40,
         reason="The mill stands still until its boiler is repaired"),
    Deal('shenyang', "轧机传动备件", 'sale', 'batches', (('gearbox', 18), ('coupling', 72)), 'terminated', signed=140,
         delivered=((0, 118, 1),), invoiced=((1, 117),), paid=((1, 90, 1),), reason="工厂停产，双方同意终止"),
    Deal('molen', "Milling line with spare parts", 'project', 'project', (('motor', 12), ('belt', 180), ('panel', 6)), signed=48,
         delivered=((2, 20, 1),), invoiced=((0, 48),), paid=((0, 36, 1),)),
    Deal('hangzhou', "灌装线升级", 'project', 'project', (('drive', 15), ('panel', 18), ('valve', 72)), signed=52,
         delivered=((2, 21, 1),), invoiced=((0, 52),), paid=((0, 30, 1),)),
    Deal('windpark', "Service of twelve turbines", 'sale', 'delivery', (('grease', 72), ('filter', 288)), signed=12),
    Deal('ceska', "Dealer stock for the season", 'framework', 'batches', (('pump', 36), ('hose', 270), ('belt', 180)), signed=96,
         delivered=((0, 75, 1), (2, 47, 1), (4, 15, 1)), invoiced=((1, 74), (3, 46), (5, 14)), paid=((1, 61, 1), (3, 30, 1))),
)
