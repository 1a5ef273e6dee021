from . import crm_grading_dry_run
from . import crm_grade_override
from . import crm_segment_activity
from . import crm_lifecycle_override
from . import crm_grade_migration
from . import crm_grading_workbook
from . import base_partner_merge
from . import crm_lifecycle_merge
