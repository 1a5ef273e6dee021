"""``bench.py NAME`` prints its sizes and the packages that it is about, ``bench.py NAME DATABASE SIZE`` its result, both as JSON."""
import importlib.util
import json
import pathlib
import resource
import sys

from session import environment

BENCHES = pathlib.Path(__file__).resolve().parents[2] / 'benches'


def load(name):
    sys.path.insert(0, str(BENCHES))
    spec = importlib.util.spec_from_file_location(f'bench_{name}', BENCHES / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(name, database, size):
    with environment(database) as env:
        found = load(name).run(env, size)
    result = {'bench': name, 'size': size, **found}
    if found.get('floor_seconds') and found.get('seconds') is not None:
        result.setdefault('ratio', round(found['seconds'] / found['floor_seconds'], 3))
    result.setdefault('peak_mb', round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1))
    return result


if __name__ == '__main__':
    name, *rest = sys.argv[1:]
    if rest:
        print(json.dumps(measure(name, rest[0], int(rest[1])), default=str))
    else:
        bench = load(name)
        print(json.dumps({'sizes': list(bench.SIZES), 'packages': getattr(bench, 'PACKAGES', [])}))
