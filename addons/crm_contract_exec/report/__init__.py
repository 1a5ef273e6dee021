from . import crm_receivable
from . import crm_receivable_sql
