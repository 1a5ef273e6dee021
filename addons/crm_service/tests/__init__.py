from . import test_faq
from . import test_faq_page
from . import test_faq_search
from . import test_ticket
from . import test_ticket_access
from . import test_tools
from . import test_assign
