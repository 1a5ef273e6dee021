"""Whom the demo company was warned of, whom it tried to win back, and what it asked its people. Nothing here touches Odoo."""
from typing import NamedTuple


class Won(NamedTuple):
    """An opportunity that was won against a competitor. Days are days ago."""
    customer: str
    title: str
    product: str
    amount: int
    engaged: int
    won: int
    competitor: str
    price: int                  # of the competitor
    note: str = ''


WON = (
    Won('vandijk', "Bearings for the second dredger", 'bearing', 27500, 330, 262, 'rotadrive', 28900, "Our stock decided it."),
    Won('solventum', "Motors for the tracker drives", 'motor', 18500, 260, 201, 'iberica', 17900, "Came back from a trial with them."),
    Won('stahlbau', "Gear pumps for the pickling line", 'pump', 16200, 215, 158, 'rotadrive', 17400),
    Won('suzhou', "三期产线轴承", 'bearing_set', 24800, 190, 131, 'hengli', 21500, "寿命测试数据说服了对方总工。"),
    Won('zuivel', "Hoses with food approval", 'hose', 9400, 150, 97, 'partsnow', 8800, "They had no certificate."),
    Won('haitian', "出口机型减速机", 'gearbox', 39500, 140, 72, 'hengli', 33900, "出口欧洲必须有认证，恒力没有。"),
    Won('agrar', "Filters for the season", 'filter', 7200, 95, 58, 'partsnow', 6900),
    Won('glas', "Drives for the lehr", 'drive', 21300, 110, 44, 'rotadrive', 22600, "Maintenance contract included."),
)


class Case(NamedTuple):
    """An attempt to win a customer back. Days are days ago."""
    customer: str
    opened: int
    state: str                  # open, won_back, lost, dropped
    closed: int                 # of a customer won back: the win-back day
    measures: tuple
    about: str = ''             # the lost opportunity; empty: whatever was lost of the customer
    outcome: str = ''
    offer: tuple = ()           # (product, quantity, discount in percent, days ago)
    lead: str = ''              # an open opportunity that belongs to it
    has_plan: bool = False


CASES = (
    Case('haitian', 330, 'won_back', 285, ('visit', 'discount'), "注塑机液压泵批量采购",
         "总监带队拜访，价格让步 6%，签了全年供货协议。"),
    Case('papierwerk', 296, 'won_back', 262, ('apology', 'replacement'), "Bearings for PM 1",
         "Apologised in person and put a set of bearings on stock with them."),
    Case('hangzhou', 165, 'won_back', 118, ('replacement', 'discount'), "灌装线变频器", "先借用变频器渡过旺季，随后恢复采购。"),
    Case('nordwind', 144, 'won_back', 96, ('visit',), "Pitch motors", "Lena met the new buyer: our prices were never on his table."),
    Case('polska', 132, 'won_back', 61, ('discount',), "Pumps for the spring campaign", "Took the pumps after all, delivered in two lots."),
    Case('chongqing', 372, 'lost', 318, ('visit', 'discount'), '', "对方已与恒力签三年框架协议。"),
    Case('zuivel', 194, 'lost', 141, ('replacement',), "Pumps for the cheese line", "No stainless pump in our range before next year."),
    Case('scierie', 170, 'lost', 121, ('apology', 'visit'), '', "Too late: the buyer has set up everything at PartsNow."),
    Case('textil', 80, 'lost', 33, ('discount',), "Drives for the looms", "Ibérica went below our cost."),
    Case('ziegelei', 231, 'dropped', 229, (), '', "The kiln is cold; nobody buys parts for it."),
    Case('cimenterie', 139, 'open', 0, ('visit',), '', offer=('bearing_set', 40, 12, 9), has_plan=True),
    Case('papierwerk', 88, 'open', 0, ('apology', 'replacement'), '', lead="Win back: overhaul of PM 2"),
    Case('kabel', 91, 'open', 0, ('visit', 'discount'), "Drum motors", offer=('motor', 12, 8, 21)),
    Case('shanghai', 54, 'open', 0, ('discount',), "经销商季度备货", offer=('hose', 150, 10, 6)),
    Case('staal', 41, 'open', 0, (), "Crane gearboxes", has_plan=True),
)


class Alert(NamedTuple):
    """A warning of the past. Days are days ago."""
    customer: str
    raised: int
    risk: float
    at_stake: int
    signals: tuple              # (metric, threshold) of the signals that held
    outcome: str
    closed: int
    note: str = ''


SILENT, TWICE, LESS = ('rhythm', 2.0), ('rhythm', 4.0), ('revenue_trend', -30.0)
SEEN, NO_CONTACT = ('competitor_seen', 1.0), ('last_contact', 60.0)
ALERTS = (
    Alert('haitian', 348, 75, 61000, (SILENT, LESS, SEEN), 'lost', 340, "The pumps are lost to Hengli. Win-back case opened."),
    Alert('hangzhou', 205, 65, 9800, (SILENT, LESS), 'lost', 171, "恒力有现货，我们要五周。"),
    Alert('glas', 176, 60, 11300, (SILENT, LESS), 'saved', 150, "Visited with the head of sales: the late delivery had hurt."
          " Priority for the next two orders."),
    Alert('dalian', 158, 70, 7900, (SILENT, LESS, NO_CONTACT), 'recovered', 131),
    Alert('kabel', 121, 75, 12600, (SILENT, LESS, SEEN), 'lost', 98, "Rotadrive gets the drum motors."),
    Alert('wuxi', 109, 60, 8200, (SILENT, LESS), 'false', 104, "国庆前停产检修，订单在十月下达。"),
    Alert('bahn', 96, 60, 10400, (SILENT, LESS), 'saved', 78, "Agreed on call-offs month by month."),
    Alert('nordic', 83, 65, 4100, (SILENT, TWICE), 'lost', 37, "Sells other hoses now."),
    Alert('fonderie', 77, 60, 8800, (SILENT, LESS), 'saved', 63, "Panels go on in two lots; the budget comes in spring."),
    Alert('molen', 70, 60, 9500, (SILENT, LESS), 'false', 66, "Works are closed for the holidays; the order is in the mail."),
)
# what is open: who has started on it, who sleeps for a fortnight, and what has become clear
STARTED, ASLEEP = ('cimenterie', 'papierwerk'), ('ziegelei', 'scierie')
GIVEN_UP = (('shenyang', 'lost', "工厂停产搬迁，设备封存，已无需求。"),)


class Call(NamedTuple):
    """A call for information. Periods are counted from the oldest one; each person's answers in the order of the questions."""
    name: str
    frequency: str
    start: int                  # days ago
    announcement: str
    questions: tuple            # (question, kind, is it required)
    returns: tuple              # (number of the period, person, days after its start; answers: none where it was missed)
    is_closed: bool = False


CALLS = (
    Call(
        "Price pressure on drives and motors", 'once', 82,
        "<p>We lose drives and motors on price. Before we change the list: tell me what you see at your customers.</p>", (
            ("Whom do you lose to most?", 'competitor', True), ("How many percent are they cheaper?", 'number', True),
            ("Would delivery within a week decide it?", 'yes', True), ("Main reason besides the price", 'reason', False),
            ("What do customers say?", 'text', False)), (
            (0, 'rep', 1, ('rotadrive', 6, 'no', 'service', "They commission for nothing. That is worth more than the six percent.")),
            (0, 'rep2', 2, ('hengli', 17, 'yes', 'stock', "客户都说：价格能谈，交期等不了。")),
            (0, 'lead', 2, ('rotadrive', 8, 'yes', 'stock', "Nobody waits five weeks for a motor."))), is_closed=True),
    Call(
        "Competitors of the week", 'weekly', 25,
        "<p>Every Monday, two minutes: whom you met, and where we were asked for a better price.</p>", (
            ("Competitor met most", 'competitor', False), ("Offers in which a competitor was named", 'number', True),
            ("Did anybody ask to match a price?", 'yes', True), ("What should the others know?", 'text', False)), (
            (0, 'rep', 1, ('rotadrive', 4, 'yes', "Free commissioning again at Kabelwerk.")),
            (0, 'rep2', 2, ('hengli', 6, 'yes', "恒力推出年终返点。")), (0, 'lead', 3, ('iberica', 2, 'no', "")),
            (1, 'rep', 2, ('partsnow', 3, 'yes', "")), (1, 'rep2', 1, ('hengli', 5, 'yes', "")), (1, 'lead', 0, ()),
            (2, 'rep', 1, ('rotadrive', 2, 'no', "Their prices rise in January, says a buyer.")),
            (2, 'rep2', 3, ('hengli', 7, 'yes', "大连、上海都在压价。")), (2, 'lead', 1, ('rotadrive', 3, 'yes', "")),
            (3, 'rep2', 1, ('hengli', 4, 'yes', "")))),
)

# opportunities of Odoo's own demo that come lost, and why: identifier, reason
BORROWED = (
    ('crm_case_7', 'budget'), ('crm_case_9', 'need'), ('crm_case_11', 'price'), ('crm_case_12', 'contact'), ('crm_case_28', 'competitor'))
