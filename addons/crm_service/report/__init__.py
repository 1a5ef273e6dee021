from . import crm_service_person
from . import crm_ticket_report
from . import crm_complaint_report
