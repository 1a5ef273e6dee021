"""What customers of the demo company ask, and what they are told. Nothing here touches Odoo."""
from typing import NamedTuple


class Topic(NamedTuple):
    """Something that is asked again and again."""
    type: str
    tag: str
    title: str
    text: str
    answer: str
    title_cn: str
    text_cn: str
    answer_cn: str
    product: str = ''
    priority: str = '1'


TOPICS = (
    Topic('repair', 'pump', "Gear pump loses pressure", "Since Monday the pump gives only half of its pressure.",
          "Please bleed the suction line and check the seal on the shaft; a new seal kit is on its way to you.",
          "齿轮泵压力下降", "从周一开始，泵的压力只有原来的一半。", "请先对吸油管排气并检查轴封，新的密封套件已经寄出。", 'pump', '2'),
    Topic('repair', 'drive', "Frequency converter shows E-07", "The converter stops with E-07 when the line starts.",
          "E-07 is overcurrent on start: raise the ramp to 8 seconds in menu P12. It holds in all cases we know of.",
          "变频器报警 E-07", "生产线启动时变频器停机并显示 E-07。",
          "E-07 表示启动过流：请在菜单 P12 中把加速时间改为 8 秒。", 'drive', '2'),
    Topic('repair', 'gearbox', "Worm gearbox runs hot", "The housing gets too hot to touch after an hour.",
          "The oil level is too high in this mounting position. Drain to the middle of the glass.",
          "蜗轮减速机发热", "运行一小时后壳体烫手。", "该安装位置的油位偏高，请把油放到油镜中线。", 'gearbox'),
    Topic('question', 'documents', "Certificate of origin for the last delivery", "Our customs broker asks for the certificate.",
          "The certificate is attached. For later deliveries you find it in the portal beside the delivery note.",
          "上批货物的原产地证", "报关行需要原产地证书。", "证书见附件，以后的批次可以在客户门户的送货单旁下载。"),
    Topic('question', 'invoice', "Order number is missing on the invoice", "We cannot book your invoice without our order number.",
          "We have sent the invoice again with your order number, and keep it with your account from now on.",
          "发票上缺少订单号", "没有我方订单号无法入账。", "已重新开具带订单号的发票，今后会自动带上。"),
    Topic('question', 'delivery', "When does the rest arrive?", "Forty of the sixty bearings came. When do the others come?",
          "The remaining pieces leave our warehouse on Thursday; you get the tracking number by mail.",
          "余下的货什么时候到？", "六十套轴承只到了四十套，其余什么时候到？", "其余部分周四发货，快递单号会发到您的邮箱。", 'bearing'),
    Topic('request', 'documents', "Drawing of the coupling", "Could you send the drawing with the bore of 42 mm?",
          "Here is the drawing as STEP and PDF. The bore of 42 mm is kept in stock.",
          "联轴器图纸", "请提供 42 毫米孔径的图纸。", "附上 STEP 和 PDF 图纸，42 毫米孔径有现货。", 'coupling'),
    Topic('request', 'delivery', "Change of the delivery address", "Please deliver to hall 4 from now on.",
          "Noted: all open orders go to hall 4 now.",
          "变更送货地址", "今后请送到 4 号厂房。", "已登记，所有未交订单都会送到 4 号厂房。"),
    Topic('complaint', 'delivery', "Wrong seals in the box", "We ordered kit KV-1101 and got gaskets. The machine stands still.",
          "That was our mistake. The right kits arrive tomorrow by express; keep the gaskets.",
          "箱内密封件发错", "订购的是 KV-1101，收到的是垫片，设备停机了。",
          "是我们的失误，正确的套件明天快递到达，垫片请您留用。", 'seal', '2'),
    Topic('complaint', 'quality', "Hose leaks after a week", "The new hose assembly drips at the fitting.",
          "The crimp was bad in this lot. A replacement is with the courier, and we write off the first one.",
          "软管一周后渗漏", "新软管总成的接头处滴油。", "该批次压接不良，替换件已交快递，原货款予以冲减。", 'hose', '2'),
    Topic('praise', 'people', "Thank you for the night shift", "Your technician stayed until the line ran. We will not forget that.",
          "Thank you! We pass it on.",
          "感谢夜间支援", "贵方技术员一直陪到生产线恢复，非常感谢。", "谢谢，我们一定转达！", '', '0'),
)


class Request(NamedTuple):
    """A ticket of today. Moments are working hours ago; ``course`` is what happened: (hours ago, what, who, text)."""
    customer: str
    topic: int
    opened: float
    channel: str
    course: tuple = ()
    agent: str = 'agent'
    team: str = 'hotline'
    title: str = ''


TODAY = (
    Request('vandijk', 0, 2.5, 'email', (), ''),
    Request('haitian', 1, 3.0, 'email', ((2.2, 'take', 'agent2', ''),), 'agent2', 'china'),
    Request('stahlbau', 2, 9.0, 'phone', ((8.8, 'take', 'agent', ''), (8.0, 'reply', 'agent', ''), (7.9, 'wait', 'agent', ''))),
    Request('bouwgroep', 8, 14.0, 'portal', ((13.0, 'take', 'agent', ''),)),
    Request('carpenteria', 3, 1.0, 'web', (), ''),
    Request('suzhou', 5, 11.0, 'email', (
        (10.0, 'take', 'agent2', ''), (9.5, 'reply', 'agent2', ''), (4.0, 'ask', '', "周四能确认吗？")), 'agent2', 'china'),
    Request('papierwerk', 0, 30.0, 'phone', ((29.0, 'take', 'agent', ''),), 'agent', 'workshop'),
    Request('molen', 4, 6.0, 'email', ((5.0, 'take', 'agent', ''), (4.5, 'reply', 'agent', ''), (4.4, 'solve', 'agent', ''))),
    Request('hangzhou', 9, 20.0, 'portal', ((19.0, 'take', 'agent2', ''), (18.0, 'reply', 'agent2', '')), 'agent2', 'china'),
    Request('nordwind', 6, 4.0, 'email', (), ''),
    Request('ceska', 7, 5.0, 'email', ((4.0, 'take', 'agent', ''),)),
    Request('windpark', 2, 26.0, 'phone', ((25.0, 'take', 'agent', ''), (24.0, 'wait', 'agent', '')), 'agent', 'workshop'),
    Request('shenyang', 8, 40.0, 'email', (
        (38.0, 'take', 'agent2', ''), (30.0, 'reply', 'agent2', ''), (12.0, 'ask', '', "还是没有收到。")), 'agent2', 'china'),
    Request('tianjin', 3, 0.6, 'email', (), '', 'china'),
)

# (question, answer, category, audience, language, place of the original in this list)
ARTICLES = (
    ("The gear pump loses pressure", """<ol><li>Stop the machine and bleed the suction line.</li><li>Look for drops at the shaft seal.</li>
<li>Replace the seal with kit KV-1101 if it drips.</li></ol>""", 'pumps', 'public', 'en_US', None),
    ("齿轮泵压力下降怎么办？", """<ol><li>停机并对吸油管排气。</li><li>检查轴封是否滴油。</li>
<li>如有滴油，请更换密封套件 KV-1101。</li></ol>""", 'pumps', 'public', 'zh_CN', 0),
    ("What does E-07 on the frequency converter mean?", "<p>Overcurrent on start. Raise the ramp in menu P12 to 8 seconds.</p>",
     'drives', 'public', 'en_US', None),
    ("变频器显示 E-07 是什么意思？", "<p>启动过流。请在菜单 P12 中把加速时间改为 8 秒。</p>", 'drives', 'public', 'zh_CN', 2),
    ("Where do I find the certificate of origin?", "<p>In the portal, beside the delivery note of each delivery.</p>",
     'orders', 'customers', 'en_US', None),
    ("在哪里下载原产地证？", "<p>在客户门户中，每张送货单旁都可以下载。</p>", 'orders', 'customers', 'zh_CN', 4),
    ("How do I return goods?", "<p>Open a ticket with the number of the delivery. We send the label within a day.</p>",
     'orders', 'public', 'en_US', None),
    ("如何退货？", "<p>请提交工单并注明送货单号，我们会在一天内提供退货标签。</p>", 'orders', 'public', 'zh_CN', 6),
    ("Which oil does the worm gearbox need?", "<p>Synthetic PG 220, up to the middle of the glass in the mounting position used.</p>",
     'drives', 'public', 'en_US', None),
    ("When may we promise an express delivery?", "<p>For grades A1 and A2 always; else ask the team leader.</p>",
     'inside', 'internal', 'en_US', None),
)
CATEGORIES = {
    'pumps': "Pumps and hydraulics", 'drives': "Drives and gearboxes", 'orders': "Orders and deliveries", 'inside': "For colleagues"}
CATEGORIES_CN = {'pumps': "泵与液压", 'drives': "驱动与减速机", 'orders': "订单与交货", 'inside': "内部参考"}
# what was looked for in vain
WANTED = (
    ("explosion proof motor", 'en_US'), ("explosion proof motor", 'en_US'), ("noise of the pump", 'en_US'), ("防爆电机", 'zh_CN'),
    ("防爆电机", 'zh_CN'), ("维修周期", 'zh_CN'), ("carbon footprint", 'en_US'))
COMMENTS = ("Quick and friendly.", "Fine.", "Solved, but I had to ask twice.", "Nobody called me back.", "Took too long.")
COMMENTS_CN = ("又快又专业。", "满意。", "问题解决了，但问了两次。", "没人回我电话。", "处理太慢。")
# mail that became no ticket: why, from whom, what
ASIDE = (
    ('automatic', "Out of office: Re: Gear pump loses pressure", 'purchasing@fonderie.example.com',
     "I am back on Monday. In urgent cases please write to my colleague."),
    ('bounce', "Undeliverable: Certificate of origin", 'mailer-daemon@mail.example.com', "The mailbox of the recipient is full."),
    ('no_team', "泵的报价", 'caigou@hangzhou.example.com', "请报一台液压泵的价格和交期。"),
)
