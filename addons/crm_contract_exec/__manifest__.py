{
    'name': "Contract Execution",
    'summary': "From signature to the last payment: execution plans, instalments, dunning, credit, performance",
    'version': '19.0.1.0.0',
    'category': 'Sales/CRM',
    'author': "CRM Suite Engineers",
    'license': 'LGPL-3',
    'application': True,
    'depends': [
        'crm_grading',
        'sale_stock',
        'account_payment',
        'portal',
    ],
    'data': [
        'security/ir.model.access.csv',
        'security/crm_contract_rules.xml',
        'data/crm_contract_data.xml',
        'views/crm_contract_menus.xml',
        'views/crm_contract_views.xml',
        'views/crm_contract_type_views.xml',
    ],
    'uninstall_hook': 'uninstall_hook',
}
