"""What warns of a loss, and what may become of a warning, as data."""

LEVELS = [('low', "Low"), ('medium', "Medium"), ('high', "High")]
SOURCES = [
    ('signals', "Signals"), ('purchases', "Purchase Model"), ('figures', "Figures Model"),
    ('single', "One-Time Buyers Before"),
]
# what became of an alert; the last one comes by itself
OUTCOMES = [
    ('saved', "Saved"), ('lost', "Lost All the Same"), ('false', "False Alarm"), ('recovered', "Recovered by Itself"),
]
# what came of an alert by the facts, whatever people said of it
RESULTS = [
    ('waiting', "Horizon Not Over"), ('lost', "Bought Nothing"), ('rescued', "Bought Again after a Rescue"),
    ('alone', "Bought Again by Itself"),
]
ENOUGH = 20       # alerts, or customers, with fewer of which a percentage says nothing
HORIZON = 90      # days, where no model says otherwise
# metrics of how customers pay: they tell nothing where no payment was ever booked, as after the import of a sales history
PAYMENT = ('receivable', 'overdue', 'overdue_days', 'days_late', 'share_paid')
# Signals that a company begins with, each as soon as there is a metric of the code: (key, metric, comparison, value, points);
# what they are called is in crm_churn_signal.py, where it is translated
SIGNALS = [
    ('silent', 'rhythm', '>=', 2.0, 40.0),
    ('long_silent', 'rhythm', '>=', 4.0, 25.0),
    ('less', 'revenue_trend', '<=', -30.0, 20.0),
    ('late', 'overdue_days', '>=', 30.0, 10.0),
    ('no_contact', 'last_contact', '>=', 60.0, 10.0),
    ('competitor', 'competitor_seen', '>=', 1.0, 15.0),
    ('contact_left', 'contacts_left', '>=', 1.0, 15.0),
    ('complaint', 'open_complaints', '>=', 1.0, 20.0),
    ('promise', 'sla_breaches', '>=', 1.0, 10.0),
    ('rating', 'last_rating', '<=', 2.0, 15.0),
    ('no_visit', 'last_visit', '>=', 90.0, 10.0),
]
