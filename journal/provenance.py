"""Where a run came from: command, machine, system, Python and packages, chosen variables, code.

Nothing here may fail or take long: what cannot be learnt is left out. The environment is recorded
by an allow-list; whoever stores all of it stores secrets.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from journal.host import host_name
from journal.packing import Json
from journal.provenance_git import git_state
from journal.redaction import is_secret, redact, redact_words

PACKAGES = (
    "accelerate", "catboost", "dask", "datasets", "deepspeed", "diffusers", "flax", "gymnasium",
    "jax", "jaxlib", "keras", "lightgbm", "lightning", "numpy", "optax", "pandas", "peft",
    "polars", "pytorch-lightning", "ray", "scikit-learn", "scipy", "sentence-transformers",
    "stable-baselines3", "statsmodels", "tensorflow", "timm", "tokenizers", "torch", "torchaudio",
    "torchvision", "transformers", "triton", "vllm", "xgboost",
)  # fmt: skip
"""Distributions whose versions are recorded where they are installed (or, in a process, loaded)."""

VARIABLES = (
    "CONDA_DEFAULT_ENV", "CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES",
    "JAX_PLATFORMS", "LOCAL_RANK", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "NVIDIA_TF32_OVERRIDE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED",
    "PYTORCH_CUDA_ALLOC_CONF", "RANK", "ROCR_VISIBLE_DEVICES", "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID", "SLURM_JOB_ID", "SLURM_JOB_PARTITION", "TF_DETERMINISTIC_OPS",
    "TF_ENABLE_ONEDNN_OPTS", "WORLD_SIZE", "XLA_FLAGS",
)  # fmt: skip
"""The environment variables that are recorded."""
_MODULES = {"scikit-learn": "sklearn", "pytorch-lightning": "pytorch_lightning"}
_COMMAND_BYTES = 8 << 10


def of_this_process() -> dict[str, Json]:
    """The context of a run that this process itself is: for the Python interface."""
    context: dict[str, Json] = {
        **of_command(sys.orig_argv),
        **machine(),
        "python": platform.python_version(),
        "packages": dict(loaded_packages()),
    }
    context.update(code(os.getcwd()))  # noqa: PTH109 - a text is wanted
    return {key: value for key, value in context.items() if value not in ({}, [], None)}


def of_wrapped(words: Sequence[str] = (), variables: Iterable[str] = ()) -> dict[str, Json]:
    """The context of a run that another process is, of this command; or of one told in steps."""
    context = {**of_command(words, variables), **machine(), **code(os.getcwd())}  # noqa: PTH109
    return {key: value for key, value in context.items() if value not in ({}, [], None)}


def of_joined_process() -> dict[str, Json]:
    """What a wrapped program knows better than its wrapper: the Python it runs in."""
    packages: dict[str, Json] = dict(loaded_packages())
    return {"python": platform.python_version(), **({"packages": packages} if packages else {})}


def of_command(words: Sequence[str], variables: Iterable[str] = ()) -> dict[str, Json]:
    """A command line without its secrets, the folder it runs in, the variables recorded."""
    shown: list[Json] = []
    room = _COMMAND_BYTES
    for word in redact_words(words):
        clean = word.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
        room -= len(clean)
        if room <= 0:
            shown.append("…")
            break
        shown.append(clean)
    folder = os.fsencode(os.getcwd()).decode("utf-8", "replace")  # noqa: PTH109
    return {"command": shown, "cwd": folder, "env": environment(os.environ, variables)}


def environment(environ: Mapping[str, str], more: Iterable[str] = ()) -> dict[str, Json]:
    """The recorded variables that are set; ``more`` adds names, secrets stay out all the same."""
    names = sorted({*VARIABLES, *more} & environ.keys())
    return {
        name: redact(environ[name]).encode("utf-8", "replace").decode()[:1000]
        for name in names
        if not is_secret(name, environ[name])
    }


@functools.cache
def _code(folder: str, _pid: int) -> tuple[tuple[str, Json], ...]:
    return tuple((git_state(folder) or {}).items())


def code(folder: str) -> dict[str, Json]:
    """The code's state, asked for once per process and folder: what is loaded stays loaded."""
    state = dict(_code(folder, os.getpid()))
    return {"git": state} if state else {}


@functools.cache
def _machine() -> tuple[tuple[str, Json], ...]:
    facts: dict[str, Json] = {
        "host": host_name(),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "memory_bytes": _memory(),
        "gpus": list(_gpus()),
    }
    return tuple((key, value) for key, value in facts.items() if value)


def machine() -> dict[str, Json]:
    """Host, system, processor and its number, memory, graphics processors."""
    return dict(_machine())


def loaded_packages() -> dict[str, str]:
    """Versions of those of ``PACKAGES`` that this process has loaded."""
    used = [name for name in PACKAGES if _MODULES.get(name, name.replace("-", "_")) in sys.modules]
    return installed_packages(used) if used else {}


def installed_packages(names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Versions of those of these distributions that are installed beside this Python."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = str(version(name))
        except (PackageNotFoundError, OSError, ValueError, KeyError):
            continue
    return found


def _cpu() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return _darwin_cpu() if sys.platform == "darwin" else platform.processor()
    found = re.search(r"^(?:model name|Hardware|cpu model)\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _darwin_cpu() -> str:
    import subprocess

    try:
        done = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
            capture_output=True, timeout=2, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return platform.processor()
    return done.stdout.decode("utf-8", "replace").strip()


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _gpus() -> list[str]:
    """Names of graphics processors, from the drivers' own files: no program is run."""
    nvidia = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    models = [re.search(r"Model:\s*(.+)", _text(path)) for path in nvidia]
    others = sorted(Path("/sys/class/drm").glob("card[0-9]*/device/product_name"))
    names = [model[1] if model else "" for model in models] + [_text(path) for path in others]
    return [name.strip() for name in names if name.strip()]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
