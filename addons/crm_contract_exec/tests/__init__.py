from . import test_contract
from . import test_step_documents
from . import test_performance
from . import test_payment_promise
from . import test_payment_dispute
from . import test_tools
from . import test_receivable
