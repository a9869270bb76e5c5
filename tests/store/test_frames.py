import numpy as np

from graphkeep.store.frames import FrameReader, FrameWriter


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
