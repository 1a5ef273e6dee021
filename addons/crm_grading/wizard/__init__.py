from . import crm_grading_dry_run
from . import crm_grade_override
