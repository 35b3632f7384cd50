"""The pictures of the README: a small shop whose backends are real, and one of them has died."""
import random
import time

from waiting import Failure, require

LARGEST = 120 * 1024
NAMES = {('modid', 10): 'shop', ('modid', 20): 'search', ('cmdid', 1): 'checkout', ('cmdid', 2): 'stock',
         ('cmdid', 3): 'query'}
MODULES = {(10, 1): 3, (10, 2): 2, (20, 3): 2}  # with as many backends


def make_screenshots(stage, folder):
    system, user = stage.system, stage.user
    folder.mkdir(parents=True, exist_ok=True)
    system.run('route', 'clear', '--yes')
    csrf = user.ask('GET', '/api/v1/session')[1]['csrf']
    backends = {}
    for module in MODULES:
        for number in range(MODULES[module]):
            backends.setdefault(module, []).append(system.start_backend(f'{module} {number}'))
        add_hosts(user, csrf, module, backends[module])
        system.start_caller(*module)
    for (kind, number), name in NAMES.items():
        user.ask('PUT', f'/api/v1/names/{kind}/{number}', {'name': name}, csrf)
    write_history(system)
    victim = backends[10, 1][1]
    user.open('#/modules')
    user.until('all are healthy', lambda: user.text('main').count('healthy') == sum(MODULES.values()), 60)
    system.kill('(10, 1) 1')
    user.until_text('overloaded', user.row('(10,1)'), 60)
    take(user, folder / 'web-modules.png', 370)
    user.open('#/module/10/1')
    user.press('Drain', user.row(victim))
    user.until_text('changed', 'dialog')
    user.fill('note', 'its disk is full', 'dialog')
    user.press('Apply', 'dialog')
    user.until_text('drained', user.row(victim))
    user.until('nothing is said any more', lambda: not user.text('#told'))
    take(user, folder / 'web-module.png', 1000)


def add_hosts(user, csrf, module, hosts):
    path = '/api/v1/modules/%d/%d' % module
    version = user.ask('GET', path)[1]['version']
    status, answer = user.ask('POST', f'{path}/change', {
        'version': version, 'set': [{'host': host, 'weight': 100} for host in hosts], 'note': 'the shop opens'}, csrf)
    require(f'{status} {answer}', status == 200)


def write_history(system):
    """Of a day that these backends have not lived through: for the picture alone."""
    chance = random.Random(1)
    now = int(time.time()) // 60 * 60
    rows = [f'({modid}, {cmdid}, {ts}, {chance.randint(700, 1000)}, {chance.randint(0, 30)})'
            for modid, cmdid in MODULES for ts in range(now - 86400, now, 60)]
    system.sql(f'INSERT IGNORE INTO CallHistory (modid, cmdid, ts, calls, failures) VALUES {", ".join(rows)};')


def take(browser, path, height):
    browser.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
        'width': 1280, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})
    browser.screenshot(path)
    if path.stat().st_size > LARGEST:
        raise Failure(f'{path} has {path.stat().st_size} bytes')
