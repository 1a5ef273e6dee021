def uninstall_hook(env):
    """Take along the filters that people saved on our lists: Odoo keeps them, although the lists are gone."""
    models = [name for name, model in env.registry.items() if model._original_module == 'crm_grading']
    env['ir.filters'].with_context(active_test=False).search([('model_id', 'in', models)]).unlink()
