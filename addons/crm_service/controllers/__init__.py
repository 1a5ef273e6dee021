from . import faq
from . import feedback
