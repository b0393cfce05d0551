"""Makes the letters' fonts from their upstream files; see README.md beside it.

Usage: make.py FOLDER_OF_LIBERATION_2 FOLDER_OF_DEJAVU   (needs fonttools)
"""

import pathlib
import sys
import unicodedata

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).parent
FAMILY, FALLBACK = "Klippekort Sans", "Klippekort Other Scripts"
COPYRIGHT, LICENCE = 0, 13


def write(source, target, family, style, unicodes):
    options = subset.Options(
        hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True, glyph_names=False,
        drop_tables=subset.Options().drop_tables + ["FFTM", "DSIG", "PCLT"],
    )
    font = subset.load_font(source, options)
    maker = subset.Subsetter(options)
    maker.populate(unicodes=unicodes)
    maker.subset(font)
    # A modified font may not bear the reserved name of its source.
    kept = [record for record in font["name"].names if record.nameID in (COPYRIGHT, LICENCE, 14)]
    font["name"].names = kept
    postscript = f"{family}-{style}".replace(" ", "")
    for number, text in {1: family, 2: style, 3: postscript, 4: f"{family} {style}", 5: "Version 1", 6: postscript}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    font.save(HERE / target)


liberation, dejavu = map(pathlib.Path, sys.argv[1:])
known = TTFont(liberation / "LiberationSans-Regular.ttf").getBestCmap()
for style in ("Regular", "Bold"):
    write(liberation / f"LiberationSans-{style}.ttf", f"KlippekortSans-{style}.ttf", FAMILY, style, list(known))

SCRIPTS = ("ARABIC", "GEORGIAN", "LATIN", "ARMENIAN", "CYRILLIC", "GREEK", "LAO", "NKO", "TIFINAGH", "COMBINING")
others = [
    code for code in TTFont(dejavu / "DejaVuSans.ttf").getBestCmap()
    if code not in known and unicodedata.name(chr(code), "").startswith(SCRIPTS)
]
write(dejavu / "DejaVuSans.ttf", "KlippekortOtherScripts-Regular.ttf", FALLBACK, "Regular", [0x20, 0xA0, 0x25CC, *others])
