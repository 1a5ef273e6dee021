from . import crm_churn_workbook
