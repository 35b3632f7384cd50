"""The console of Lars in a real browser, against a whole system of its own: see browser.sh."""
import argparse
import pathlib
import signal
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / 'browser'))

from screenshots import make_screenshots  # noqa: E402
from stories import STORIES, Stage  # noqa: E402


def tell(stage, stories):
    """Plays the stories; how many went well, and how many did not."""
    passed = failed = 0
    for story in stories:
        sentence = story.__doc__
        try:
            story(stage)
        except Exception:  # whatever it is, the next ones are told too
            failed += 1
            print(f'FAILED  {sentence}')
            print('        ' + traceback.format_exc().replace('\n', '\n        '), flush=True)
            stage.clean_up()
        else:
            passed += 1
            print(f'ok      {sentence}', flush=True)
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--screenshots', type=pathlib.Path, metavar='FOLDER')
    parser.add_argument('stories', nargs='*', metavar='STORY', help='the name of a function in stories.py')
    arguments = parser.parse_args()
    passed, failed = 0, 1
    stage = None
    # So that it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        stage = Stage()
        stage.open()
        if arguments.screenshots:
            make_screenshots(stage, arguments.screenshots)
            passed, failed = 1, 0
        else:
            wanted = arguments.stories or [one.__name__ for one in STORIES]
            passed, failed = tell(stage, [one for one in STORIES if one.__name__ in wanted])
    except Exception:
        traceback.print_exc(file=sys.stdout)
    finally:
        if stage:
            stage.close()
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
