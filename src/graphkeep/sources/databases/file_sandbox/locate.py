"""Files below the folder that the administrator names; no link leads out of it."""

import errno
import os
import stat
from pathlib import Path

from graphkeep.sources.databases.stages import ConnectorError

NO_FOLDER = "An administrator names it: `graphkeep config set CONNECTOR_FILES_DIR /srv/data`, and restarts the server."


def locate(folder: Path | None, name: str) -> Path:
    """The file or folder `name` below `folder`, opened step by step so that no part of it is a link.

    Raises:
        ConnectorError: `policy` without a folder, or where a part is a link or no plain file; `name` where nothing is
            there; `permission` where it may not be read.
    """
    if folder is None:
        raise ConnectorError(
            "policy", "No folder is named whose files connectors may read.", advice=NO_FOLDER
        )
    parts = name.split("/")
    if name.startswith("/") or {"", ".", ".."} & set(parts):
        raise ConnectorError("policy", f"'{name}' leads out of the folder of connectors' files.")
    handles: list[int] = []
    try:
        handles.append(os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        for part in parts:
            handles.append(
                os.open(part, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handles[-1])
            )
            check_mode(os.fstat(handles[-1]).st_mode, name)
        return folder.resolve().joinpath(*parts)
    except OSError as error:
        raise failure(error, name) from error
    finally:
        for handle in handles:
            os.close(handle)


def check_mode(mode: int, name: str) -> None:
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        kind = "a symbolic link" if stat.S_ISLNK(mode) else "no file or folder"
        raise ConnectorError(
            "policy", f"A part of '{name}' is {kind}.", advice="Name the file by its own path."
        )


def failure(error: OSError, name: str) -> ConnectorError:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return ConnectorError(
            "permission", f"The server may not open '{name}'.", advice="Allow its user to read the file and its folders."
        )  # fmt: skip
    return ConnectorError(
        "name", f"There is no file or folder '{name}' in the folder of connectors' files.", advice="Check the connector's setting 'file'."
    )  # fmt: skip


def plain_files(folder: Path) -> list[Path]:
    """The files directly in a folder, without links, by name."""
    with os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_file(follow_symlinks=False))
