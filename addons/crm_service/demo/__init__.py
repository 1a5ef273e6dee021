from . import crm_service_demo
