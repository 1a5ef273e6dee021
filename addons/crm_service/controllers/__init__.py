from . import faq
from . import feedback
from . import login
from . import service_preferences
from . import ticket_form
from . import ticket_portal
from . import ticket_status
from . import complaint
