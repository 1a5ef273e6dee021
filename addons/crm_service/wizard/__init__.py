from . import crm_interest_letter
from . import crm_service_workbook
from . import crm_ticket_reply
from . import crm_ticket_merge
from . import crm_ticket_split
