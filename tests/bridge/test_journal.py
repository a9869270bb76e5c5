"""The journal: a query id is on the disk before its source is asked, and counts once, also after a restart."""

import json
import shutil
import threading
import time
from dataclasses import replace

import pytest

from graphkeep.bridge.agent import journal, journal_entry
from graphkeep.bridge.agent.journal import (
    ANSWER_RETENTION_S,
    ID_RETENTION_S,
    Journal,
    OtherRequestError,
)
from graphkeep.bridge.agent.journal_entry import JournalFullError, JournalSpace, Record
from graphkeep.bridge.protocol.frames import Ask, End
from graphkeep.bridge.protocol.handshake import new_keys

KEYS = new_keys()
ID = "ab" * 16
ASK = Ask(
    query_id=ID,
    operation="query",
    request={"text": "select 1", "secrets": {"p": "1"}},
    deadline_s=9,
)
FINISHED = End(query_id=ID, state="finished", rows=2)  # fmt: skip


def open_journal(folder, *, space=None, keys=KEYS, clock=time.time):
    return Journal(folder, keys, space or JournalSpace(), clock=clock)


def restarted(folder, tmp_path):
    """The journal as a process sees it that starts after the first was killed at this moment."""
    copy = tmp_path / "after"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return open_journal(copy)


def read(entry, timeout_s=0.0):
    records = []
    while isinstance(record := entry.record(len(records), timeout_s), Record):
        records.append((record.body, record.is_last))
    return records, record


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "journal"


def test_a_query_id_is_new_once(folder):
    journal = open_journal(folder)

    assert [journal.begin_query(ASK)[1], journal.begin_query(ASK)[1]] == [True, False]


def test_a_query_id_is_new_once_however_many_ask_at_once(folder):
    journal = open_journal(folder)
    answers = []
    barrier = threading.Barrier(8)

    def ask():
        barrier.wait()
        answers.append(journal.begin_query(ASK)[1])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]


def test_the_answer_is_read_from_any_record_on(folder):
    entry, _ = open_journal(folder).begin_query(ASK)
    entry.append(b"one", is_last=False)
    entry.append(b"two", is_last=True)
    entry.finish(FINISHED)

    assert read(entry) == ([(b"one", False), (b"two", True)], FINISHED)
    assert entry.record(1, 0) == Record(seq=1, is_last=True, body=b"two")


def test_a_reader_waits_for_rows(folder):
    entry, _ = open_journal(folder).begin_query(ASK)
    assert entry.record(0, 0.01) is None
    threading.Timer(0.05, entry.append, (b"late",), {"is_last": True}).start()

    assert entry.record(0, 10).body == b"late"


def test_a_query_that_had_begun_ends_as_interrupted_after_a_restart(folder, tmp_path):
    open_journal(folder).begin_query(ASK)

    entry, is_new = restarted(folder, tmp_path).begin_query(ASK)

    assert not is_new
    assert entry.end.state == "interrupted"


def test_a_query_with_half_an_answer_ends_as_interrupted_without_its_rows(folder, tmp_path):
    entry, _ = open_journal(folder).begin_query(ASK)
    entry.append(b"one", is_last=True)

    after, _ = restarted(folder, tmp_path).begin_query(ASK)

    assert read(after)[0] == []
    assert after.end.state == "interrupted"


def test_a_finished_answer_outlives_a_restart(folder, tmp_path):
    entry, _ = open_journal(folder).begin_query(ASK)
    entry.append(b"one", is_last=True)
    entry.finish(FINISHED)

    after, is_new = restarted(folder, tmp_path).begin_query(ASK)

    assert not is_new
    assert read(after) == ([(b"one", True)], FINISHED)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_journal_that_was_torn_by_a_kill_ends_as_interrupted(folder, tmp_path, cut):
    entry, _ = open_journal(folder).begin_query(ASK)
    entry.append(b"one", is_last=True)
    entry.finish(FINISHED)
    entry.path.write_bytes(entry.path.read_bytes()[:-cut])

    after, is_new = restarted(folder, tmp_path).begin_query(ASK)

    assert (is_new, after.end.state) == (False, "interrupted")


def test_a_query_is_not_run_again_once_the_server_has_its_answer(folder, tmp_path):
    journal = open_journal(folder)
    entry, _ = journal.begin_query(ASK)
    entry.append(b"one", is_last=True)
    entry.finish(FINISHED)

    journal.discard_answer(ID)

    for each in (journal, restarted(folder, tmp_path)):
        again, is_new = each.begin_query(ASK)
        assert (is_new, again.end.state, read(again)[0]) == (False, "expired", [])


def test_an_id_with_another_request_is_refused(folder):
    journal = open_journal(folder)
    journal.begin_query(ASK)

    with pytest.raises(OtherRequestError):
        journal.begin_query(replace(ASK, request={"text": "select 2"}))


def test_renewed_credentials_are_the_same_request(folder):
    journal = open_journal(folder)
    journal.begin_query(ASK)

    assert not journal.begin_query(replace(ASK, request={**ASK.request, "secrets": {"p": "2"}}))[1]


def test_nothing_of_a_query_or_its_answer_is_on_the_disk_in_clear(folder):
    ask = replace(ASK, request={"text": "select canary1", "secrets": {"password": "canary2"}})
    entry, _ = open_journal(folder).begin_query(ask)
    entry.append(b"canary3", is_last=True)
    entry.finish(replace(FINISHED, message="canary4"))

    stored = b"".join(path.read_bytes() for path in folder.iterdir())

    assert b"canary" not in stored
    assert KEYS.server_key.encode() not in stored
    assert entry.path.stat().st_mode & 0o077 == 0


def test_other_keys_read_nothing(folder):
    entry, _ = open_journal(folder).begin_query(ASK)
    entry.append(b"one", is_last=True)
    entry.finish(FINISHED)

    after, is_new = open_journal(folder, keys=new_keys()).begin_query(ASK)

    assert (is_new, after.end.state, read(after)[0]) == (False, "interrupted", [])


def test_no_key_seals_two_records_with_one_counter(folder):
    journal = open_journal(folder)
    entry, _ = journal.begin_query(ASK)
    salt = entry.header["salt"]
    entry.append(b"one", is_last=True)
    entry.finish(FINISHED)

    journal.discard_answer(ID)

    header = entry.path.read_bytes().splitlines()[0]
    assert json.loads(header)["salt"] != salt


def test_answers_expire_and_ids_are_forgotten_later(folder):
    now = [time.time()]
    journal = open_journal(folder, clock=lambda: now[0])
    entry, _ = journal.begin_query(ASK)
    entry.append(b"one", is_last=True)
    entry.finish(FINISHED)

    now[0] += ANSWER_RETENTION_S + 5
    journal.sweep()
    assert journal.begin_query(ASK)[0].end.state == "expired"

    now[0] += ID_RETENTION_S + 5
    journal.sweep()
    assert list(folder.iterdir()) == []


def test_a_full_journal_takes_no_more_rows(folder):
    space = JournalSpace(max_bytes=1000)
    journal = open_journal(folder, space=space)
    entry, _ = journal.begin_query(ASK)
    entry.append(b"x" * 900, is_last=True)

    with pytest.raises(JournalFullError):
        entry.append(b"x" * 900, is_last=True)
    entry.finish(FINISHED)
    journal.discard_answer(ID)
    assert space.used_bytes == 0


def test_the_space_of_a_restored_journal_is_counted(folder):
    entry, _ = open_journal(folder).begin_query(ASK)
    entry.append(b"x" * 900, is_last=True)
    entry.finish(FINISHED)
    space = JournalSpace()

    journal = open_journal(folder, space=space)
    assert space.used_bytes > 900
    journal.discard_answer(ID)
    assert space.used_bytes == 0


def test_at_most_two_gibibytes_wait_for_fifteen_minutes():
    assert (journal_entry.MAX_BYTES, journal.ANSWER_RETENTION_S) == (2 << 30, 900)
