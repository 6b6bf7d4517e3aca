"""Three shops of East in Tao's charge, one of West in Lin's."""

from __future__ import annotations

from tests.promises.conftest import A_DAY, SINCE, at, owner, shops  # noqa: F401 - fixtures
