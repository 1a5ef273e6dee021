"""What the suite consists of, read from its manifests, and keys that change when it does."""
import ast
import hashlib

from . import console, paths

# Odoo makes the first one the default of all new people.
LANGUAGES = ('en_US', 'zh_CN')
# Modules of Odoo that our addons do without, but work with where they are installed: tests run with them.
BESIDE = ('sale_stock',)
FORMAT = '2'  # raise it when templates have to be built in another way
# Not loaded by an installation, so a change there needs no new template.
IGNORED_FOLDERS = {'tests', '__pycache__', 'demo', 'readme', 'doc', 'docs'}
IGNORED_SUFFIXES = {'.pyc', '.md', '.rst'}


def manifests(folder=paths.ADDONS):
    """``{name: manifest}`` of the installable addons."""
    found = {}
    for path in sorted(folder.glob('*/__manifest__.py')):
        try:
            manifest = ast.literal_eval(path.read_text(encoding='utf-8'))
        except (SyntaxError, ValueError) as error:
            raise console.Trouble(f'{path} is not a valid manifest: {error}', 'correct it') from error
        if manifest.get('installable', True):
            found[path.parent.name] = manifest
    return found


def dependencies(addons):
    """The modules of Odoo that ``addons`` (name to manifest) ask for."""
    asked = {name for manifest in addons.values() for name in manifest.get('depends', ())}
    return sorted(asked - set(addons)) or ['web']


def files(folder, demo=False):
    """The files of an addon that an installation reads."""
    for path in sorted(folder.rglob('*')):
        parts = path.relative_to(folder).parts
        # static/tests holds journeys and unit tests of the web client: part of the assets
        skipped = IGNORED_FOLDERS.intersection(parts[:-1]) and parts[0] != 'static'
        if parts[0] == 'demo':
            skipped = not demo and path.suffix != '.py'  # its models are loaded in any case
        if path.is_file() and not skipped and path.suffix not in IGNORED_SUFFIXES:
            yield path


def digest(parts):
    """A short name for a sequence of texts or bytes."""
    total = hashlib.sha256()
    for part in parts:
        part = part if isinstance(part, bytes) else str(part).encode()
        total.update(len(part).to_bytes(8, 'big') + part)
    return total.hexdigest()[:12]


def base_key(version, modules):
    """Key of a database with Odoo's own modules."""
    return digest([FORMAT, version, *LANGUAGES, *modules])


def content_key(folder=paths.ADDONS, demo=False):
    """Key of the content of our addons."""
    parts = []
    for name in manifests(folder):
        for path in files(folder / name, demo):
            parts += [path.relative_to(folder), path.read_bytes()]
    return digest(parts)
