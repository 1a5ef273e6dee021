from . import test_ticket
from . import test_ticket_access
from . import test_tools
