"""The steps that bring a stage about, each of which changes nothing the second time.

The order matters: settings and stack before the functions that need them, the record of what is
deployed before Chalice looks for it, and LINE last, when there is somebody to answer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

from ops import chalice, configuration, packaging, parameters
from ops.aws import code, explained
from ops.show import Step, Told
from ops.site import Site
from ops.stages import stage_config
from ops.trouble import Trouble
from ops.watching import lacking_retention, set_retention

Json = dict[str, Any]

#: Requests a second, and at once, that the API lets through: a channel's webhooks are far below.
RATE: Final = 50
BURST: Final = 100
_THROTTLE: Final = f"{RATE} requests a second, {BURST} at once"
#: Who the bot is: a webhook for another one is refused.
BOT_USER_ID: Final = "LINE_BOT_USER_ID"

_DAYS: Final = 30
_TRIES: Final = 4
_PAUSE: Final = 3.0


@dataclass(slots=True, kw_only=True)
class Deployment:
    """One run. architecture: instead of the configured one; pause: seconds between two tests of
    the webhook.
    """

    site: Site
    stack_values: dict[str, str]
    architecture: str = ""
    pause: float = _PAUSE
    api: Json = field(default_factory=dict)

    def steps(self) -> list[Step]:
        """Every step, in order."""
        return [
            Step(title="Secrets", plan=self._secrets_plan, do=self._secrets),
            Step(title="Stack", plan=self._stack_plan, do=self._stack),
            Step(title="What is deployed", plan=self._recall_plan, do=self._recall),
            Step(title="Package", plan=self._package_plan, do=self._package),
            Step(title="Functions and API", plan=self._functions_plan, do=self._functions),
            Step(title="Deployment record", plan=self._keep_plan, do=self._keep),
            Step(title="Log retention", plan=self._retention_plan, do=self._retention),
            Step(title="API throttling", plan=self._throttling_plan, do=self._throttling),
            Step(title="LINE webhook", plan=self._webhook_plan, do=self._webhook),
            Step(title="Webhook test", plan=lambda: "let LINE call it", do=self._test),
        ]

    # -- settings ----------------------------------------------------------------------------

    def _wanted(self) -> dict[str, str]:
        return {**self.site.given.values, BOT_USER_ID: self.site.bot["userId"]}

    def _secrets_plan(self) -> str:
        return str(parameters.difference(self.site.stored, self._wanted()))

    def _secrets(self, told: Told) -> str:
        site, wanted = self.site, self._wanted()
        what = parameters.difference(site.stored, wanted)
        told(str(what))
        parameters.apply(site.aws, site.names, wanted, what)
        kept = sorted(site.stored.own - wanted.keys())
        done = (
            f"{len(what.write)} stored, {len(what.remove)} removed" if str(what) else "no changes"
        )
        return done + (f"; kept though not given: {', '.join(kept)}" if kept else "")

    # -- stack -------------------------------------------------------------------------------

    def _made_stack(self) -> Any:
        site, given = self.site, dict(self.stack_values)
        if not site.stack().stands() and table_stands(site):
            given["Table"] = "kept"  # it outlived an earlier stack, and a name can be had once
        return site.stack(**given)

    def _stack_plan(self) -> str:
        return str(self._made_stack().plan())

    def _stack(self, told: Told) -> str:
        return str(self._made_stack().apply(told))

    # -- functions and API -------------------------------------------------------------------

    def _recall_plan(self) -> str:
        self.api = self.site.deployed().recall()
        return ""

    def _recall(self, told: Told) -> str:
        told("looking")
        deployed = self.site.deployed()
        self.api = deployed.recall()
        deployed.write(self.api)
        return deployed.url(self.api) or "nothing yet"

    def _configuration(self) -> Any:
        return chalice.configuration(self.site.project, self.site.stage, self.architecture)

    def _package_plan(self) -> str:
        config = self._configuration()
        known = packaging.packager(config).deployment_package_filename(
            config.project_dir, config.lambda_python_version
        )
        return "" if packaging.is_made(known) else f"pack for {config.lambda_architecture}"

    def _package(self, told: Told) -> str:
        config = self._configuration()
        told(f"for {config.lambda_python_version} on {config.lambda_architecture}")
        here = f"python{sys.version_info.major}.{sys.version_info.minor}"
        if config.lambda_python_version != here:
            raise Trouble(
                f"Lambda has no {here}, and the code is compiled for the Python that runs this",
                f"Make the environment with {config.lambda_python_version} and run this again.",
            )
        return str(packaging.package(config))

    def _functions_plan(self) -> str:
        names = ", ".join(self.site.names.functions.values())
        return f"{'update' if self.site.deployed().url(self.api) else 'create'} {names} and the API"

    def _functions(self, told: Told) -> str:
        site = self.site
        chalice.run(
            "deploy",
            site.project,
            site.stage,
            architecture=self.architecture,
            told=told,
            environ=site.aws.environment(),
        )
        self.api = site.deployed().written()
        return site.deployed().url(self.api)

    def _keep_plan(self) -> str:
        return f"keep it in s3://{self.site.deployed().bucket}"

    def _keep(self, told: Told) -> str:
        told("copying")
        deployed = self.site.deployed()
        return f"{'kept' if deployed.keep() else 'no changes'}, s3://{deployed.bucket}"

    def _retention_plan(self) -> str:
        lacking = lacking_retention(self.site.aws, self.site.names)
        return f"set it on {', '.join(lacking)}" if lacking else ""

    def _retention(self, told: Told) -> str:
        lacking = lacking_retention(self.site.aws, self.site.names)
        days = int(self.site.stack().value("LogRetentionDays") or _DAYS)
        told(", ".join(lacking))
        set_retention(self.site.aws, lacking, days)
        return f"{days} days, set on {len(lacking)}" if lacking else "no changes"

    def _throttling_plan(self) -> str:
        if not self.site.deployed().url(self.api):
            return _THROTTLE
        return "" if self._throttled() else _THROTTLE

    def _throttling(self, told: Told) -> str:
        told(f"{RATE} requests a second")
        if self._throttled():
            return _THROTTLE
        patches = {"rateLimit": RATE, "burstLimit": BURST}
        with explained("setting the API's throttling"):
            self.site.aws.client("apigateway").update_stage(
                **self._api_stage(),
                patchOperations=[
                    {"op": "replace", "path": f"/*/*/throttling/{name}", "value": str(value)}
                    for name, value in patches.items()
                ],
            )
        return _THROTTLE

    def _throttled(self) -> bool:
        with explained("reading the API's throttling"):
            stage = self.site.aws.client("apigateway").get_stage(**self._api_stage())
        now = stage.get("methodSettings", {}).get("*/*", {})
        return (now.get("throttlingRateLimit"), now.get("throttlingBurstLimit")) == (RATE, BURST)

    def _api_stage(self) -> dict[str, str]:
        config = stage_config(self.site.project, self.site.stage)
        api = self.api["rest_api"]["rest_api_id"]
        return {"restApiId": api, "stageName": config["api_gateway_stage"]}

    # -- LINE --------------------------------------------------------------------------------

    def _address(self) -> str:
        own = configuration.address({**self.site.stored.values, **self.site.given.values})
        return webhook_address(own or self.site.deployed().url(self.api))

    def _webhook_plan(self) -> str:
        address = self._address()
        if address and self.site.line.webhook().get("endpoint") == address:
            return ""
        return f"point it at {address or 'the new API'}"

    def _webhook(self, told: Told) -> str:
        address = self._address()
        told(address)
        if self.site.line.webhook().get("endpoint") != address:
            self.site.line.point_webhook(address)
        return address

    def _test(self, told: Told) -> str:
        """Let LINE call it; a new API takes some seconds until it answers everywhere."""
        told("LINE calls it")
        result = _until(self.site.line.test_webhook, self.pause)
        if not result.get("success"):
            raise Trouble(
                f"LINE called {self._address()} and got: {result.get('reason')} "
                f"({result.get('detail')})",
                f"See what it says with `python -m ops logs --stage {self.site.stage}`, then run "
                "this again.",
            )
        return f"LINE got {result.get('statusCode')}"


def webhook_address(base: str) -> str:
    """The webhook's address below the API's; "" below none."""
    return f"{base.rstrip('/')}/callback" if base else ""


def _until(ask: Callable[[], Json], pause: float) -> Json:
    result = ask()
    for _ in range(_TRIES - 1):
        if result.get("success"):
            break
        time.sleep(pause)
        result = ask()
    return result


def table_stands(site: Site) -> bool:
    """True where the stage's table is there. Raises Trouble."""
    look = partial(site.aws.client("dynamodb").describe_table, TableName=site.names.table)
    with explained("looking for the table"):
        try:
            look()
        except ClientError as exc:
            if code(exc) == "ResourceNotFoundException":
                return False
            raise
    return True
