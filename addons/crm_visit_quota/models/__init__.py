from . import crm_visit_kind
from . import crm_visit
from . import crm_visit_check
from . import crm_visit_state
from . import res_users
