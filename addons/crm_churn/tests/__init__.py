from . import test_churn_event
