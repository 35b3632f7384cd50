"""A whole Lars of the test's: database and services on free ports, with its state in a folder of
its own, and backends with a caller that uses them."""
import os
import pathlib
import random
import re
import socket
import subprocess
import tempfile

from waiting import Failure, until

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get('LARS_BIN', ROOT / 'build/plain/bin'))
CONFIGURATIONS = {'lars_dns': 'lars_dns', 'lars_reporter': 'lars_reporter',
                  'lars_lb_agent': 'lars_loadbalance_agent', 'lars_web': 'lars_web'}


def free_ports(usual):
    """A free port for each usual one, neighbours, below those that clients get."""
    for _ in range(50):
        first = random.randrange(10000, 30000)
        ports = range(first, first + len(usual))
        if all(is_free(port) for port in ports):
            return dict(zip(usual, map(str, ports)))
    raise Failure('there are no free ports')


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(('127.0.0.1', port))
            except OSError:
                return False
    return True


class System:
    """Starts with up(); down() stops all that it has started."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix='lars_browser.')
        self.path = pathlib.Path(self._folder.name)
        self.state = self.path / 'state'
        self._ports = free_ports(['33306', '7778', '7779', '7780', '8888', '8889', '8890', '9778', '9779',
                                  '9780', '9888'])
        self._processes = {}
        self._environment = dict(os.environ, LARS_RUN=str(self.state), LARS_CONF_DIR=str(self.path),
                                 LARS_BIN=str(BIN), LARS_DB_PORT=self._ports['33306'])
        for program, folder in CONFIGURATIONS.items():
            text = (ROOT / folder / 'conf' / f'{program}.conf').read_text()
            (self.path / f'{program}.conf').write_text(self._ours(program, text))

    def _ours(self, program, text):
        """The configuration that users get, on our ports; reports come each second, so that
        nobody has to wait."""
        text = re.sub(r'\d+', lambda number: self._ports.get(number[0], number[0]), text)
        text = text.replace('= run/', f'= {self.state}/')
        if program == 'lars_lb_agent':
            for key, value in {'report_interval': 1, 'slow_start': 1}.items():
                text, found = re.subn(rf'(?m)^{key} = .*$', f'{key} = {value}', text)
                if not found:
                    raise Failure(f'the agent has no {key}')
        return text

    @property
    def url(self):
        return f'http://127.0.0.1:{self._ports["7780"]}/'

    def run(self, *arguments, stdin='', program=ROOT / 'run_lars', may_fail=False):
        done = subprocess.run([str(program), *arguments], input=stdin, env=self._environment, cwd=ROOT,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180,
                              check=False)
        if done.returncode != 0 and not may_fail:
            raise Failure(f'{program} {" ".join(arguments)}: {done.stdout}')
        return done.stdout

    def up(self):
        self.run('up')

    def add_user(self, name, right, password):
        self.run('-c', str(self.path / 'lars_web.conf'), '--add-user', name, '--right', right,
                 stdin=f'{password}\n', program=BIN / 'lars_web')

    def sql(self, statement):
        return self.run('db', 'shell', stdin=statement)

    def routes(self, *module):
        """["ip:port@weight"] of a module, or of all, in order."""
        return re.findall(r'(?m)^-?\d+ -?\d+ ([\d.]+:\S+)$', self.run('route', 'list', *map(str, module)))

    def host_of(self, modid, cmdid):
        """What lars_get_host prints."""
        return self.run(str(modid), str(cmdid), '--port', self._ports['8888'],
                        program=BIN / 'lars_get_host', may_fail=True).strip()

    def start_backend(self, name, address='127.0.0.1:0'):
        """Its address; with that, one that was killed comes back."""
        host, port = address.split(':')
        process = subprocess.Popen([str(BIN / 'lars_demo_backend'), host, port, name],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self._processes[name] = process
        ready = process.stdout.readline()
        if not ready.startswith('ready '):
            raise Failure(f'backend {name} at {address} says "{ready}"')
        return ready.split()[1]

    def start_caller(self, modid, cmdid):
        """Asks the agent for hosts, calls them, and reports how that went."""
        self._processes[f'caller {modid} {cmdid}'] = subprocess.Popen(
            [str(BIN / 'lars_demo_caller'), str(modid), str(cmdid), '--rate', '200', '--threads', '2',
             '--port', self._ports['8888']],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start_closed_console(self):
        """The URL of a second console, in which one has to log in to read."""
        text = (self.path / 'lars_web.conf').read_text()
        for key, value in {'open_reading': 'no', 'alarms_file': '', 'port': '0'}.items():
            text = re.sub(rf'(?m)^{key} = .*$', f'{key} = {value}', text)
        (self.path / 'closed.conf').write_text(text)
        process = subprocess.Popen([str(BIN / 'lars_web'), '-c', str(self.path / 'closed.conf'), '--ready-fd', '1'],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True, cwd=ROOT)
        self._processes['closed console'] = process
        ready = process.stdout.readline()
        if not ready.startswith('ready '):
            raise Failure(f'the second console says "{ready}"')
        return f'http://{ready.split()[1]}/'

    def kill(self, name):
        process = self._processes.pop(name)
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def down(self):
        for name in list(self._processes):
            self.kill(name)
        try:
            self.run('down')
        finally:
            self._folder.cleanup()

    def until_handed_out(self, modid, cmdid, address):
        until(f'lars_get_host gives {address}', lambda: self.host_of(modid, cmdid) == f'host is {address}')
