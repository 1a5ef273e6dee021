from . import crm_receivable_as_of
from . import crm_contract_create
from . import crm_contract_decision
from . import crm_contract_sign
from . import crm_credit_decision
from . import crm_contract_workbook
from . import stock_return_picking_step
from . import crm_contract_step_confirm
