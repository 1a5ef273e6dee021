{
    'name': "Customer Retention",
    'summary': "Whom we lose, where, why; early warning; win-back; competitors; the public customer pool",
    'version': '19.0.1.0.0',
    'category': 'Sales/CRM',
    'author': "CRM Suite Engineers",
    'license': 'LGPL-3',
    'application': True,
    'depends': [
        'crm_grading',
    ],
    'external_dependencies': {
        'python': ['numpy', 'scipy'],
    },
    'data': [
        'security/crm_churn_groups.xml',
        'security/ir.model.access.csv',
        'security/crm_churn_rules.xml',
        'security/crm_competitor_rules.xml',
        'security/crm_churn_model_rules.xml',
        'data/crm_churn_reason_data.xml',
        'views/crm_churn_menus.xml',
        'views/crm_churn_reason_views.xml',
        'views/crm_churn_event_views.xml',
        'views/crm_competitor_views.xml',
        'views/crm_customer_churn_views.xml',
    ],
    'uninstall_hook': 'uninstall_hook',
}
