"""No tracked file names a package host: where packages come from is each machine's setting."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Put together from pieces, so that this file does not hold what it looks for.
HOSTS = [("py", "pi.org"), ("python", "hosted.org"), ("ana", "conda.org"), ("ana", "conda.com")]
HOSTS += [("npm", "js.org"), ("deb", "ian.org"), ("gh", "cr.io"), ("prefix", ".dev")]
OPTIONS = ["index-" + "url", "find-" + "links", "trusted-" + "host"]
WHEEL = r"https?://\S+\.(whl|tar\.gz|conda)\b"
PATTERNS = [*(re.escape(a + b) for a, b in HOSTS), *OPTIONS, WHEEL]
FORBIDDEN = re.compile("|".join(PATTERNS), flags=re.IGNORECASE)


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of tracked files")
    # New files count too, so that the test speaks before the commit.
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    "text", ["https://" + "py" + "pi.org/x", "--index-" + "url y", "http://a.b/c-1.0." + "whl"]
)
def test_the_search_finds_hosts(text):
    assert FORBIDDEN.search(text)


def test_no_tracked_file_names_a_package_host():
    found = []
    for file in tracked_files():
        text = file.read_bytes().decode("utf-8", errors="ignore")
        for number, line in enumerate(text.splitlines(), start=1):
            if FORBIDDEN.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}")
    assert found == []
