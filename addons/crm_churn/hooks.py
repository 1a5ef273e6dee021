from odoo.addons.crm_grading.hooks import forget_filters


def uninstall_hook(env):
    """Take along what people saved on our lists."""
    forget_filters(env, 'crm_churn')
