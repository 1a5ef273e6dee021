from . import base_partner_merge
from . import crm_visit_cancel
from . import crm_visit_reschedule
