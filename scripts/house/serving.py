"""Running Odoo's server in the foreground and telling how to get in."""
import socket
import subprocess
import time
import urllib.error
import urllib.request
import webbrowser

from . import console, paths

PATIENCE = 180  # seconds until the server has to answer


def check_port(host, port):
    """One clear line when the port is taken."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise console.Trouble(f'port {port} is reserved for the system', 'choose another: --port 8070') from error
        except (OSError, OverflowError) as error:
            raise console.Trouble(f'{host}:{port} cannot be used: {getattr(error, "strerror", None) or error}',
                                  'choose another: --port 8070') from error


def banner(url, users, warning):
    """What to show when the server answers."""
    wide = max(len(user['login']) for user in users)
    lines = ['', f'  {url}', '']
    lines += [f'  {user["login"]:<{wide}}  password {user["password"]:<{wide}}  {user["name"]}'
              + (f', {user["role"]}' if user['role'] else '') for user in users]
    return '\n'.join([*lines, '', f'  {warning}', '  Stop with Ctrl-C.', ''])


def serve(house, database, users, options, warning):
    """Start the server, wait until it answers, say so, and stay until it ends."""
    shown = '127.0.0.1' if options.host in ('0.0.0.0', '::') else options.host
    url = f'http://{shown}:{options.port}'
    log = paths.LOGS / 'server.log'
    log.unlink(missing_ok=True)
    command = house.command('-d', database, f'--db-filter=^{database}$', f'--http-interface={options.host}',
                            f'--http-port={options.port}', f'--logfile={log}')
    console.say('… starting the server')
    process = subprocess.Popen(list(map(str, command)), env=house.env)
    try:
        _wait(process, f'{url}/web/health', log)
        print(banner(f'{url}/odoo', users, warning), flush=True)
        if options.open:
            webbrowser.open(f'{url}/odoo')
    except BaseException:
        process.terminate()
        process.wait()
        raise
    status = console.wait(process)
    return 0 if status in (0, -2) else status


def _wait(process, url, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            wrong, remedy = console.explain(log.read_text(errors='replace')[-5000:] if log.exists() else '')
            raise console.Trouble(f'the server stopped{": " + wrong if wrong else ""}', remedy or f'read {log}')
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise console.Trouble(f'the server did not answer within {PATIENCE} seconds', f'read {log}')
