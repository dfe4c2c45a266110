"""Fonts of this machine that can draw a language, so that no menu is made of empty boxes.

Whoever runs the command has fonts of their own: one that they name, those that fontconfig knows,
and those that systems keep where they always do. The first is taken that has every letter.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import ImageFont, features
from PIL.ImageFont import FreeTypeFont

from ops.trouble import Trouble

_BOLD: Final = ("bold", "heavy", "w6", "w7")
_REGULAR: Final = ("regular", "book", "normal", "roman", "w3", "w4")
_SLANTED: Final = ("italic", "oblique")
#: Of fontconfig's long list, as many files as are worth a look.
_LOOKS: Final = 8
#: No font has it, so it is drawn as what stands for a missing letter.
_MISSING: Final = "\U0010ffff"
_PROBE: Final = 32

_FOLDERS: Final = tuple(
    map(
        Path,
        (
            "/usr/share/fonts/opentype/noto",
            "/usr/share/fonts/truetype/noto",
            "/usr/share/fonts/truetype/tlwg",
            "/usr/share/fonts/noto-cjk",
            "/usr/share/fonts/google-noto-sans-cjk-fonts",
            "/System/Library/Fonts",
            "/System/Library/Fonts/Supplemental",
            "/Library/Fonts",
            "C:/Windows/Fonts",
            "/mnt/c/Windows/Fonts",  # Windows' own, as WSL sees them
        ),
    )
)
_NOTO: Final = ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How a language is written.

    name: in English. tag, families: for fontconfig, the best first. part: of a file of many faces,
    how the right ones' families end. files: as systems name them. package: Debian's. stacks: marks
    stand above and below each other.
    """

    name: str
    tag: str
    families: str
    part: str = ""
    files: tuple[str, ...]
    package: str
    stacks: bool = False


SCRIPTS: Final[Mapping[str, Script]] = {
    "zh-Hant": Script(
        name="Traditional Chinese",
        tag="zh-tw",
        families="Noto Sans CJK TC,Noto Sans TC,Source Han Sans TC,PingFang TC",
        part="TC",
        files=(*_NOTO, "PingFang.ttc", "STHeiti Medium.ttc", "msjhbd.ttc", "msjh.ttc"),
        package="fonts-noto-cjk",
    ),
    "en": Script(
        name="English",
        tag="en",
        families="Noto Sans CJK TC,Noto Sans,Source Sans 3,Liberation Sans",
        part="TC",
        files=(*_NOTO, "Helvetica.ttc", "HelveticaNeue.ttc", "segoeuib.ttf", "segoeui.ttf"),
        package="fonts-noto-core",
    ),
    "ja": Script(
        name="Japanese",
        tag="ja",
        families="Noto Sans CJK JP,Noto Sans JP,Source Han Sans,Hiragino Sans",
        part="JP",
        files=(
            *_NOTO,
            "ヒラギノ角ゴシック W6.ttc",
            "ヒラギノ角ゴシック W3.ttc",
            "YuGothB.ttc",
            "YuGothR.ttc",
            "meiryob.ttc",
            "meiryo.ttc",
        ),
        package="fonts-noto-cjk",
    ),
    "th": Script(
        name="Thai",
        tag="th",
        families="Noto Sans Thai,Sarabun,Loma,Garuda,Laksaman",
        files=(
            *("NotoSansThai-Bold.ttf", "NotoSansThai-Regular.ttf", "Loma-Bold.ttf", "Loma.ttf"),
            *("Thonburi.ttc", "leelauib.ttf", "LeelawUI.ttf", "tahomabd.ttf", "tahoma.ttf"),
        ),
        package="fonts-thai-tlwg",
        stacks=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face of a font's file. variation: its weight, in a file that holds every weight."""

    file: Path
    number: int
    family: str
    style: str
    variation: str = ""

    def at(self, size: int) -> FreeTypeFont:
        """The face in this size, for drawing."""
        font = ImageFont.truetype(str(self.file), size, index=self.number)
        if self.variation:
            font.set_variation_by_name(self.variation)
        return font

    def has(self, letters: Iterable[str]) -> bool:
        """Tell whether it has every one of these letters."""
        font = ImageFont.truetype(
            str(self.file), _PROBE, index=self.number, layout_engine=ImageFont.Layout.BASIC
        )
        missing = _shape(font, _MISSING)
        return all(_shape(font, letter) != missing for letter in {*letters} if letter.strip())


def face(language: str, letters: str, *, bold: bool, own: Sequence[Path] = ()) -> Face:
    """Find a face that has these letters; own: files to try first. Raises Trouble."""
    script = SCRIPTS[language]
    if script.stacks and not features.check("raqm"):
        raise Trouble(
            f"nothing here can set {script.name}: its marks would lie on each other",
            "Install FriBiDi (Debian: apt install libfribidi0; macOS: brew install fribidi).",
        )
    for file in own:
        if not any(_faces(file, bold=bold)):
            raise Trouble(f"{file} is no font that can be read", "Name a .ttf, .otf or .ttc file.")
    for files in (own, _known_to_fontconfig(script, bold=bold), _where_systems_keep(script)):
        found = [it for file in files for it in _faces(file, bold=bold)]
        found.sort(
            key=lambda it: (_unlike(it.style, bold=bold), not it.family.endswith(script.part))
        )
        if fitting := next((it for it in found if it.has(letters)), None):
            return fitting
    raise Trouble(
        f"no font on this machine has every letter of {script.name}",
        f"Install one (Debian: apt install {script.package}), or name a file with --font PATH.",
    )


def _faces(file: Path, *, bold: bool) -> Iterator[Face]:
    """All faces of a file, in its order; none of what is no font."""
    for number in range(64):
        try:
            font = ImageFont.truetype(str(file), _PROBE, index=number)
        except OSError:
            return
        family, style = (name or "" for name in font.getname())
        variation = _variation(font, bold=bold)
        yield Face(
            file=file,
            number=number,
            family=family,
            style=variation or style,
            variation=variation,
        )


def _variation(font: FreeTypeFont, *, bold: bool) -> str:
    """The weight to choose in a variable font, "" in any other."""
    try:
        names = [name.decode() for name in font.get_variation_names()]
    except OSError:
        return ""
    return min(names, key=lambda name: _unlike(name, bold=bold), default="")


def _unlike(style: str, *, bold: bool) -> int:
    """How far a style is from the wanted one, 0 where it is that."""
    words = style.lower()
    if any(word in words for word in _SLANTED):
        return 2
    return 0 if any(word in words for word in (_BOLD if bold else _REGULAR)) else 1


def _known_to_fontconfig(script: Script, *, bold: bool) -> list[Path]:
    """Files that fontconfig would take, the best first; none where there is no fontconfig."""
    program = shutil.which("fc-match")
    if program is None:
        return []
    pattern = f"{script.families},sans-serif:{'bold' if bold else 'regular'}:lang={script.tag}"
    try:
        done = subprocess.run(  # noqa: S603 - found on the path, and asked for fonts alone
            [program, "-s", "-f", "%{file}\n", pattern],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        return []
    return [Path(file) for file in [*dict.fromkeys(done.stdout.splitlines())][:_LOOKS]]


def _where_systems_keep(script: Script) -> list[Path]:
    """Files under the names and in the folders that systems give them."""
    paths = (folder / name for name in script.files for folder in _FOLDERS)
    return [path for path in paths if path.is_file()]


def _shape(font: FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    """What a letter looks like."""
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
