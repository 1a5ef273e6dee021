from . import crm_visit_quota_workbook
