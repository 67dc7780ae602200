"""Train a small network on scikit-learn's digits and print what came out.

    python examples/train_digits.py --lr 3e-2 --batch 32 --act leaky_relu --slope 0.01 --seed 7

Plain numpy, one process, a third of a second as a rule. The output is one ``name=value`` line per
metric, so that any tracker can read it; nothing here knows about Knobwise. A run whose loss
explodes or is no number any more ends at once with exit code 1 and one line on stderr.

The split into 1,197 training and 600 validation images is always the same. The seed decides the
initial weights, the order of the data and the dropout masks.
"""

import argparse
import math
import sys
import time
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
Activation = Literal["tanh", "relu", "leaky_relu"]

ACTIVATIONS: tuple[Activation, ...] = ("tanh", "relu", "leaky_relu")
CLASSES = 10
VALIDATION_IMAGES = 600
EPOCHS = 30
# A batch's loss twenty times the lowest seen (or that of guessing, ln 10, where the lowest is less)
# is no slow start: the steps have become larger than the valley they should descend.
EXPLOSION = 20.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is chosen before a run. The slope exists only where the activation is leaky_relu."""

    lr: float = 0.03
    batch: int = 32
    depth: int = 2
    width: int = 64
    act: Activation = "relu"
    slope: float | None = None
    wd: float = 1e-5
    dropout: float = 0.0
    init: float = 1.0
    momentum: float = 0.9

    def __post_init__(self) -> None:
        """Refuse what could not be trained, before any time is spent on it."""
        if (self.slope is None) == (self.act == "leaky_relu"):
            raise ValueError("give a slope with the activation leaky_relu, and only there")
        if self.act not in ACTIVATIONS:
            raise ValueError(f"unknown activation {self.act!r}; known: {', '.join(ACTIVATIONS)}")
        if self.lr <= 0 or self.batch < 1 or self.depth < 1 or self.width < 1:
            raise ValueError("lr, batch, depth and width must be positive")
        if not 0 <= self.dropout < 1 or not 0 <= self.momentum < 1:
            raise ValueError("dropout and momentum must lie in [0, 1)")

    def parameters(self) -> dict[str, float | int | str]:
        """Return the parameters that are active in this run, by name."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in named if value is not None}


@dataclass(frozen=True)
class Images:
    """Pixels scaled to mean 0 and spread 1, shape (images, 64), and their digits."""

    pixels: Array
    digits: Labels


class DivergedError(RuntimeError):
    """The loss exploded or is no number any more."""

    def __init__(self, *, epoch: int, loss: float) -> None:
        super().__init__(f"diverged in epoch {epoch}: training loss {loss:.3g}")
        self.epoch = epoch
        self.loss = loss


@cache
def digits() -> tuple[Images, Images]:
    """Return training and validation images, the same split every time."""
    from sklearn.datasets import load_digits  # slow to import, and --help does not need it

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(20240229).permutation(len(labels))
    validation, training = order[:VALIDATION_IMAGES], order[VALIDATION_IMAGES:]
    mean, spread = pixels[training].mean(), pixels[training].std()
    scaled = ((pixels - mean) / spread).astype(np.float32)
    return (
        Images(scaled[training], labels[training].astype(np.int64)),
        Images(scaled[validation], labels[validation].astype(np.int64)),
    )


class Network:
    """A fully connected network with softmax loss, trained by gradient descent with momentum."""

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        sizes = [64, *[settings.width] * settings.depth, CLASSES]
        self.settings = settings
        self.weights = [
            rng.normal(0, settings.init * math.sqrt(2 / n_in), (n_in, n_out)).astype(np.float32)
            for n_in, n_out in pairwise(sizes)
        ]
        self.biases = [np.zeros(n_out, dtype=np.float32) for n_out in sizes[1:]]
        self.velocities = [np.zeros_like(values) for values in (*self.weights, *self.biases)]

    @property
    def n_weights(self) -> int:
        """The number of trained values."""
        return sum(values.size for values in (*self.weights, *self.biases))

    def _activate(self, inputs: Array) -> tuple[Array, Array]:
        """Return the activation and its derivative."""
        if self.settings.act == "tanh":
            outputs = np.tanh(inputs)
            return outputs, 1 - outputs * outputs
        slope = np.float32(self.settings.slope or 0.0)
        derivative = np.where(inputs > 0, np.float32(1), slope)
        return inputs * derivative, derivative

    def logits(self, pixels: Array) -> Array:
        """Return the class scores without dropout, shape (images, 10)."""
        values = pixels
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values, _ = self._activate(values @ weights + biases)
        return values @ self.weights[-1] + self.biases[-1]

    def step(self, batch: Images, masks: np.random.Generator) -> float:
        """Learn from one batch; return its mean loss before the step."""
        inputs, factors = [batch.pixels], []
        kept = np.float32(1 - self.settings.dropout)
        nothing, scaled_up = np.float32(0), 1 / kept
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            outputs, factor = self._activate(inputs[-1] @ weights + biases)
            if self.settings.dropout:
                draws = masks.random(outputs.shape, dtype=np.float32)
                mask = np.where(draws < kept, scaled_up, nothing)
                outputs, factor = outputs * mask, factor * mask
            inputs.append(outputs)
            factors.append(factor)
        loss, delta = softmax_loss(inputs[-1] @ self.weights[-1] + self.biases[-1], batch.digits)
        gradients = []
        for layer in reversed(range(len(self.weights))):
            gradients.append((inputs[layer].T @ delta, delta.sum(axis=0)))
            if layer:
                delta = (delta @ self.weights[layer].T) * factors[layer - 1]
        self._descend(gradients[::-1])
        return loss

    def _descend(self, gradients: list[tuple[Array, Array]]) -> None:
        lr, decay = np.float32(self.settings.lr), np.float32(self.settings.wd)
        momentum = np.float32(self.settings.momentum)
        of_weights = [
            gradient + decay * weights
            for (gradient, _), weights in zip(gradients, self.weights, strict=True)
        ]
        of_biases = [gradient for _, gradient in gradients]
        trained = (*self.weights, *self.biases)
        for values, velocity, gradient in zip(
            trained, self.velocities, (*of_weights, *of_biases), strict=True
        ):
            velocity *= momentum
            velocity += gradient
            values -= lr * velocity


def softmax_loss(logits: Array, labels: Labels) -> tuple[float, Array]:
    """Return the mean cross entropy and its gradient by the logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = float(np.mean(np.log(sums[:, 0]) - shifted[rows, labels]))
    gradient = exponentials / sums
    gradient[rows, labels] -= 1
    return loss, gradient / np.float32(len(labels))


def train(settings: Settings, *, seed: int, epochs: int = EPOCHS) -> dict[str, float]:
    """Train once; return the metrics of the last epoch.

    Raises DivergedError as soon as a batch's loss is not finite, or twenty times the lowest
    before it (of guessing's, where that is higher).
    """
    training, validation = digits()
    of_weights, of_order, of_masks = np.random.default_rng(seed).spawn(3)
    network = Network(settings, of_weights)
    losses: list[float] = []
    limit = math.inf
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is told below, once
        for epoch in range(1, epochs + 1):
            losses = []
            order = of_order.permutation(len(training.digits))
            for start in range(0, len(order), settings.batch):
                rows = order[start : start + settings.batch]
                loss = network.step(Images(training.pixels[rows], training.digits[rows]), of_masks)
                if not loss < limit:  # NaN included
                    raise DivergedError(epoch=epoch, loss=loss)
                limit = min(limit, EXPLOSION * max(loss, math.log(CLASSES)))
                losses.append(loss)
        logits = network.logits(validation.pixels)
        val_loss, _ = softmax_loss(logits, validation.digits)
    accuracy = float(np.mean(logits.argmax(axis=1) == validation.digits))
    return {
        "val_accuracy": accuracy,
        "val_error": 1 - accuracy,
        "val_loss": val_loss,
        "train_loss": float(np.mean(losses)),
        "epochs": epochs,
        "n_weights": network.n_weights,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Train a small network on the digits.")
    for field in fields(Settings):
        if field.name == "act":
            parser.add_argument("--act", choices=ACTIVATIONS, default=field.default)
        else:
            kind = int if field.name in ("batch", "depth", "width") else float
            parser.add_argument(f"--{field.name}", type=kind, default=field.default)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    given = vars(parser.parse_args(arguments))
    seed, epochs = given.pop("seed"), given.pop("epochs")
    try:
        settings = Settings(**given)
    except ValueError as error:
        parser.error(str(error))
    started = time.perf_counter()
    try:
        metrics = train(settings, seed=seed, epochs=epochs)
    except DivergedError as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in metrics.items():
        print(f"{name}={value:.6g}")
    print(f"train_seconds={time.perf_counter() - started:.3g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
