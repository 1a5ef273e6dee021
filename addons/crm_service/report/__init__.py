from . import crm_service_person
from . import crm_ticket_report
