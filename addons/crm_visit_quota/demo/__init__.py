from . import crm_visit_demo
