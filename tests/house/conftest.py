import pathlib
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / 'scripts'
for folder in (SCRIPTS, SCRIPTS / 'house' / 'inside'):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
