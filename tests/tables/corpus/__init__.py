"""The corpus of hostile and unusual files: what each must come to, to the fen.

Made as bytes in memory, the same on every machine. Run at the level of tables (tests/tables) and through the whole
import (tests/imports).
"""

from tests.tables.corpus import cells, late, names, texts, workbooks
from tests.tables.corpus.making import Case

CASES: list[Case] = [*cells.CASES, *texts.CASES, *names.CASES, *workbooks.CASES, *late.CASES]
