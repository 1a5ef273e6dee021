from . import crm_performance_statements
