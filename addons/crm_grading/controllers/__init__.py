from . import crm_grading_workbook
