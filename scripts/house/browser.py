"""Chromium for the browser journeys, and fonts that can show Chinese."""
import pathlib
import shutil
import subprocess

from . import apt, console, paths, postgres

NAMES = ('google-chrome', 'chromium', 'chromium-browser', 'google-chrome-stable')
REMEDY = 'install Chromium or Google Chrome, so that one of these is on PATH: ' + ', '.join(NAMES)
FONT_PACKAGES = ('fonts-noto-cjk', 'fonts-liberation')
SYSTEM_FONTS = (pathlib.Path('/usr/share/fonts'), pathlib.Path('/usr/local/share/fonts'))

WRAPPER = '''#!/bin/sh
# Made by scripts/setup: Chromium with the libraries that this machine does not have.
export LD_LIBRARY_PATH='{libraries}'
export FONTCONFIG_FILE='{fonts}'
exec '{program}' "$@"
'''
FONTS_CONF = '''<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">{system}</include>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{fonts}/cache</cachedir>
</fontconfig>
'''


def ensure():
    """:return: ``path``: folders to put in front of PATH; ``env``: variables that the browser needs."""
    found = None if paths.force_private() else next(filter(None, map(shutil.which, NAMES)), None)
    path = [] if found else [_private_chromium()]
    env = {} if _has_chinese() else {'FONTCONFIG_FILE': str(_private_fonts())}
    return {'path': path, 'env': env}


def _has_chinese():
    if paths.force_private():
        return False
    return any(True for folder in SYSTEM_FONTS for _font in folder.rglob('*CJK*'))


def _private_chromium():
    """:return: the folder with a program named ``chromium``."""
    wrapper = paths.CHROMIUM / 'wrapper' / 'chromium'
    if not wrapper.exists():
        if not apt.is_debian():
            raise console.Trouble('no Chromium was found for the browser tests', REMEDY)
        with apt.private() as source, apt.building(paths.CHROMIUM) as new:
            for deb in source.download_missing('Chromium', ['chromium']):
                apt.unpack(deb, new, apt.USELESS)
            _write_wrapper(new)
        try:
            _check(wrapper)
        except console.Trouble:
            shutil.rmtree(paths.CHROMIUM)
            raise
    return wrapper.parent


def _write_wrapper(folder):
    """The wrapper names the final place, not the one where the folder is being made."""
    final = paths.CHROMIUM
    libraries = postgres.library_path(folder).replace(str(folder), str(final))
    (folder / 'fonts.conf').write_text(FONTS_CONF.format(
        fonts=paths.FONTS, system=_first(folder, final)))
    wrapper = folder / 'wrapper' / 'chromium'
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(WRAPPER.format(
        libraries=libraries, fonts=final / 'fonts.conf', program=final / 'usr/lib/chromium/chromium'))
    wrapper.chmod(0o755)


def _first(folder, final):
    """The machine's fontconfig settings, else those that came with Chromium."""
    own = 'etc/fonts/fonts.conf'
    return final / own if (folder / own).exists() else f'/{own}'


def _check(wrapper):
    """Whether it starts and shows a page."""
    done = subprocess.run(
        [wrapper, '--headless', '--no-sandbox', '--disable-gpu', '--dump-dom', 'data:text/html,<p>hello</p>'],
        capture_output=True, text=True, check=False, timeout=120)
    if 'hello' not in done.stdout:
        last = (done.stderr.strip().splitlines() or ['it wrote nothing'])[-1]
        raise console.Trouble(f'the unpacked Chromium does not start: {last[:200]}', REMEDY)


def _private_fonts():
    """:return: a fontconfig file that adds fonts with Chinese characters."""
    conf = paths.FONTS / 'fonts.conf'
    if not conf.exists():
        if not apt.is_debian():
            raise console.Trouble('no font with Chinese characters was found', 'install Noto Sans CJK')
        with apt.private(everything=True) as source, apt.building(paths.FONTS) as new:
            for deb in source.download('fonts', FONT_PACKAGES):
                apt.unpack(deb, new, ('./usr/share/doc', './etc'))
            (new / 'fonts.conf').write_text(FONTS_CONF.format(fonts=paths.FONTS, system='/etc/fonts/fonts.conf'))
    return conf
