"""One browser that looks at the console."""
import json
import re
import tempfile

from selenium import webdriver
from selenium.common.exceptions import JavascriptException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from waiting import Failure, until

# Asks the server as a page's script would.
FETCH = '''
const [method, path, body, csrf, done] = arguments;
fetch(path, { method, body, headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } })
    .then(async (answer) => done([answer.status, await answer.text()]), (error) => done([0, String(error)]));
'''


class Console:
    """A browser with a profile of its own. Its elements are those of one moment: what is waited
    for is asked for anew."""

    def __init__(self, url, language='en-US', width=1280, height=900):
        self._url = url
        self._profile = tempfile.TemporaryDirectory(prefix='lars_browser_profile.', ignore_cleanup_errors=True)
        options = webdriver.ChromeOptions()
        options.binary_location = '/usr/bin/chromium'
        for argument in ('--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--hide-scrollbars',
                         '--disable-background-networking', '--disable-component-update', '--no-proxy-server',
                         '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
                         f'--user-data-dir={self._profile.name}', f'--lang={language}',
                         f'--window-size={width},{height}'):
            options.add_argument(argument)
        options.add_experimental_option('prefs', {'intl.accept_languages': language})
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
        self.driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})

    def close(self):
        self.driver.quit()
        self._profile.cleanup()

    def open(self, address):
        """Loads the page anew, as one who types its address does."""
        self.driver.get('about:blank')
        self.driver.get(self._url + address)
        self.until('the page is there', lambda: self.all('main h1'), 20)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.all(selector)[0]

    def text(self, selector='body'):
        """What one sees there; empty if it is not there."""
        return '\n'.join(element.text for element in self.all(selector))

    def until(self, what, condition, seconds=20):
        def calm():
            try:
                return condition()
            except JavascriptException:
                raise
            except WebDriverException as error:  # an element that was exchanged meanwhile
                raise LookupError(error.msg) from None
        try:
            return until(what, calm, seconds)
        except Failure as failure:
            raise Failure(f'{failure}\nOn screen:\n{self.text()[:3000]}') from None

    def until_text(self, wanted, selector='body', seconds=20):
        self.until(f'"{wanted}" in {selector}', lambda: wanted in self.text(selector), seconds)

    def press(self, label, within='body'):
        """A button or a link by what stands on it."""
        def press_it():
            for element in self.all(f'{within} button, {within} a, {within} summary'):
                if element.text == label and element.is_displayed():
                    element.click()
                    return True
            return False
        self.until(f'a button "{label}" in {within}', press_it)

    def fill(self, name, value, within='body'):
        field = self.until(f'a field "{name}"', lambda: self.one(f'{within} [name={name}]'))
        field.clear()
        field.send_keys(value)

    def log_in(self, user, password):
        self.open('#/login')
        self.fill('user', user)
        self.fill('password', password)
        self.press('Log in', 'main')
        self.until_text(user, '#head')
        self.until('the page after the login', lambda: not self.all('main form.login') and self.all('main h1'))

    def row(self, key):
        """The row of a module or a host, by what stands in its first cell."""
        return f'main table:not(.callers) tr[data-key="{key}"]'

    def ask(self, method, path, body=None, csrf=''):
        """Status and answer of what a script in this page may ask."""
        status, text = self.driver.execute_async_script(
            FETCH, method, path, None if body is None else json.dumps(body), csrf)
        return status, json.loads(text) if text.startswith(('{', '[')) else text

    def complaints(self):
        """What the browser complained about; a status of the server's is none."""
        return [entry['message'] for entry in self.driver.get_log('browser')
                if entry['level'] == 'SEVERE'
                and not re.search(r'status of [45]\d\d|ERR_CONNECTION', entry['message'])]

    def screenshot(self, path):
        self.driver.save_screenshot(str(path))
