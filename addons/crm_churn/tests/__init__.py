from . import test_churn_event
from . import test_competitor
from . import test_churn_model_score
