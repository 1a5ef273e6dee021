from . import crm_grading_demo
