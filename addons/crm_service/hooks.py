from odoo.addons.crm_grading.hooks import forget_filters


def post_init_hook(env):
    """Give the companies that are there already their numbers."""
    env['res.company'].search([])._crm_service_set_up()


def uninstall_hook(env):
    """Take along what people saved on our lists, the numbers of the companies, and what Odoo notes about our tickets."""
    forget_filters(env, 'crm_service')
    env['ir.sequence'].with_context(active_test=False).search([('code', '=', 'crm.ticket')]).unlink()
    # Odoo's ratings note the choices of their fields on our model, and leave the note behind
    env['ir.model.data'].search([('module', '=', 'rating'), ('name', '=like', r'selection\_\_crm\_ticket\_\_%')]).unlink()
