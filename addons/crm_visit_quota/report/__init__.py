from . import crm_visit_report
