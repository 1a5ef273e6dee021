from . import crm_churn_reason
from . import crm_churn_event
from . import crm_churn_event_reason
from . import crm_competitor
from . import crm_churn_event_competitor
from . import crm_churn_model
from . import crm_churn_model_score
from . import crm_customer_churn
