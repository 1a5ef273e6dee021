from odoo.addons.crm_grading.hooks import forget_filters


def post_init_hook(env):
    """Take over what is known of the past: the stages of leads, Odoo's lost reasons, and what was lost before;
    and give the companies signals to begin with."""
    env['crm.churn.stage.log']._log_past()
    env['crm.lost.reason'].search([])._churn_reasons(env.company)
    env['crm.lead']._churn_record_past()
    env['crm.churn.signal']._ensure_defaults(env['res.company'].search([]))


def uninstall_hook(env):
    """Take along what people saved on our lists, and what Odoo notes about the choices that our signals have from their criteria."""
    forget_filters(env, 'crm_churn')
    env['ir.model.data'].search([('module', '=', 'crm_grading'), ('name', '=like', r'selection\_\_crm\_churn\_%')]).unlink()
