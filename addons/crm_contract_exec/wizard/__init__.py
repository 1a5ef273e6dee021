from . import crm_receivable_as_of
