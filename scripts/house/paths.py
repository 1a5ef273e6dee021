"""Where things are. Everything that is made lives in ``.local``, which is ignored by git and may be deleted."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / 'scripts'
ADDONS = ROOT / 'addons'
TESTS = ROOT / 'tests'
BENCHES = SCRIPTS / 'benches'
CONF = ROOT / 'odoo.conf'
REQUIREMENTS = SCRIPTS / 'requirements.txt'
REQUIREMENTS_TEST = SCRIPTS / 'requirements-test.txt'

LOCAL = pathlib.Path(os.environ.get('HOUSE_LOCAL') or ROOT / '.local').resolve()
LOGS = LOCAL / 'logs'
ODOO = LOCAL / 'odoo'
VENV = LOCAL / 'venv'
PG_PROGRAMS = LOCAL / 'postgresql'
CHROMIUM = LOCAL / 'chromium'
FONTS = LOCAL / 'fonts'


def force_private():
    """Developer switch: behave as on a machine where nothing useful is installed."""
    return os.environ.get('HOUSE_FORCE_PRIVATE') == '1'
