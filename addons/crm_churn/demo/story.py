"""Whom the demo company has lost, to whom and why, and what it knows of its competitors. Nothing here touches Odoo."""
from typing import NamedTuple


class Lost(NamedTuple):
    """An opportunity that was lost. Days are days ago; stages count from 0."""
    customer: str
    title: str
    product: str
    amount: int
    engaged: int
    lost: int
    stage: int                  # lost in
    furthest: int               # the furthest one before
    reasons: tuple = ()         # (reason, percent), the main one first; none: still to be explained
    competitor: str = ''
    price: int = 0              # of the competitor
    note: str = ''


LOST = (
    Lost('vandijk', "Cylinders for the cutter dredger", 'cylinder', 38000, 420, 371, 2, 2, (('price', 70), ('stock', 30)), 'rotadrive',
         33500,
         "Ours would have been better, but the others were cheaper and had them on stock."),
    Lost('haitian', "注塑机液压泵批量采购", 'pump', 46000, 402, 340, 2, 2, (('price', 100),), 'hengli', 38500,
         "对方报价低了近两成，质量也够用。"),
    Lost('stahlbau', "Sensors for the paint line", 'sensor', 9500, 380, 362, 1, 1, (('need', 100),),
         note="The line is not built any more."),
    Lost('suzhou', "数控机床驱动器年度供应", 'drive', 52000, 365, 288, 2, 2, (('competitor', 60), ('price', 40)), 'hengli', 44000,
         "恒力派了工程师驻厂调试，我们没有跟上。"),
    Lost('papierwerk', "Bearings for PM 1", 'bearing', 21000, 350, 301, 2, 2, (('stock', 60), ('service', 40)),
         note="Twice we had to wait three weeks."),
    Lost('cimenterie', "Conveyor overhaul, lot 1", 'bearing_set', 33000, 340, 255, 1, 2, (('competitor', 100),), 'iberica', 29900),
    Lost('shenyang', "轧机减速机备件", 'gearbox', 41000, 330, 281, 1, 1, (('budget', 100),), note="预算被总部冻结。"),
    Lost('carpenteria', "Bridge bearings, lot 1", 'bearing_set', 27000, 312, 248, 2, 2, (('price', 100),), 'iberica', 23800,
         "Il prezzo, solo il prezzo."),
    Lost('qingdao', "港机钢丝绳联轴器", 'coupling', 12000, 300, 279, 0, 0, (('contact', 100),), note="询价后两周没有人回复。"),
    Lost('billig', "Hoses for the whole fleet", 'hose', 8800, 290, 284, 0, 0, (('price', 100),), 'partsnow', 7100),
    Lost('guangzhou', "液压过滤器集采", 'filter', 16000, 276, 230, 1, 1, (('price', 80), ('competitor', 20)), 'partsnow', 13200),
    Lost('zuivel', "Pumps for the cheese line", 'pump', 18500, 268, 199, 2, 2, (('product', 100),), 'rotadrive', 19900,
         "They need stainless pumps with a certificate; we have none."),
    Lost('osaka', "Spindle bearings", 'bearing', 15500, 250, 214, 1, 2, (('product', 100),), note="Tolerance was not tight enough."),
    Lost('hangzhou', "灌装线变频器", 'drive', 19500, 236, 171, 2, 2, (('price', 60), ('stock', 40)), 'hengli', 16900,
         "恒力现货，我们要等五周。"),
    Lost('nordwind', "Pitch motors", 'motor', 29500, 225, 150, 1, 1, (('person', 100),),
         note="Our contact left; the new one has own suppliers."),
    Lost('tianjin', "输送线电机更换", 'motor', 23000, 214, 188, 1, 1, (('competitor', 100),), 'hengli', 20500),
    Lost('glas', "Furnace sensors", 'sensor', 7400, 205, 191, 0, 1, (('need', 100),)),
    Lost('nordic', "Dealer stock Malmö", 'belt', 14500, 198, 166, 1, 1, (('price', 100),), 'partsnow', 12400),
    Lost('polska', "Pumps for the spring campaign", 'pump', 31000, 190, 142, 2, 2, (('price', 50), ('stock', 50)), 'partsnow', 27500),
    Lost('wuxi', "纺机轴承套件", 'bearing_set', 17500, 178, 139, 1, 1, (('competitor', 100),), 'hengli', 15400, "竞争对手承诺两天到货。"),
    Lost('bahn', "Wagon couplings", 'coupling', 9900, 172, 121, 2, 2, (('budget', 100),)),
    Lost('helvetia', "Gearboxes for resale", 'gearbox', 20500, 160, 133, 0, 0, (('price', 100),), 'rotadrive', 17800),
    Lost('kabel', "Drum motors", 'motor', 26000, 150, 98, 2, 2, (('competitor', 70), ('service', 30)), 'rotadrive', 24800,
         "Rotadrive commissions for nothing and answers within the hour."),
    Lost('dalian', "船用液压缸", 'cylinder', 34500, 141, 88, 2, 2, (('price', 100),), 'hengli', 29500, "价格差距太大，领导不批。"),
    Lost('textil', "Drives for the looms", 'drive', 22500, 130, 84, 1, 2, (('competitor', 100),), 'iberica', 20700),
    Lost('brasserie', "Valves for the bottling line", 'valve', 11000, 121, 77, 1, 1, (('stock', 100),),
         note="Delivery came after the season."),
    Lost('shanghai', "经销商季度备货", 'hose', 28000, 112, 63, 2, 2, (('price', 70), ('competitor', 30)), 'hengli', 24200,
         "恒力给了更高的返点。"),
    Lost('staal', "Crane gearboxes", 'gearbox', 25500, 104, 49, 1, 2, (('competitor', 100),), 'rotadrive', 23900),
    Lost('fonderie', "Panels for the moulding shop", 'panel', 13500, 90, 41, 1, 1, (('budget', 60), ('price', 40))),
    Lost('ceska', "Hydraulics for harvesters", 'hose', 16500, 84, 30, 2, 2, (('price', 100),), 'partsnow', 14100),
    Lost('chengdu', "试验台液压站", 'pump', 21500, 76, 22, 1, 1, (), note=""),
    Lost('windpark', "Grease for the autumn service", 'grease', 6400, 58, 19, 1, 1, ()),
    Lost('xiamen', "冷库压缩机备件", 'seal', 5200, 44, 11, 0, 0, ()),
    Lost('agrar', "Blades for the beet harvest", 'blade', 12500, 52, 6, 2, 2, (('price', 100),), 'partsnow', 10800),
)
# was given up, taken up again, and lost a second time so many days ago, with another reason
AGAIN = (('nordic', "Dealer stock Malmö", 37, (('stock', 100),), "Came back to us and found half of it out of stock."),)
# was given up and won after all so many days ago
AFTER_ALL = (('polska', "Pumps for the spring campaign", 61),)

# opportunities that are open and that nobody has answered; the owners of all others have called
FORGOTTEN = ("Win back: overhaul of PM 2", "Saw mill parts", "Catalogue please")

# customers that said so: customer, days ago, phase, reasons, competitor, what they said
LEFT = (
    ('chongqing', 380, 'use', (('price', 60), ('service', 40)), 'hengli', "以后备件都从恒力拿，价格便宜，本地也有仓库。"),
    ('cimenterie', 148, 'use', (('competitor', 70), ('service', 30)), 'iberica', "A frame agreement for all plants of the group."),
    ('shenyang', 126, 'execution', (('closed', 100),), '', "工厂停产搬迁，合同提前终止。"),
)
# why customers fell silent, as people found out: reasons, competitor, what was said
SILENT = {
    'ziegelei': ((('closed', 100),), '', "The kiln is cold since last autumn."),
    'scierie': ((('competitor', 60), ('contact', 40)), 'partsnow', "Nobody from you has been here for a year."),
    'chongqing': ((('price', 100),), 'hengli', "改从本地供应商采购。"),
    'papierwerk': ((('stock', 60), ('service', 40)), 'rotadrive', "They lost a shift because our bearings came late."),
    'museum': ((('need', 100),), '', "The exhibition is finished."),
    'festival': ((('need', 100),), '', "Only for one production."),
    'billig': ((('price', 100),), 'partsnow', ""),
}

# what customers of the parts shop answer who have bought nothing for long and are asked by mail: how often, reasons, competitor
SHOP_SILENT = (
    (30, (('price', 70), ('stock', 30)), 'partsnow'), (20, (('need', 100),), ''), (15, (('stock', 100),), ''), (13, (('price', 100),), ''),
    (12, (('competitor', 100),), 'partsnow'), (6, (('closed', 100),), ''), (4, (('service', 60), ('product', 40)), ''))
ANSWERED = 40   # days after which all have answered


class Competitor(NamedTuple):
    name: str
    country: str
    city: str
    threat: str
    countries: tuple
    strengths: str
    weaknesses: str
    approach: str
    products: tuple             # (their product, code of ours, price a year ago, price now)


COMPETITORS = {
    'rotadrive': Competitor(
        "Rotadrive GmbH", 'de', "Bielefeld", '3', ('de', 'nl', 'dk', 'se', 'ch'),
        "<ul><li>Engineers on site within a day</li><li>Commissioning is included</li></ul>",
        "<ul><li>Dear spare parts after the warranty</li><li>No hydraulics</li></ul>",
        "<p>Show the cost of ten years, not of the first one. Offer the maintenance contract at once.</p>",
        (("RD 55 motor", 'motor', 840, 860), ("RD worm gear", 'gearbox', 1090, 1120), ("RD vario", 'drive', 990, 965))),
    'iberica': Competitor(
        "Ibérica de Rodamientos", 'es', "Zaragoza", '2', ('es', 'pt', 'fr', 'it'),
        "<ul><li>Stock in Lyon and Milan</li><li>Frame agreements for whole groups</li></ul>",
        "<ul><li>Few drives, no panels</li><li>Answers slowly when something is wrong</li></ul>",
        "<p>Win the plant manager with the response time of our service; the buyer looks at the price only.</p>",
        (("Conveyor set C", 'bearing_set', 132, 128), ("Rodamiento 60", 'bearing', 35, 34))),
    'hengli': Competitor(
        "宁波恒力传动有限公司", 'cn', "宁波", '3', ('cn', 'jp'),
        "<ul><li>价格低一到两成</li><li>华东两天到货，工程师驻厂调试</li><li>经销商返点高</li></ul>",
        "<ul><li>高负载下寿命短</li><li>资料只有中文，出口项目受限</li></ul>",
        "<p>用寿命和停机损失算总账；出口设备强调国际认证。</p>",
        (("HL-75 变频器", 'drive', 820, 780), ("HL 液压泵", 'pump', 410, 398), ("HL 液压缸", 'cylinder', 600, 585))),
    'partsnow': Competitor(
        "PartsNow Online", 'nl', "Tilburg", '2', ('nl', 'be', 'de', 'uk', 'pl', 'cz', 'se'),
        "<ul><li>Web shop with prices and stock for all to see</li><li>Delivers on the next day</li></ul>",
        "<ul><li>No advice, no returns of opened goods</li></ul>",
        "<p>Do not fight for single hoses. Offer stock at the customer, called off week by week.</p>",
        (("Hose, made to measure", 'hose', 57, 52), ("Filter OEM", 'filter', 27, 26), ("Blade 130", 'blade', 118, 112),
         ("Gear pump 480", 'pump', 445, 430))),
}
# in opportunities that are open: title, competitor, days ago, our product, their price, position, note
SEEN = (
    ("Yearly agreement on bearings", 'rotadrive', 12, 'bearing', 79000, 'behind', "Came with the buyer's brother-in-law"),
    ("变频器改造", 'hengli', 6, 'drive', 31500, 'even', "已到现场测量两次"),
    ("Gearboxes for hall 3", 'rotadrive', 9, 'gearbox', 26500, 'ahead', "Has been given our drawing"),
    ("Dealer stock Poznań", 'partsnow', 15, 'pump', 35500, 'present', ""),
    ("New filling line", 'rotadrive', 30, 'pump', 13900, 'behind', ""),
    ("自动化备件年度协议", 'hengli', 4, 'drive', 19000, 'ahead', "给出两天到货承诺"),
    ("成都维修车间备件", 'hengli', 21, 'bearing', 27500, 'even', ""),
)
