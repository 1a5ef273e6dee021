"""The figures of a company as text for people."""

def table(figures):
    """Figures for people: plain values as lines, lists of dicts as tables."""
    lines = []
    plain = {key: value for key, value in figures.items() if not isinstance(value, (dict, list))}
    wide = max(map(len, map(_label, plain)), default=0)
    lines += [f'{_label(key):<{wide}}  {_text(value)}' for key, value in plain.items()]
    for key, value in figures.items():
        if isinstance(value, dict) and value:
            lines += ['', _label(key), *_indented(table(value))]
        elif isinstance(value, list) and value:
            lines += ['', _label(key), *_indented(_rows(value))]
    return '\n'.join(lines)


def _rows(rows):
    if not all(isinstance(row, dict) for row in rows):
        return '\n'.join(_text(row) for row in rows)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_label(column) for column in columns]]
    cells += [[_text(row.get(column, '')) for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    numeric = [all(isinstance(row.get(column), (int, float, type(None))) for row in rows) for column in columns]
    return '\n'.join(_line(line, widths, numeric) for line in cells)


def _line(cells, widths, numeric):
    padded = (cell.rjust(width) if right else cell.ljust(width)
              for cell, width, right in zip(cells, widths, numeric, strict=True))
    return '  '.join(padded).rstrip()


def _indented(text):
    return [f'  {line}' for line in text.splitlines()]


def _label(key):
    text = str(key).replace('_', ' ')
    return text[:1].upper() + text[1:]


def _text(value):
    if isinstance(value, bool) or value is None:
        return {True: 'yes', False: 'no', None: ''}[value]
    if isinstance(value, int):
        return f'{value:,}'
    if isinstance(value, float):
        return f'{value:,.4f}' if abs(value) < 1 else f'{value:,.2f}'
    if isinstance(value, list):
        return ', '.join(map(_text, value))
    if isinstance(value, dict):
        return ', '.join(f'{key} {_text(val)}' for key, val in value.items())
    return str(value)
