"""What is said on visits of the demo company."""

# report, outcome, next step
REPORTS = (
    ("Walked through the hall with the maintenance team. Two gear pumps are worn and will be replaced at the next stop.", 'progress',
     "Offer two gear pumps"),
    ("Went through the open orders. The last delivery was complete and on time.", 'reached', ""),
    ("The buyer compares our bearings with Lagermax. The price counts less than stock on Mondays.", 'progress',
     "Send the stock list"),
    ("Talked about spare parts for the old press. They keep it for three more years.", 'reached', "Offer a set of wear parts"),
    ("Short talk only: the plant manager was called away.", 'none', ""),
    ("They are unhappy about the wrong gasket last month. Apologised; the right one is on its way.", 'setback',
     "Call whether the gasket arrived"),
    ("Showed the frequency converters. The electrician wants to try one on the conveyor.", 'progress', "Lend a converter for two weeks"),
    ("Agreed on the quantities of the yearly agreement.", 'reached', "Send the agreement for signature"),
    ("Nobody there: the appointment was not in their calendar.", 'absent', "Agree on a new day"),
    ("A second hall is planned for next year. We are asked for a concept of the drives.", 'progress', "Draft the concept of the drives"),
)
REPORTS_CN = (
    ("与设备科一起查看了现场，两台齿轮泵磨损，计划下次停机时更换。", 'progress', "报价两台齿轮泵"),
    ("核对了未交订单，上次交货完整准时。", 'reached', ""),
    ("采购在与华鑫传动比价，更看重周一的现货供应。", 'progress', "发送库存清单"),
    ("讨论了旧压机的备件，设备还要再用三年。", 'reached', "报价易损件套装"),
    ("厂长临时有事，只简单交谈。", 'none', ""),
    ("客户对上月发错垫片不满，已道歉，正确的垫片在途。", 'setback', "电话确认垫片是否收到"),
    ("演示了变频器，电工想在输送线上试用一台。", 'progress', "借出一台变频器试用两周"),
    ("商定了年度协议的数量。", 'reached', "寄送协议签字"),
)
PURPOSES = ("Open quotation", "Stock check on site", "Yearly agreement", "Spare parts for the old line", "New contact in purchasing")
PURPOSES_CN = ("跟进报价", "现场核对库存", "年度协议", "旧生产线备件", "采购新联系人")
WISHES = (
    "Wants energy figures of the new motors", "Asks for delivery before 7 in the morning", "Needs a training for the maintenance team",
    "Looks for a supplier of hydraulic hoses")
WISHES_CN = ("希望提供中文说明书", "需要夜间紧急供货", "询问新电机的能耗数据")
PRIVATE = ("The plant manager retires next summer.", "The owner's son takes over purchasing.", "Ask about the accident only when alone.")
CANCELLED = ("The customer is closed that day", "Car broke down")
