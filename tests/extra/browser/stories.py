"""What people do with the console, one function for each; its first line says what is so."""
import re

from console import Console
from system import ROOT, System
from waiting import require, until

USER, PASSWORD = 'ann', 'correct horse'
READER, READERS_PASSWORD = 'rob', 'battery staple'
MARKUP = '<script>document.title="broken"</script>'


class Stage:
    """The system, with the sample's routes and one more, and the browsers. The first one
    is logged in, the guest is not."""

    def __init__(self):
        self.system = System()
        self.browsers = []

    def open(self):
        self.system.up()
        self.system.add_user(USER, 'change', PASSWORD)
        self.system.add_user(READER, 'read', READERS_PASSWORD)
        self.system.run('route', 'add', '-5', '9', '192.168.1.200:80')
        self.guest = self.browser()
        self.user = self.browser()
        self.user.log_in(USER, PASSWORD)

    def browser(self, url=None, **options):
        self.browsers.append(Console(url or self.system.url, **options))
        return self.browsers[-1]

    def clean_up(self):
        """After a story that ended in its middle."""
        for browser in self.browsers:
            browser.driver.execute_script('document.querySelectorAll("dialog").forEach((one) => one.close())')

    def close(self):
        try:
            for browser in self.browsers:
                browser.close()
        finally:
            self.system.down()


def modules_shown(browser, *keys):
    browser.until(f'the modules {keys}', lambda: [row.get_attribute('data-key') for row in
                                                   browser.all('main tbody tr')] == list(keys))


def apply_change(browser, note):
    """From the preview on."""
    browser.fill('note', note, 'dialog')
    browser.press('Apply', 'dialog')
    browser.until('the dialog is closed', lambda: not browser.all('dialog'))


def search_by_name_and_id(stage):
    """a module is found by its ids and by its name, and typing is not disturbed"""
    user = stage.user
    user.open('#/modules')
    modules_shown(user, '(1,1)', '(1,2)', '(-5,9)')
    user.fill('q', '1,2')
    modules_shown(user, '(1,2)')
    user.one('[aria-label="Name of cmdid 2"]').click()
    user.driver.switch_to.active_element.send_keys('payment\n')
    user.until_text('payment', user.row('(1,2)'))
    user.fill('q', '-5')
    modules_shown(user, '(-5,9)')
    user.fill('q', 'paym')
    modules_shown(user, '(1,2)')
    require('the search has the focus', user.driver.switch_to.active_element == user.one('[name=q]'))
    require('the address names the search', user.driver.current_url.endswith('#/modules?q=paym'))


def guest_changes_nothing(stage):
    """without a login one may look, and change nothing"""
    guest = stage.guest
    guest.open('#/module/1/1')
    guest.until_text('192.168.1.177:7777', 'main')
    require('there is no button to change', 'Add host' not in guest.text())
    status, answer = guest.ask('POST', '/api/v1/modules/1/1/change', {
        'version': '1', 'set': [{'host': '10.0.0.1:80', 'weight': 100}], 'preview': False, 'note': ''})
    require(f'the change is refused: {status} {answer}', status == 401)
    require('the route is as it was', stage.system.routes(1, 1) == ['192.168.1.177:7777'])
    guest.press('Log in', 'main')
    guest.fill('user', USER)
    guest.fill('password', 'wrong')
    guest.press('Log in', 'main')
    guest.until_text('Wrong user or password', 'main .error')


def reader_changes_nothing(stage):
    """who has the right to read goes back to where he was, and cannot change either"""
    reader = stage.browser()
    reader.open('#/module/1/1')
    reader.press('Log in', 'main')
    reader.fill('user', READER)
    reader.fill('password', READERS_PASSWORD)
    reader.press('Log in', 'main')
    reader.until_text('Module (1,1)', 'main h1')
    reader.until_text('You may read, but not change.', 'main')
    csrf = reader.ask('GET', '/api/v1/session')[1]['csrf']
    status, answer = reader.ask('PUT', '/api/v1/names/modid/1', {'name': 'mine'}, csrf)
    require(f'it is refused: {status} {answer}', status == 403)
    reader.press('Log out', '#head')
    reader.until_text('Log in', '#head')


def add_host(stage):
    """a host that is added to a new module, with a preview and a note, is handed out to callers"""
    user = stage.user
    user.open('#/modules')
    user.press('New module', 'main')
    user.fill('modid', '1')
    user.fill('cmdid', '3')
    user.press('Open', 'main')
    user.until_text('no hosts yet', 'main')
    user.press('Add host', 'main')
    user.fill('host', '10.1.1.300:80', 'dialog')
    user.press('Preview', 'dialog')
    user.until('the error beside the form', lambda: user.text('dialog .error'))
    user.fill('host', '10.1.1.3:80', 'dialog')
    user.press('Preview', 'dialog')
    user.until_text('added', 'dialog')
    require('a preview changes nothing', stage.system.routes(1, 3) == [])
    apply_change(user, 'for the browser')
    user.until_text('10.1.1.3:80', user.row('10.1.1.3:80'))
    stage.system.until_handed_out(1, 3, '10.1.1.3:80')


def audit_says_it(stage):
    """the audit says who changed what, and why"""
    for address in ('#/module/1/3', '#/audit?module=1,3'):
        stage.user.open(address)
        stage.user.until_text('for the browser', 'main')
        for wanted in (USER, '+ 10.1.1.3:80 (100)'):
            stage.user.until_text(wanted, 'main')


def undo(stage):
    """a host is weighed and drained, and an undo brings back what was there"""
    user = stage.user
    user.open('#/module/1/3')
    user.press('Weigh', user.row('10.1.1.3:80'))
    user.fill('weight', '250', 'dialog')
    user.press('Preview', 'dialog')
    user.until_text('250', 'dialog')
    apply_change(user, '')
    user.until_text('250', user.row('10.1.1.3:80'))
    user.press('Drain', user.row('10.1.1.3:80'))
    user.until_text('changed', 'dialog')
    apply_change(user, '')
    user.until_text('drained', user.row('10.1.1.3:80'))
    user.press('Undo last change', 'main')
    user.until_text('changed', 'dialog')
    apply_change(user, 'too early')
    user.until_text('Drain', user.row('10.1.1.3:80'))
    require('the weight is back', stage.system.routes(1, 3) == ['10.1.1.3:80@250'])


def move_hosts(stage):
    """hosts are moved to another module"""
    user = stage.user
    user.open('#/module/1/3')
    user.press('Move hosts', 'main')
    user.until('a box for the host', lambda: user.one('dialog [value="10.1.1.3:80"]')).click()
    user.fill('to', '1, 4', 'dialog')
    user.press('Preview', 'dialog')
    user.until_text('Module (1,4)', 'dialog')
    apply_change(user, 'tidy')
    user.until_text('no hosts yet', 'main')
    stage.system.until_handed_out(1, 4, '10.1.1.3:80')


def dead_backend(stage):
    """a backend that dies turns red on the page, and green again when it is back"""
    system, user = stage.system, stage.user
    victim, other = system.start_backend('green'), system.start_backend('blue')
    system.run('route', 'add', '10', '1', victim, other)
    system.start_caller(10, 1)
    user.open('#/module/10/1')
    for address in (victim, other):
        user.until_text('healthy', user.row(address), 60)
    system.kill('green')
    user.until_text('overloaded', user.row(victim), 60)
    require('it is red', user.all(f'{user.row(victim)} .mark.bad'))
    require('the other one is not', 'healthy' in user.text(user.row(other)))
    user.open('#/modules?q=10')
    user.until_text('overloaded', user.row('(10,1)'))
    require('it is red there too', user.all(f'{user.row("(10,1)")} .mark.bad'))
    system.start_backend('green', victim)
    user.until(f'{victim} is healthy', lambda: user.text(user.row('(10,1)')).count('healthy') == 2, 60)
    require('it is green', len(user.all(f'{user.row("(10,1)")} .mark.good')) == 2)


def conflict(stage):
    """of two people who change a module the second one is told, and starts again"""
    user, other = stage.user, stage.browser()
    other.log_in(USER, PASSWORD)
    for browser, host in ((user, '10.2.2.1:80'), (other, '10.2.2.2:80')):
        browser.open('#/module/2/2')
        browser.press('Add host', 'main')
        browser.fill('host', host, 'dialog')
        browser.press('Preview', 'dialog')
        browser.until_text('added', 'dialog')
    apply_change(other, 'I was first')
    user.press('Apply', 'dialog')
    user.until_text('Somebody else has changed module (2,2)', 'dialog')
    user.until_text('10.2.2.2:80', 'dialog')
    require('nothing of his is applied', stage.system.routes(2, 2) == ['10.2.2.2:80'])
    user.press('Start again', 'dialog')
    user.until('what he had written', lambda: user.one('dialog [name=host]').get_property('value') == '10.2.2.1:80')
    user.press('Preview', 'dialog')
    user.until_text('stays', 'dialog')
    apply_change(user, '')
    user.until_text('10.2.2.1:80', user.row('10.2.2.1:80'))
    user.until_text('10.2.2.2:80', user.row('10.2.2.2:80'))


def target_changes(stage):
    """hosts do not move to a module that has changed since the preview"""
    user, system = stage.user, stage.system
    user.open('#/module/2/2')
    user.press('Move hosts', 'main')
    user.until('a box for the host', lambda: user.one('dialog [value="10.2.2.1:80"]')).click()
    user.fill('to', '1, 4', 'dialog')
    user.press('Preview', 'dialog')
    user.until_text('Module (1,4)', 'dialog')
    system.run('route', 'add', '1', '4', '10.4.4.4:80')
    user.press('Apply', 'dialog')
    user.until_text('Somebody else has changed module (1,4)', 'dialog')
    user.until_text('10.4.4.4:80', 'dialog')
    require('nothing is moved', len(system.routes(2, 2)) == 2)
    user.press('Start again', 'dialog')
    user.press('Preview', 'dialog')
    user.until_text('10.4.4.4:80', 'dialog')
    apply_change(user, '')
    require('it is moved', system.routes(2, 2) == ['10.2.2.2:80'])
    user.press('Undo last change', 'main')
    user.until_text('added', 'dialog')
    apply_change(user, '')
    user.until_text('10.2.2.1:80', user.row('10.2.2.1:80'))


def undo_that_cannot_be(stage):
    """an undo over a change that is not recorded is refused, and nobody is sent round in a circle"""
    user, system = stage.user, stage.system
    system.sql('UPDATE RouteData SET weight = 9 WHERE modid = 2 AND cmdid = 2')
    user.open('#/module/2/2')
    user.until_text('9', user.row('10.2.2.1:80'))
    user.press('Undo last change', 'main')
    user.until_text('This cannot be done: module (2,2) was changed by something that does not record it', 'dialog')
    require('it would be the same again', 'Start again' not in user.text('dialog'))
    user.press('Close', 'dialog')
    system.sql('UPDATE RouteData SET weight = 100 WHERE modid = 2 AND cmdid = 2')


def name_conflict(stage):
    """of two people who name a module the second one is told, and may insist"""
    user, system = stage.user, stage.system
    user.open('#/module/2/2')
    user.one('[aria-label="Name of modid 2"]').click()
    user.driver.switch_to.active_element.send_keys('second')
    system.sql("INSERT INTO ModIDConfig (modid, content) VALUES (2, 'first')")
    user.driver.switch_to.active_element.send_keys('\n')
    user.until_text('Somebody else has changed it to “first”', 'main .title')
    user.driver.switch_to.active_element.send_keys('\n')
    user.until('his name', lambda: not user.all('main .title input') and 'second' in user.text('main .title'))


def markup_is_text(stage):
    """markup in a name or a note is shown as text"""
    user = stage.user
    user.open('#/module/2/2')
    user.one('[aria-label="Name of modid 2"]').click()
    user.driver.switch_to.active_element.send_keys(MARKUP + '\n')
    user.until_text(MARKUP, 'main .title')
    user.press('Remove', user.row('10.2.2.1:80'))
    user.until_text('removed', 'dialog')
    apply_change(user, MARKUP)
    user.until_text(MARKUP, 'main .note')
    user.open('#/modules?q=script')
    user.until_text(MARKUP, user.row('(2,2)'))
    require('no script is there but ours', len(user.all('script')) == 1 and 'broken' not in user.driver.title)


def chinese(stage):
    """a browser that asks for Chinese gets it, and English once it is chosen"""
    browser = stage.browser(language='zh-CN')
    browser.open('#/modules')
    browser.until_text('模块', 'main h1')
    browser.until_text('主机', 'main thead')
    require('the page says so', browser.one('html').get_attribute('lang') == 'zh')
    browser.press('English', '#head')
    browser.until_text('Modules', 'main h1')
    browser.open('#/modules')
    browser.until_text('Modules', 'main h1')


def texts_are_complete(stage):
    """each text that the pages use is there in both languages, and none besides"""
    stage.guest.open('#/modules')
    english, chinese_ones = (set(stage.guest.driver.execute_async_script(
        "const done = arguments[1]; import(arguments[0]).then((got) => done(Object.keys(got.TEXTS)), () => done([]))",
        f'./texts_{language}.js')) for language in ('en', 'zh'))
    require('there are texts', english)
    require(f'not in both: {english ^ chinese_ones}', english == chinese_ones)
    source = '\n'.join(file.read_text() for file in (ROOT / 'lars_web/pages').glob('*.js')
                       if 'texts' not in file.name)
    used = set(re.findall(r"'([a-z_]+)'", source))
    prefixes = tuple(re.findall(r'`([a-z_]+_)\$\{', source)) + ('edit_', 'last_')
    missing = set(re.findall(r"\btext\('([a-z_]+)'", source)) - english
    require(f'there is no text {missing}', not missing)
    idle = {name for name in english - used if not name.startswith(prefixes)}
    require(f'nobody says {idle}', not idle)


def import_and_clear(stage):
    """an import shows what it changes; clearing asks to be typed, and the import brings all back"""
    user, system = stage.user, stage.system
    status, before = user.ask('GET', '/api/v1/routes?format=csv')
    require(f'the export is there: {status}', status == 200 and '192.168.1.177' in before)
    file = system.path / 'routes.csv'
    file.write_text(before)
    user.open('#/routes')
    user.press('Clear all routes', 'main')
    user.until_text(f'{len(system.routes())} hosts of', 'dialog')
    user.fill('confirm', 'clear', 'dialog')
    system.run('route', 'add', '8', '8', '10.8.8.8:80')
    user.press('Clear all routes', 'dialog')
    user.until_text('The routes have changed since the preview', 'dialog')
    require('all are there', len(system.routes()) > 1)
    user.press('Start again', 'dialog')
    user.until_text(f'{len(system.routes())} hosts of', 'dialog')
    user.fill('confirm', 'clear', 'dialog')
    user.press('Clear all routes', 'dialog')
    user.until_text('Cleared', '#told')
    require('there is none', system.routes() == [])
    wrong = system.path / 'wrong.csv'
    wrong.write_text(before.replace('192.168.1.177', '192.168.1.777'))
    user.one('main [name=file]').send_keys(str(wrong))
    user.press('Preview', 'main')
    user.until('what is wrong with the file', lambda: 'line 3' in user.text('main .error'))
    user.one('main [name=file]').send_keys(str(file))
    user.press('Preview', 'main')
    user.until_text('+ 192.168.1.177:7777 (100)', 'dialog')
    user.press('(1,1)', 'dialog')
    user.until_text('Module (1,1)', 'main h1')
    require('the dialog is gone with its page', not user.all('dialog'))
    user.driver.back()
    user.until_text('Routes', 'main h1')
    user.one('main [name=file]').send_keys(str(file))
    user.press('Preview', 'main')
    user.until_text('+ 192.168.1.177:7777 (100)', 'dialog')
    apply_change(user, 'as it was')
    until('all routes are back', lambda: user.ask('GET', '/api/v1/routes?format=csv')[1] == before)


def login_is_needed(stage):
    """where reading is not open one has to log in first, and then is where one wanted to be"""
    visitor = stage.browser(url=stage.system.start_closed_console())
    visitor.open('#/audit?module=1,2')
    visitor.until('the login', lambda: visitor.all('main form.login'))
    visitor.until_text('You need to log in', 'main')
    visitor.fill('user', READER)
    visitor.fill('password', READERS_PASSWORD)
    visitor.press('Log in', 'main')
    visitor.until_text('Audit', 'main h1')
    require('it is the page that was wanted', visitor.driver.current_url.endswith('#/audit?module=1,2'))
    visitor.press('Log out', '#head')
    visitor.until('the login again', lambda: visitor.all('main form.login'))
    stage.system.kill('closed console')


def alarm_and_history(stage):
    """a module whose only host fails is an alarm on top of every page, and its calls are drawn"""
    def report(successes, failures):
        stage.system.sql("REPLACE INTO ServerCallStatus VALUES (-5, 9, INET_ATON('192.168.1.200'), 80,"
                         f" INET_ATON('10.0.0.1'), {successes}, {failures}, UNIX_TIMESTAMP(), '0')")

    user = stage.user
    report(0, 5)
    user.open('#/routes')
    user.until_text('No healthy host', '#banners .alarm', 40)
    user.until_text('(-5,9)', '#banners .alarm')
    report(0, 5)
    chinese_one = stage.browser(language='zh-CN')
    chinese_one.open('#/modules')
    chinese_one.until_text('没有一台主机是健康的', '#banners .alarm')
    report(5, 0)
    user.until('the banner is gone', lambda: '(-5,9)' not in user.text('#banners'), 40)
    user.press('Alarms', 'nav')
    user.until_text('(-5,9)', 'main')
    # Each minute there is a sample.
    user.open('#/module/-5/9')
    report(5, 0)
    user.until('the calls of the last hour are drawn', lambda: user.all('main svg.chart rect.calls'), 90)
    user.open('#/modules?q=-5,9')
    user.until('the curve of the list too', lambda: user.all('main svg.spark path.calls'))


def services_are_seen(stage):
    """the services are seen alive"""
    stage.user.open('#/services')
    for name in ('Name service', 'Reporter', 'Agent'):
        stage.user.until_text(name, 'main')
    stage.user.until('all are alive', lambda: 'silent' not in stage.user.text('main'), 30)


def database_away(stage):
    """without its database the console shows what it knows and says so, until it is back"""
    user = stage.user
    user.open('#/modules?q=1,2')
    modules_shown(user, '(1,2)')
    stage.system.run('db', 'stop')
    try:
        user.until('the banner', lambda: user.all('#banners .outage'), 40)
        user.until('the data are grey', lambda: user.all('main.stale'))
        modules_shown(user, '(1,2)')
        user.until_text('ago. Trying again', '#banners')
        user.press('Services', 'nav')
        user.until_text('Name service', 'main')
        require('what is fresh is not grey', not user.all('main.stale'))
        user.press('Alarms', 'nav')
        user.until_text('Database away', 'main', 40)
        user.press('Modules', 'nav')
        user.until_text('database', 'main .error')
    finally:
        stage.system.run('db', 'start')
    modules = '(1,2)'
    user.until_text(modules, 'main', 60)
    user.until('the banner is gone', lambda: not user.all('#banners .outage') and not user.all('main.stale'), 60)


def browser_is_content(stage):
    """the browser had nothing to complain about, neither scripts nor the policy for content"""
    for browser in stage.browsers:
        complaints = browser.complaints()
        require('\n'.join(complaints), not complaints)


STORIES = [search_by_name_and_id, guest_changes_nothing, reader_changes_nothing, login_is_needed, add_host,
           audit_says_it, undo, move_hosts, dead_backend, conflict, target_changes, undo_that_cannot_be,
           name_conflict, markup_is_text, chinese, texts_are_complete, import_and_clear, alarm_and_history, services_are_seen, database_away, browser_is_content]
