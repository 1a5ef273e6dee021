from . import crm_visit_report
from . import crm_visit_brief_report
