{
    'name': "Customer Grading",
    'summary': "Know who your best customers are, by measured facts, and treat them accordingly",
    'version': '19.0.1.0.0',
    'category': 'Sales/CRM',
    'author': "CRM Suite Engineers",
    'license': 'LGPL-3',
    'application': True,
    'depends': [
        'crm',
        'sale_management',
        'sale_crm',
        'account',
        'contacts',
        'spreadsheet_dashboard',
    ],
    'data': [
        'security/crm_grading_groups.xml',
        'security/ir.model.access.csv',
        'security/crm_grading_rules.xml',
        'views/crm_grading_menus.xml',
    ],
    'assets': {},
}
