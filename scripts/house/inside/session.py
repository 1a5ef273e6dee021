"""An Odoo environment for the programs in this folder. They run with the project's Python and Odoo on its path."""
import contextlib
import logging


@contextlib.contextmanager
def environment(database):
    """The superuser's environment on ``database``; committed at the end when all went well."""
    import odoo.api
    import odoo.modules.registry
    from odoo.tools import config

    config.parse_config(['-d', database, '--max-cron-threads=0'], setup_logging=False)
    logging.getLogger().setLevel(logging.WARNING)
    with odoo.modules.registry.Registry(database).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
