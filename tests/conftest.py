import pytest


@pytest.fixture
def env(load_registry):
    """The superuser's environment on the test database; what a test writes is rolled back."""
    import odoo.api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with Registry(get_db_name()).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        cr.rollback()
