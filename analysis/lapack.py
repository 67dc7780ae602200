"""Factors and inverses that let other threads go on: LAPACK without the interpreter's lock.

SciPy's wrappers keep the lock while LAPACK works, so that threads of one process factor one after
the other. The routines that they wrap are public for Cython (`scipy.linalg.cython_lapack`), each
with its C signature, and ctypes lets go of the lock when it calls them. Where a signature is not
the one that is expected here (LAPACK with integers of 64 bits), SciPy's wrappers are called.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable

import numpy as np
from scipy.linalg import cython_lapack
from scipy.linalg.lapack import dpotrf, dpotri, dtrttp

SIGNATURE = rb"void \(char \*, int \*, \w+_d \*, int \*, int \*\)"
"""Which triangle, the order, the matrix, its leading dimension, and what went wrong."""
Routine = Callable[[np.ndarray, bytes], int]


def cholesky(matrix: np.ndarray, *, lower: bool = False) -> np.ndarray | None:
    """U with U'U = matrix, or L with LL', in the place of that triangle; None where not definite.

    matrix: (n, n), by columns (Fortran's order); the other triangle is not touched. Raises
    `ValueError` where an array is laid out otherwise.
    """
    failed = _factor(_by_columns(matrix), b"L" if lower else b"U")
    return None if failed or not np.isfinite(matrix.diagonal()).all() else matrix


def inverse(factor: np.ndarray) -> np.ndarray:
    """The upper triangle of (U'U)^-1, in the place of U; the lower one is not touched.

    Raises `LinAlgError` where there is none, `ValueError` as `cholesky`.
    """
    if _invert(_by_columns(factor), b"U"):
        raise np.linalg.LinAlgError("the factor has a zero on its diagonal")
    return factor


def packed(matrix: np.ndarray) -> np.ndarray:
    """The lower triangle of a matrix, row by row."""
    return np.asarray(dtrttp(matrix.T, uplo="U")[0])


def _by_columns(matrix: np.ndarray) -> np.ndarray:
    laid_out = matrix.flags.f_contiguous and matrix.flags.writeable
    if not laid_out or matrix.dtype != np.float64 or matrix.shape != (len(matrix), len(matrix)):
        raise ValueError("a square matrix of doubles by columns is needed, to be overwritten")
    return matrix


def _unlocked(name: str) -> Routine | None:
    """LAPACK's routine of one matrix; None where its signature is another one."""
    name_of = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    capsule = cython_lapack.__pyx_capi__[name]
    signature = name_of(("PyCapsule_GetName", ctypes.pythonapi))(capsule)
    if not re.fullmatch(SIGNATURE, signature):
        return None
    address = pointer(("PyCapsule_GetPointer", ctypes.pythonapi))(capsule, signature)
    routine = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5)(address)

    def called(matrix: np.ndarray, triangle: bytes) -> int:
        n, failed = ctypes.byref(ctypes.c_int(len(matrix))), ctypes.c_int()
        routine(triangle, n, matrix.ctypes.data, n, ctypes.byref(failed))
        return failed.value

    return called


def _wrapped_factor(matrix: np.ndarray, triangle: bytes) -> int:
    return int(dpotrf(matrix, lower=triangle == b"L", clean=0, overwrite_a=1)[1])


def _wrapped_invert(factor: np.ndarray, triangle: bytes) -> int:
    return int(dpotri(factor, lower=triangle == b"L", overwrite_c=1)[1])


_factor: Routine = _unlocked("dpotrf") or _wrapped_factor
_invert: Routine = _unlocked("dpotri") or _wrapped_invert
