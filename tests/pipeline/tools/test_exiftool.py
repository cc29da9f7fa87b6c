from __future__ import annotations

import subprocess
from pathlib import Path

from PIL import Image

from aigaq.pipeline.tools.exiftool import first, read_tags


def _photo(path: Path, *tags: str) -> Path:
    Image.new("RGB", (8, 8)).save(path, "JPEG")
    if tags:
        subprocess.run(["exiftool", "-q", "-overwrite_original", *tags, str(path)], check=True)
    return path


def test_tags_of_many_files_in_one_run(tmp_path: Path) -> None:
    names = ["-ver.jpg", "қала 😀.jpg", "a b.jpg"]
    files = [_photo(tmp_path / name, f"-Make=Камера {n}") for n, name in enumerate(names)]
    tags = read_tags(files, seconds=60)
    assert [first(tags[file], "Make") for file in files] == ["Камера 0", "Камера 1", "Камера 2"]


def test_places_are_degrees(tmp_path: Path) -> None:
    arguments = (
        "-GPSLatitude=43.238",
        "-GPSLatitudeRef=N",
        "-GPSLongitude=76.945",
        "-GPSLongitudeRef=E",
    )
    file = _photo(tmp_path / "a.jpg", *arguments)
    tags = read_tags([file], seconds=60)[file]
    assert first(tags, "GPSLatitude") == 43.238


def test_nothing_of_the_file_system_is_told(tmp_path: Path) -> None:
    file = _photo(tmp_path / "a.jpg")
    tags = read_tags([file], seconds=60)[file]
    assert not any(name.startswith(("System:", "SourceFile")) for name in tags)
    assert str(tmp_path) not in str(tags)


def test_an_unknown_file_and_an_empty_list(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"\x00\x01nothing")
    assert first(read_tags([file], seconds=60)[file], "Make") is None
    assert read_tags([], seconds=60) == {}


def test_long_values_are_cut(tmp_path: Path) -> None:
    file = _photo(tmp_path / "a.jpg", f"-Comment={'а' * 5000}")
    value = first(read_tags([file], seconds=60)[file], "Comment")
    assert isinstance(value, str)
    assert len(value) == 2000


def test_the_first_name_wanted_wins() -> None:
    tags = {"IFD0:Software": "b", "QuickTime:Model": "", "Keys:Model": "c"}
    assert first(tags, "Model", "Software") == "c"
    assert first(tags, "Make") is None
