"""The words of an execution plan: kinds of steps, and the states that facts put them into."""

KINDS = [
    ('deliver', "Deliver"), ('accept', "Accept"), ('invoice', "Invoice"), ('collect', "Collect"), ('task', "Task"),
]
STATES = [
    ('wait', "Waiting"), ('ready', "Ready"), ('partial', "Partial"), ('overdue', "Overdue"), ('done', "Done"), ('void', "Void"),
]
OPEN = ('wait', 'ready', 'partial', 'overdue')
# By amount of money: what a share of the contract's gross amount is planned, done and left.
MONEY_KINDS = ('invoice', 'collect')
