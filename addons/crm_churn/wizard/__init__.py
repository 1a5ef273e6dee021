from . import crm_churn_reason_choice
from . import crm_lead_lost
from . import crm_churn_leave
from . import base_partner_merge
from . import crm_churn_workbook
