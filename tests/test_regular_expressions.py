import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import app as package
from tests.api.hostile_values import SCHEMAS, members_of

# Each pattern against 100,000 characters that almost match; an exponential one would not come to its end.
ADVERSARIAL = r"""
import re
patterns = {patterns!r}
pieces = ["a", " ", "-", "a-", "a b ", "(a", "A OR ", "(A) AND ", "a.", "0", '"', "\\", '"\\']
for pattern, flags in patterns:
    compiled = re.compile(pattern, flags)
    for piece in [*pieces, "[", "\n", "%", "_", ":", "pkg:a/", "http://a.", "@", "/"]:
        for end in ("", "\0", "!", "-"):
            text = (piece * 100_000)[:100_000] + end
            subject = text if isinstance(pattern, str) else text.encode()
            compiled.match(subject)
            compiled.fullmatch(subject)
print("done", len(patterns))
"""


@pytest.fixture
def patterns():
    """Every regular expression that the application has compiled, by looking through its modules."""
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if module.name.endswith("__main__"):
            continue  # it runs the command line
        importlib.import_module(module.name)
    found = {
        value.pattern: value.flags
        for name, module in list(sys.modules.items())
        if name == "app" or name.startswith("app.")
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    }
    fields = [field for path in SCHEMAS for _place, field in members_of(path)]
    return found | {field.regex.pattern: field.regex.flags for field in fields if hasattr(field, "regex")}


class TestRegularExpressions:
    def test_they_are_all_looked_at(self, session_app, patterns):
        sources = [path.read_text("utf-8") for path in Path(package.__file__).parent.rglob("*.py")]
        # The same expression may be compiled in two places.
        calls = {call for source in sources for call in re.findall(r"re\.compile\([^\0]{,60}", source)}
        assert len(patterns) >= len(calls)

    def test_none_takes_forever(self, session_app, patterns):
        script = ADVERSARIAL.format(patterns=list(patterns.items()))
        done = subprocess.run(  # noqa: S603  # the script is the one above
            [sys.executable, "-c", script], capture_output=True, timeout=300, text=True, check=True
        )
        assert done.stdout == f"done {len(patterns)}\n"
