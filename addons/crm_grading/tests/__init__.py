from . import test_grading_methods
from . import test_metric_sales
from . import test_metric_contract
from . import test_grading_run
from . import test_explanation
from . import test_metric_custom
from . import test_concentration
from . import test_migration
