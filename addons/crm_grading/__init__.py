from . import models
<<<<<<< HEAD
from . import report
from . import wizard
=======
from . import demo
>>>>>>> 4e71dfc (Tell a wholesaler's story as demo data)
