from . import crm_contract_demo
