from . import crm_service_person
