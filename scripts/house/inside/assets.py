"""Generate the web client's assets once and commit them, so that no browser test has to: ``assets.py DATABASE``."""
import sys

from session import environment

BUNDLES = (
    'web.assets_web', 'web.assets_web_dark', 'web.assets_web_print', 'web.assets_frontend',
    'web.assets_frontend_minimal', 'web.assets_frontend_lazy', 'web.assets_tests', 'web.assets_unit_tests',
    'web.assets_unit_tests_setup',
)


def generate(env):
    for bundle in BUNDLES:
        for kind in ('js', 'css'):
            asset = env['ir.qweb']._get_asset_bundle(bundle, js=kind == 'js', css=kind == 'css')
            if asset.javascripts if kind == 'js' else asset.stylesheets:
                getattr(asset, kind)()


if __name__ == '__main__':
    with environment(sys.argv[1]) as env:
        generate(env)
