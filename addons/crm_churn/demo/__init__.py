from . import crm_churn_demo
