"""The same checks as ``scripts/lint``: ruff and pylint-odoo."""
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
ADDONS = sorted(f'addons/{path.parent.name}' for path in ROOT.glob('addons/*/__manifest__.py'))


@pytest.mark.parametrize('command', [
    pytest.param(['ruff', 'check', '--no-cache', 'addons', 'scripts', 'tests', 'conftest.py'], id='ruff'),
    pytest.param(['pylint', '--rcfile=.pylintrc', *ADDONS], id='pylint-odoo'),
])
def test_no_complaint(command):
    done = subprocess.run([sys.executable, '-m', *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize('addon', ADDONS)
def test_readme(addon):
    readme = ROOT / addon / 'README.md'
    assert readme.is_file(), f'{addon} needs a README.md that says what it does'
    assert len(readme.read_text(encoding='utf-8')) > 300
