"""Scripts find each other under the names of a real portal."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from django.conf import settings

from portal.core.storage import StaticStorage


def test_imports_of_scripts_follow_the_hashed_names(tmp_path: Path) -> None:
    shutil.copytree(Path(settings.BASE_DIR) / "static" / "js", tmp_path / "js")
    storage = StaticStorage(location=tmp_path)
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.js"))
    for _name, _hashed, processed in storage.post_process(
        {name: (storage, name) for name in names}
    ):
        if isinstance(processed, Exception):
            raise processed
    for name in ("js/picker.js", "js/search.js"):
        text = (tmp_path / storage.stored_name(name)).read_text()
        imported = re.findall(r'^import .* from "(.*)";$', text, re.MULTILINE)
        assert ["js/" + each.removeprefix("./") for each in imported] == [
            storage.stored_name("js/combobox.js")
        ]
        assert re.fullmatch(r"\./combobox\.[0-9a-f]{12}\.js", imported[0])
