from . import base_partner_merge
from . import crm_visit_cancel
from . import crm_visit_reschedule
from . import crm_visit_frequency
from . import crm_visit_plan
from . import crm_visit_reassign
from . import crm_visit_task_wizards
