"""A further stage is another bot on another LINE channel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops import stages
from ops.trouble import Trouble


def test_a_new_stage_is_like_the_old_one_under_its_own_name(project: Path) -> None:
    before = stages.read_config(project)
    written = stages.add(project, "shop", like="prod")
    made = stages.read_config(project)["stages"]
    assert {path.name for path in written} == {
        "config.json",
        "policy-shop-webhook.json",
        "policy-shop-worker.json",
        "policy-shop-sweep.json",
    }
    assert made["prod"] == before["stages"]["prod"]
    assert made["shop"]["api_gateway_stage"] == "shop"
    shop = json.dumps({**made["shop"], "api_gateway_stage": "api"})
    assert shop == json.dumps(made["prod"]).replace("prod", "shop")
    assert "liao-shop" in (project / ".chalice" / "policy-shop-worker.json").read_text()


def test_what_git_holds_is_not_written_differently(project: Path) -> None:
    text = (project / ".chalice" / "config.json").read_text("utf-8")
    stages.add(project, "shop", like="prod")
    config = stages.read_config(project)
    del config["stages"]["shop"]
    assert json.dumps(config, indent=2, ensure_ascii=False) + "\n" == text


@pytest.mark.parametrize("name", ["Shop", "shop_2", "-shop", "sh--op", "", "a" * 17, "2shop"])
def test_a_name_that_aws_would_refuse_is_refused(project: Path, name: str) -> None:
    with pytest.raises(Trouble, match="can't be a stage's name"):
        stages.add(project, name, like="prod")


def test_a_stage_that_is_there_is_not_overwritten(project: Path) -> None:
    with pytest.raises(Trouble, match="already") as caught:
        stages.add(project, "prod", like="prod")
    assert "ops deploy --stage prod" in caught.value.do


def test_a_laptops_stage_is_no_pattern(project: Path) -> None:
    with pytest.raises(Trouble, match="runs on a laptop"):
        stages.add(project, "shop", like="dev")


def test_an_unknown_stage_is_told_with_those_that_are_there(project: Path) -> None:
    with pytest.raises(Trouble, match="'shop' is not in") as caught:
        stages.stage_config(project, "shop")
    assert "prod" in caught.value.do
    assert "dev" not in caught.value.do
