from . import test_grading_methods
