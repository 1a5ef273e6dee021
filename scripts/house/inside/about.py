"""The figures of a demo and who can sign in to it, as JSON: ``about.py DATABASE``."""
import json
import sys

from session import environment


def sign_ins(env):
    """The administrator and the users that an addon's demo data made; their passwords equal their sign-ins."""
    ours = ('crm_grading', 'crm_visit_quota', 'crm_contract_exec', 'crm_service', 'crm_churn')
    made = env['ir.model.data'].search([('model', '=', 'res.users'), ('module', 'in', ours)])
    users = env['res.users'].browse(made.mapped('res_id')).exists().filtered('active') | env.ref('base.user_admin')
    names = env['ir.model.data'].search([('model', '=', 'res.groups'), ('module', 'in', ours)])
    roles = env['res.groups'].browse(names.mapped('res_id'))
    return [{
        'login': user.login, 'password': user.login, 'name': user.name,
        'role': user.function or ', '.join((user.group_ids & roles).mapped('name')),
    } for user in users.sorted('id')]


def figures(env):
    """What ``crm.sales.import`` knows to tell about the company that the suite's demo has made, or about the only one."""
    if 'crm.sales.import' not in env:
        return {}
    company = env.ref('crm_grading.demo_company', raise_if_not_found=False) or env.company
    return env['crm.sales.import'].with_context(allowed_company_ids=company.ids)._figures()


if __name__ == '__main__':
    with environment(sys.argv[1]) as env:
        print(json.dumps({'figures': figures(env), 'users': sign_ins(env)}, default=str))
