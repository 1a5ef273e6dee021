from . import crm_sales_history
from . import crm_sales_history_amounts
from . import crm_sales_history_lives
from . import crm_churn_analysis
from . import crm_churn_analysis_pareto
from . import crm_churn_analysis_survival
from . import crm_churn_report
from . import crm_customer_movement
