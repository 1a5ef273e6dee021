{
    'name': "Visits and Quotas",
    'summary': "See customers as often as they deserve: visits, plans, quotas, buying centers, handovers",
    'version': '19.0.1.0.0',
    'category': 'Sales/CRM',
    'author': "CRM Suite Engineers",
    'license': 'LGPL-3',
    'application': True,
    'depends': [
        'crm_grading',
        'calendar',
        'resource',
        'gamification',
        'web_hierarchy',
    ],
    'data': [
        'security/ir.model.access.csv',
        'security/crm_visit_rules.xml',
        'data/crm_visit_kind_data.xml',
        'views/crm_visit_menus.xml',
        'views/crm_visit_kind_views.xml',
        'views/crm_visit_views.xml',
        'security/crm_visit_phone_rules.xml',
        'views/crm_visit_fix_views.xml',
        'views/crm_visit_position_settings_views.xml',
    ],
    'demo': [
    ],
    'uninstall_hook': 'uninstall_hook',
    'assets': {
        'web.assets_backend': [
            'crm_visit_quota/static/src/**/*',
        ],
    },
}
