from . import crm_sales_history
from . import crm_lifecycle_report
from . import crm_lifecycle_conversion
from . import crm_grade_value
from . import crm_grading_distribution
from . import crm_customer_report
