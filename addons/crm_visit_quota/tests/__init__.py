from . import test_visit_state
from . import test_visit_position
from . import test_visit_sync
from . import test_visit_day
from . import test_visit_calendar
