"""Counts the lines of every CSV file in a folder through a memory map: the least that reading can cost."""

import pathlib
import sys

import numpy

STRETCH = 1 << 18

lines = 0
for csv in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    text = numpy.memmap(csv, dtype=numpy.uint8, mode="r")
    for start in range(0, len(text), STRETCH):
        lines += int(numpy.count_nonzero(text[start : start + STRETCH] == 10))
print(lines)
