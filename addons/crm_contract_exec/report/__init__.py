from . import crm_receivable
from . import crm_receivable_sql
from . import crm_contract_result
from . import crm_contract_cash
from . import crm_contract_sale
from . import crm_contract_customer
from . import crm_contract_delay
from . import crm_contract_delivery
