from . import crm_performance_statements
from . import crm_contract_workbook
from . import portal
