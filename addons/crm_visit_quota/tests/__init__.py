from . import test_visit_state
