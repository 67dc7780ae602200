"""A command's flags as parameters; what must not be recorded."""

import shlex

import pytest

from journal.flags import cut_short, flag_parameters, overridden, withheld
from journal.redaction import is_secret, redact, redact_words


@pytest.mark.parametrize(
    ("command", "params", "seed"),
    [
        ("python train.py --lr 3e-4 --batch=64", {"lr": 3e-4, "batch": 64}, None),
        ("python -m pkg.train --weight-decay 0 -b 64 data.csv", {"weight_decay": 0}, None),
        ("train --act relu --amp", {"act": "relu", "amp": True}, None),
        ("train --amp --no-bias --lr 1", {"amp": True, "bias": False, "lr": 1}, None),
        ("train --offset -1e-3 --low -inf", {"offset": -1e-3, "low": float("-inf")}, None),
        ("train --hidden 64 32 --lr 1", {"hidden.0": 64, "hidden.1": 32, "lr": 1}, None),
        ("train --data a.csv b.csv --lr 1", {"data": "a.csv", "lr": 1}, None),
        ("train --lr 0.2 --act relu --lr 0.3", {"lr": 0.3, "act": "relu"}, None),
        ("train --hidden 64 32 --hidden 8", {"hidden": 8}, None),
        ("train --amp --no-amp lr=1 +lr=2", {"amp": False, "lr": 2}, None),
        ("train --seed 1 --seed 2", {}, 2),
        ("train --key metric --key abcdefghijklmnop1234", {}, None),
        ("train --seed 0 --lr 1", {"lr": 1}, 0),
        ("train --seed=x", {"seed": "x"}, None),
        ("train model.depth=3 +optim.lr=0.1 ++a=null",
         {"model.depth": 3, "optim.lr": 0.1, "a": None}, None),
        ("env OMP_NUM_THREADS=1 -i train x=1", {"x": 1}, None),
        ("train --name= --text='a b' --x '1.10'", {"name": None, "text": "a b", "x": 1.1}, None),
        ("train --lr 1 -- --not 2", {"lr": 1}, None),
        ("train --flag a=1", {"flag": True, "a": 1}, None),
        ("train --학습률 3 --größe=2 배치=64 --no-μ --lr 1 --3 x 2=y ٣=1",
         {"학습률": 3, "größe": 2, "배치": 64, "μ": False, "lr": 1}, None),
        ("train", {}, None),
        ("--lr 1", {}, None),
        ("train --api-key abc --hf_token abcdefghijklmnop1234 --max-tokens 512",
         {"max_tokens": 512}, None),
    ],
)  # fmt: skip
def test_flags_are_read_as_people_write_them(command, params, seed):
    assert flag_parameters(shlex.split(command)) == (params, seed)


def test_flags_given_again_with_another_value_are_named():
    words = shlex.split("train --lr 1 --act a --lr 2 --act a --hidden 1 2 --hidden 1 2 --no-lr")
    assert overridden(words) == ["lr"]
    assert overridden(words[:3]) == []


def test_what_cannot_be_kept_is_left_out_and_the_rest_stays():
    words = ["train", "--a\u0301", "x", "--text", "x" * 2_000_000, "--lr", "1"]
    assert flag_parameters(words)[0]["lr"] == 1
    assert "text" not in flag_parameters(words)[0]


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("api-key", "x", True), ("password", "x", True), ("aws_secret_access_key", "x", True),
        ("wandb-key", "0123456789abcdef0123", True), ("token", "abcdefghijklmnopqrst", True),
        ("url", "postgres://me:hunter2@host/db", True),
        ("url", "postgres://me:hun/t@r2@host/db", True), ("url", "http://host:80/p", False),
        ("x", "ghp_" + "a" * 36, True),
        ("max-tokens", "512", False), ("pad-token", "[PAD]", False), ("key-dim", "64", False),
        ("sort_key", "validation_accuracy", False), ("hf_token", "abcdefghijklmnopqrst", True),
        ("tokenizer", "meta-llama/Llama-3.1-8B-Instruct", False), ("key", "accuracy", False),
        ("token", "mysecretvalue", True), ("hf-token", "abc==", True), ("hf.token", "a b", True),
        ("wandb_key", "abc", True), ("auth", "user:hunter2x", True), ("api_token", "zz9", True),
        ("openai-api-key", "relu", True), ("authorization", "Bearer x", True),
        ("bearer", "x", True),
        ("token", "5", False), ("hf_token", "true", False), ("wandb_key", "1e-3", False),
        ("n_tokens", "many", False), ("tokens", "all", False), ("token_dropout", "high", False),
        ("bos-token", "BOS", False), ("new_token", "<image>", False), ("token", "<image>", False),
        ("n_keys", "few", False), ("auth_loss_weight", "low", False), ("use_auth", "yes", False),
        ("group_key", "subject", False), ("key_dim", "wide", False), ("author", "me", False),
        ("use_auth_token", "abcdefghijklmnopqrst", True), ("pad_token", "a1" * 10, True),
        ("monitor", "val/loss", False), ("secretary", "x", False), ("", "", False),
    ],
)  # fmt: skip
def test_secrets_are_told_from_hyperparameters(name, value, secret):
    assert is_secret(name, value) is secret


def test_a_flag_named_like_a_credential_is_no_parameter_and_its_value_stays_out_of_the_command():
    secrets = {"--token": "mysecret", "--hf-token": "abc==", "--auth": "u:hunter2", "--pwd": "a=b"}
    words = ["train", *(word for pair in secrets.items() for word in pair), "--use-auth", "lr=1"]
    assert flag_parameters(words) == ({"use_auth": True, "lr": 1}, None)
    assert withheld(words) == ["token", "hf_token", "auth", "pwd"]
    assert not set(secrets.values()) & set(redact_words(words))
    assert redact_words(words)[-2:] == ["--use-auth", "lr=1"]


def test_secrets_leave_commands_and_texts():
    words = ["train", "--password", "hunter2", "--api_key=abc", "--lr", "0.1", "api.secret=zzz",
             "https://me:hunter2@example.org/x"]  # fmt: skip
    shown = redact_words(words)
    assert "hunter2" not in " ".join(shown)
    assert [shown[0], *shown[4:6]] == ["train", "--lr", "0.1"]
    assert shown[3] == "--api_key=***"
    text = 'API_KEY = "abcdef123456"\nlr = 0.1\nmax_tokens = 5120000\nexport HF_AUTH_TOKEN=abcdefgh'
    assert (
        redact(text) == 'API_KEY = "***"\nlr = 0.1\nmax_tokens = 5120000\nexport HF_AUTH_TOKEN=***'
    )


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("train --features age sex --lr 1", ["features"]),
        ("train --lr 1 --data-files a.csv b.csv c.csv", ["data_files"]),
        ("train --mode fast data.csv", ["mode"]),
        ("train --features a b --features c d", ["features"]),
        ("train --features age -b 64 --act relu --hidden 64 32", []),
        ("train --lr 0.1 data.csv", []),
        ("train data.csv --mode=fast more.csv --amp", []),
        ("train --mode fast -- more words", []),
        ("train", []),
    ],
)
def test_of_a_text_with_more_words_it_is_known_that_they_are_left_out(command, names):
    assert cut_short(shlex.split(command)) == names
