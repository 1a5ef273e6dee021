from . import crm_visit_report
from . import crm_visit_brief_report
from . import crm_buying_center_report
from . import crm_stage_skip_report
