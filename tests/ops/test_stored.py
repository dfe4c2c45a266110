"""Settings in Parameter Store: encrypted, written only where they differ, never shown."""

from __future__ import annotations

from chalicelib.domain.names import Names
from ops import parameters
from ops.aws import Aws
from tests.aws.cloud import Cloud

PROD = Names(stage="prod")
WANTED = {"LINE_CHANNEL_SECRET": "a-secret", "LIAO_MODEL": "m"}


def store(aws: Aws, wanted: dict[str, str], names: Names = PROD) -> parameters.Difference:
    what = parameters.difference(parameters.read(aws, names), wanted)
    parameters.apply(aws, names, wanted, what)
    return what


def versions(cloud: Cloud) -> dict[str, int]:
    found = cloud.client("ssm").get_parameters_by_path(Path="/liao/prod/")["Parameters"]
    return {each["Name"]: each["Version"] for each in found}


def test_what_is_stored_is_encrypted_under_the_stages_path(aws: Aws, cloud_here: Cloud) -> None:
    store(aws, WANTED)
    found = cloud_here.client("ssm").get_parameters_by_path(Path="/liao/prod/")["Parameters"]
    assert {(each["Name"], each["Type"]) for each in found} == {
        ("/liao/prod/LINE_CHANNEL_SECRET", "SecureString"),
        ("/liao/prod/LIAO_MODEL", "SecureString"),
    }
    assert parameters.read(aws, PROD).values == WANTED


def test_only_what_differs_is_written(aws: Aws, cloud_here: Cloud) -> None:
    store(aws, WANTED)
    assert store(aws, WANTED) == parameters.Difference(write=(), remove=())
    assert store(aws, {**WANTED, "LIAO_MODEL": "n"}).write == ("LIAO_MODEL",)
    assert versions(cloud_here) == {
        "/liao/prod/LIAO_MODEL": 2,
        "/liao/prod/LINE_CHANNEL_SECRET": 1,
    }


def test_a_difference_is_told_by_names_alone(aws: Aws) -> None:
    told = str(parameters.difference(parameters.read(aws, PROD), WANTED))
    assert told == "store LIAO_MODEL, LINE_CHANNEL_SECRET"


def test_an_emptied_setting_is_removed_and_one_not_named_is_kept(aws: Aws) -> None:
    store(aws, WANTED)
    store(aws, {"LIAO_MODEL": ""})
    assert parameters.read(aws, PROD).values == {"LINE_CHANNEL_SECRET": "a-secret"}


def test_what_the_stack_stored_is_read_and_never_touched(aws: Aws, cloud_here: Cloud) -> None:
    cloud_here.client("ssm").put_parameter(
        Name="/liao/prod/LIAO_MEDIA_BUCKET", Value="a-bucket", Type="String"
    )
    store(aws, {"LIAO_MEDIA_BUCKET": ""})
    stored = parameters.read(aws, PROD)
    assert (stored.values, stored.own) == ({"LIAO_MEDIA_BUCKET": "a-bucket"}, frozenset())


def test_another_stages_settings_are_not_seen(aws: Aws) -> None:
    store(aws, WANTED, Names(stage="shop"))
    assert parameters.read(aws, PROD).values == {}


def test_more_settings_than_one_call_takes_are_removed(aws: Aws) -> None:
    many = {f"LIAO_{number}": "x" for number in range(13)}
    store(aws, many)
    parameters.remove(aws, PROD, parameters.read(aws, PROD).own)
    assert parameters.read(aws, PROD).values == {}
