import numpy as np
import pytest

from graphkeep.store.frames import FrameReader, FrameWriter, latest_positions, quantize


def test_a_reader_sees_the_latest_whole_frame(tmp_path):
    writer = FrameWriter(tmp_path / "frames", 3)
    reader = FrameReader(tmp_path / "frames")
    assert reader.latest() is None

    place = np.array([[0, 0], [10, 20], [5, 10]], np.float32)
    writer.write(place, 7, 0.5)
    writer.write(place + 1, 9, 1.0, final=True)

    frame = reader.latest()
    assert frame is not None
    assert (frame.sequence, frame.iteration, frame.progress, frame.final) == (2, 9, 1.0, True)
    assert frame.bounds == (1.0, 1.0, 11.0, 21.0)
    assert frame.positions_u16.tolist() == [[0, 0], [65535, 65535], [32768, 32768]]
    reader.close()
    writer.close()


def test_a_frame_is_read_back_to_a_65535th_of_its_extent(tmp_path):
    placed = np.random.default_rng(0).normal(0, 300, (1000, 2)).astype(np.float32)
    placed[:, 1] += 1e4
    writer = FrameWriter(tmp_path / "frames", 1000)
    writer.write(placed, 1, 0.5)
    writer.close()

    read = latest_positions(tmp_path / "frames", 1000)
    assert read is not None
    assert read.dtype == np.float32
    off = np.abs(read - placed) / np.ptp(placed, axis=0)
    assert off.max() < 1 / 65535


def test_there_is_no_frame_of_another_graph_or_of_none(tmp_path):
    FrameWriter(tmp_path / "frames", 3).close()

    assert latest_positions(tmp_path / "missing", 3) is None
    assert latest_positions(tmp_path / "frames", 3) is None
    writer = FrameWriter(tmp_path / "frames", 3)
    writer.write(np.zeros((3, 2), np.float32), 1, 0.1)
    assert latest_positions(tmp_path / "frames", 4) is None
    writer.close()


@pytest.mark.parametrize("extent", [0.0, 1e-12, 1e-3, 1.0, 3e7])
def test_every_extent_fits_between_its_bounds(extent):
    line = np.linspace(0, extent, 11, dtype=np.float32)
    bounds, packed = quantize(np.column_stack((line, line[::-1])))

    assert bounds == (0.0, 0.0, pytest.approx(extent), pytest.approx(extent))
    wanted = np.arange(11) * 6553.5 if extent >= 1e-3 else np.zeros(11)
    assert packed[:, 0].tolist() == pytest.approx(wanted, abs=70 if extent < 1e-3 else 1)
