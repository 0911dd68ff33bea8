"""The build hook of the wheel: adds the compiled kernel where a C compiler is there; else the wheel is pure Python."""

from __future__ import annotations

import runpy
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelHook(BuildHookInterface):
    """Compiles ``quality/c``. The library knows nothing of Python, so any version can use the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the wheel is put together: an editable one uses the tree, so there the library is built in place."""
        room = runpy.run_path(str(Path(self.root) / "quality" / "compile.py"))
        place = room["LIBRARY"]
        if version != "editable":
            self._folder = tempfile.TemporaryDirectory()
            place = Path(self._folder.name) / place.name
            build_data["force_include"][str(place)] = f"quality/{place.name}"
        if problem := room["build"](place):
            self.app.display_warning(f"without the compiled kernel, which is faster: {problem}")
            build_data["force_include"].pop(str(place), None)
            return
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The wheel is made."""
        if version != "editable":
            self._folder.cleanup()
