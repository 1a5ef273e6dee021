def forget_filters(env, module):
    """Delete the filters that people saved on the lists of a module of ours: Odoo keeps them, although the lists are gone.

    :param str module: name of the addon that is being uninstalled
    """
    models = [name for name, model in env.registry.items() if model._original_module == module]
    env['ir.filters'].with_context(active_test=False).search([('model_id', 'in', models)]).unlink()


def uninstall_hook(env):
    """Take along what people saved on our lists."""
    forget_filters(env, 'crm_grading')
