"""What warns of a loss, and what may become of a warning, as data."""

LEVELS = [('low', "Low"), ('medium', "Medium"), ('high', "High")]
SOURCES = [('signals', "Signals"), ('purchases', "Purchase Model"), ('figures', "Figures Model")]
# what became of an alert; the last one comes by itself
OUTCOMES = [
    ('saved', "Saved"), ('lost', "Lost All the Same"), ('false', "False Alarm"), ('recovered', "Recovered by Itself"),
]
# Signals that a company begins with, each as soon as there is a metric of the code: (name, metric, comparison, value, points)
SIGNALS = [
    ("Silent for twice the own rhythm", 'rhythm', '>=', 2.0, 40.0),
    ("Silent for four times the own rhythm", 'rhythm', '>=', 4.0, 25.0),
    ("Buys much less than a quarter ago", 'revenue_trend', '<=', -30.0, 20.0),
    ("Pays late", 'overdue_days', '>=', 30.0, 10.0),
    ("Nobody was in touch for two months", 'last_contact', '>=', 60.0, 10.0),
    ("A competitor was seen", 'competitor_seen', '>=', 1.0, 15.0),
    ("Open complaint", 'open_complaints', '>=', 1.0, 20.0),
    ("We broke a promise of service", 'sla_breaches', '>=', 1.0, 10.0),
    ("Bad rating", 'last_rating', '<=', 2.0, 15.0),
    ("Not visited for three months", 'last_visit', '>=', 90.0, 10.0),
]
