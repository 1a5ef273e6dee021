from . import crm_churn_reason_choice
from . import crm_lead_lost
from . import crm_churn_leave
from . import base_partner_merge_pool
from . import crm_pool_import
from . import crm_pool_protect
from . import crm_pool_release
