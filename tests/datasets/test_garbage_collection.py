"""Bytes come before their record and go after it; what no record names is collected, and nothing else."""

import hashlib
import os
import time
from datetime import timedelta

import pytest
from django.db import transaction

from graphkeep.datasets.models import File
from graphkeep.datasets.operations.file_fields import FileFields
from graphkeep.datasets.operations.garbage_collection import (
    collect_garbage,
    delete_partial_uploads,
    evict_cache,
)
from graphkeep.datasets.operations.upload import (
    UploadedBody,
    create_file,
    delete_file,
    raw_upload_path,
    receive_file,
)
from graphkeep.sandbox.pool import SandboxPool
from tests.people import make, person

pytestmark = pytest.mark.django_db(transaction=True)


class BrokenOffError(Exception):
    pass


@pytest.fixture
def places(tmp_path, settings, monkeypatch):
    # No process waits for a next upload that never comes.
    monkeypatch.setattr(SandboxPool, "warm", lambda self: None)
    for name in ("STORE_DIR", "UPLOAD_DIR", "TMP_DIR", "FRAMES_DIR", "COPIES_DIR"):
        setattr(settings, name, tmp_path / name)
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def actor():
    return person(make("alice"))


def send(file, text, *, actor, settings):
    path = settings.TMP_DIR / "body"
    path.write_text(text)
    body = UploadedBody(
        path=path, size_bytes=len(text), sha256=hashlib.sha256(text.encode()).hexdigest()
    )
    return receive_file(file, body, actor=actor)


@transaction.atomic
def begin_and_break_off(file, actor):
    delete_file(File.objects.get(pk=file.pk), actor=actor)
    raise BrokenOffError


def age(folder):
    for one in [*folder.rglob("*"), folder]:
        os.utime(one, (time.time() - 7200,) * 2)


def test_sh85_bytes_outlive_a_deed_that_is_rolled_back(places, settings, actor):
    file = send(create_file(FileFields(file_type="csv"), actor=actor), "s,d\n1,2\n", actor=actor, settings=settings)  # fmt: skip
    with pytest.raises(BrokenOffError):
        begin_and_break_off(file, actor)
    kept = File.objects.get(pk=file.pk)
    assert raw_upload_path(kept).read_text() == "s,d\n1,2\n"
    assert (settings.UPLOAD_DIR / kept.file_id / kept.tables[0]["path"]).exists()

    delete_file(kept, actor=actor)
    assert list(settings.UPLOAD_DIR.iterdir()) == []


def test_sh85_a_second_upload_that_is_cut_off_leaves_the_first(
    places, settings, actor, monkeypatch
):
    file = send(create_file(FileFields(file_type="csv"), actor=actor), "s,d\n1,2\n", actor=actor, settings=settings)  # fmt: skip

    def cut(*_args, **_words):
        raise BrokenOffError

    with monkeypatch.context() as broken:
        broken.setattr(File, "save", cut)
        with pytest.raises(BrokenOffError):
            send(File.objects.get(pk=file.pk), "s,d\n3,4\n", actor=actor, settings=settings)
    first = File.objects.get(pk=file.pk)
    folder = settings.UPLOAD_DIR / first.file_id
    assert raw_upload_path(first).read_text() == "s,d\n1,2\n"
    assert (folder / first.tables[0]["path"]).exists()
    assert len(list(folder.iterdir())) == 2

    assert collect_garbage() == 0  # it may be under way
    age(folder)
    assert collect_garbage() == 1
    assert [one.name for one in folder.iterdir()] == [first.tables[0]["path"].split("/")[0]]

    second = send(first, "s,d\n3,4\n", actor=actor, settings=settings)
    assert raw_upload_path(second).read_text() == "s,d\n3,4\n"
    assert len(list(folder.iterdir())) == 1


def test_sh85_what_nobody_knows_is_collected(places, settings, actor):
    lone = create_file(FileFields(file_type="csv"), actor=actor, is_direct=True)
    (settings.STORE_DIR / ("a" * 32)).mkdir()
    (settings.UPLOAD_DIR / ("b" * 32)).mkdir()
    (settings.UPLOAD_DIR / ".receiving-x").mkdir()
    (settings.TMP_DIR / "upload-x").write_bytes(b"half")
    (settings.TMP_DIR / "backup-x").mkdir()
    assert collect_garbage() == 0
    age(places)
    File.objects.filter(pk=lone.pk).update(updated_at=lone.updated_at - timedelta(hours=2))

    assert collect_garbage() == 5
    assert not File.objects.filter(pk=lone.pk).exists()
    assert {str(one.relative_to(places)) for one in places.rglob("*") if one.parent != places} == {"TMP_DIR/backup-x"}  # fmt: skip

    (settings.TMP_DIR / "upload-y").write_bytes(b"half")
    (settings.UPLOAD_DIR / ".reading-y").mkdir()
    delete_partial_uploads()
    assert list(settings.UPLOAD_DIR.iterdir()) == []
    assert [one.name for one in settings.TMP_DIR.iterdir()] == ["backup-x"]


def test_sh89_a_cache_keeps_its_limit_and_its_age(places, settings):
    settings.GRAPHKEEP_CACHE_SIZE = 2500
    for number in range(4):
        path = settings.FRAMES_DIR / str(number)
        path.write_bytes(bytes(1000))
        os.utime(path, (time.time() - number,) * 2)
    assert evict_cache(settings.FRAMES_DIR) == 2
    assert {one.name for one in settings.FRAMES_DIR.iterdir()} == {"0", "1"}
    os.utime(settings.FRAMES_DIR / "0", (time.time() - 8 * 86400,) * 2)
    assert evict_cache(settings.FRAMES_DIR) == 1
    assert {one.name for one in settings.FRAMES_DIR.iterdir()} == {"1"}
