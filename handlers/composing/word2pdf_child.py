"""The child process that runs word2pdf: a Word file on its input, a PDF on its output.

It is a program of its own because word2pdf is set up through its module variables, and because a
letter that never ends must be killed. Arguments: folder of fonts, JSON of substitutes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_MEMORY_BYTES = 2 << 30
_CPU_SECONDS = 120


def main() -> None:
    """Convert one letter."""
    folder, substitutes = sys.argv[1], json.loads(sys.argv[2])
    _limit_resources()
    import reportlab.rl_config
    import word2pdf.fonts.manager as fonts
    from word2pdf import Converter

    fonts.system_font_dirs = list  # no fonts of the host
    fonts.SUBSTITUTIONS.update({asked: [ours] for asked, ours in substitutes.items()})
    reportlab.rl_config.invariant = 1  # no date, no random id
    make: Any = Converter  # not typed
    converter = make(font_dirs=[folder], default_font="Liberation Sans", font_cache=False)
    pdf: bytes = converter.convert(sys.stdin.buffer.read())
    sys.stdout.buffer.write(pdf)


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows has none; the parent's limit of time remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))


if __name__ == "__main__":
    main()
