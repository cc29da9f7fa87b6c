"""Pictures of a pixel or a line: mail and web pages are full of them; they hold no text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigaq.pipeline.readers import ink, photo
from aigaq.pipeline.readers.image import FrameJob, Look, read_frames
from aigaq.pipeline.readers.reading import ReadOptions
from aigaq.pipeline.tools.limits import Limits

SIZES = [(1, 1), (1, 3000), (3000, 1), (4, 9000), (2, 2)]


@pytest.mark.parametrize("colour", ["white", "black", "teal"])
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_lower_than_a_letter_is_a_scene(
    size: tuple[int, int], colour: str, tmp_path: Path
) -> None:
    source = tmp_path / "pixel.png"
    Image.new("RGB", size, colour).save(source)
    [frame] = read_frames(FrameJob(source, (1,), tmp_path), Limits(), ReadOptions())
    assert frame.look is Look.SCENE
    assert frame.passage.text == ""
    assert not frame.passage.problem


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("dpi", [72.0, 300.0, 1200.0])
def test_a_thin_page_is_cleaned_at_its_size(width: int, height: int, dpi: float) -> None:
    page = np.full((height, width, 3), 200, np.uint8)
    assert ink.readable(page, dpi).shape == (height, width)
    assert photo.even_light(page).shape == page.shape
    photo.find_page(page)
