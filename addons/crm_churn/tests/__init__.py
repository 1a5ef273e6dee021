from . import test_churn_event
from . import test_competitor
