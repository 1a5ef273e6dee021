"""Which column of a sales history means what: recognised by its header, or as the user assigned it."""
import re
import unicodedata

from .foreign_file import ForeignFileError

# what a column can be read as; the first synonyms are those of well-known exports
SYNONYMS = {
    'number': 'InvoiceNo, Invoice, Invoice Number, Invoice #, Invoice ID, Document Number, Document No, Bill No, Receipt No, '
              'Number, 单号, 发票号, 发票号码, 发票编号, 单据号, 单据编号, 票据号',
    'order': 'OrderNo, Order, Order Number, Order ID, Sales Order, SO Number, 订单号, 订单编号, 销售订单号',
    'product': 'StockCode, Stock Code, Product Code, Product ID, SKU, Item Code, Item, Item No, Product, Article, Internal Reference, '
               '商品编码, 商品编号, 产品编码, 产品编号, 货号, 物料编码, 商品代码',
    'description': 'Description, Product Name, Item Name, Item Description, Product Description, '
                   '商品名称, 产品名称, 品名, 名称, 描述, 商品描述',
    'quantity': 'Quantity, Qty, Units, Pieces, Count, 数量, 销售数量, 件数',
    'date': 'InvoiceDate, Invoice Date, Date, Document Date, Order Date, Sales Date, Transaction Date, Posting Date, Datetime, '
            '日期, 发票日期, 开票日期, 单据日期, 销售日期, 交易日期, 下单日期, 订单日期',
    'price': 'UnitPrice, Unit Price, Price, Net Price, Sales Price, 单价, 价格, 销售单价',
    'amount': 'Amount, Total, Line Total, Total Amount, Net Amount, Subtotal, Revenue, Sales, Dollars, '
              '金额, 总额, 合计, 销售额, 小计, 总金额, 销售金额',
    'customer': 'CustomerID, Customer ID, Customer No, Customer Number, Customer Code, Client ID, Account No, Account Number, '
                '客户编号, 客户编码, 客户代码, 客户号, 客户ID, 会员号, 会员编号',
    'customer_name': 'Customer Name, Customer, Client, Client Name, Company, Company Name, Account, '
                     '客户名称, 客户, 客户姓名, 公司名称, 公司',
    'country': 'Country, Country Name, Country Code, 国家, 国家地区, 国别',
    'currency': 'Currency, Currency Code, 币种, 货币, 币别',
}
ROLES = tuple(SYNONYMS)
HEADER_SEARCH = 20


def header_key(text):
    """Headers compare without case, blanks and punctuation.

    >>> header_key(' Customer ID*'), header_key('客户 编号：')
    ('customerid', '客户编号')
    """
    return re.sub(r'[\W_]+', '', unicodedata.normalize('NFKC', text)).lower()


ROLE_OF_HEADER = {
    header_key(name): role for role, names in SYNONYMS.items() for name in names.split(',')
}


def guess_roles(header):
    """Map roles to column positions by their headers; the first column wins where two mean the same.

    >>> guess_roles(['Invoice', 'StockCode', 'Price', 'Customer ID', 'Colour'])
    {'number': 0, 'product': 1, 'price': 2, 'customer': 3}

    :param list header: texts of the header line
    :returns: dict role -> position
    """
    roles = {}
    for position, text in enumerate(header):
        role = ROLE_OF_HEADER.get(header_key(text))
        if role:
            roles.setdefault(role, position)
    return roles


def find_header(rows):
    """Find the header among the first rows: the one where most columns are recognised, else the first filled one.

    :param list rows: (line number, cells) of the first rows
    :returns: (index in `rows`, cells)
    :raises ForeignFileError: when all rows are blank
    """
    best = None
    for index, (_line, cells) in enumerate(rows[:HEADER_SEARCH]):
        if any(cell.strip() for cell in cells):
            found = len(guess_roles(cells))
            if best is None or found > best[0]:
                best = (found, index)
    if best is None:
        raise ForeignFileError('empty')
    return best[1], rows[best[1]][1]


def apply_mapping(header, mapping):
    """Merge the user's assignment (role -> header text or position) over the recognised one.

    >>> apply_mapping(['No', 'Who', 'Date', 'Total'], {'number': 'No', 'customer': 1})
    {'date': 2, 'amount': 3, 'number': 0, 'customer': 1}

    :param dict mapping: role -> header text, position from 0, or False to ignore that role; may be None
    :raises ForeignFileError: unknown role or column
    """
    roles = guess_roles(header)
    keys = [header_key(text) for text in header]
    for role, column in (mapping or {}).items():
        if role not in SYNONYMS:
            raise ForeignFileError('unknown_role', role=role, roles=', '.join(ROLES))
        roles.pop(role, None)
        if column is None or column is False or column == '':
            continue
        if isinstance(column, int) and 0 <= column < len(header):
            position = column
        elif isinstance(column, str) and header_key(column) in keys:
            position = keys.index(header_key(column))
        else:
            raise ForeignFileError('unknown_column', column=column, columns=', '.join(header))
        for other in [other for other, place in roles.items() if place == position]:
            del roles[other]
        roles[role] = position
    return roles


def missing_roles(roles):
    """Roles without which no document can be made; alternatives are joined by '/'.

    >>> missing_roles({'customer': 0, 'date': 1, 'amount': 2}), missing_roles({'customer': 0, 'quantity': 1})
    ([], ['date', 'amount/price'])
    """
    missing = []
    if 'customer' not in roles and 'customer_name' not in roles:
        missing.append('customer/customer_name')
    if 'date' not in roles:
        missing.append('date')
    if 'amount' not in roles:
        if 'price' not in roles:
            missing.append('amount/price')
        elif 'quantity' not in roles:
            missing.append('amount/quantity')
    return missing
