from . import test_contract
from . import test_step_documents
from . import test_performance
