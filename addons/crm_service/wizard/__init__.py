from . import crm_interest_letter
