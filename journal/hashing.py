"""SHA-256 without OpenSSL.

``hashlib`` loads OpenSSL's library, which took a tenth of the time of ``knobwise log``. CPython
has its own, which ``random`` takes in the same way. OpenSSL's is three times as fast on a line (0.6
and 1.9 microseconds), which counts where a million are read: ``journal.segments`` has ``hashlib``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # Python 3.12
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
