from . import test_churn_event
from . import test_churn_analysis
from . import test_churn_report
from . import test_competitor
from . import test_churn_ask
from . import test_churn_lost
from . import test_churn_model_score
from . import test_survival
