"""Looks at what a stage keeps on AWS. Each is a cheap read, so it also shows what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ops.aws import explained
from ops.deployed import mappings
from ops.health.patient import Finding, Patient
from ops.parameters import difference
from ops.site import stack as the_stack
from ops.watching import lacking_retention

#: Five workers, a webhook and a sweep side by side.
_NEEDED: Final = 7
#: What a new account has; ask for more before many people come.
_FEW: Final = 50


def account(patient: Patient) -> Iterator[Finding]:
    """Whose account is it?"""
    aws = patient.signed_in()
    yield Finding(good=True, what="AWS account", detail=f"{aws.account}, {aws.region}")


def stored(patient: Patient) -> Iterator[Finding]:
    """Is what the operator wrote also what is stored?"""
    what = str(difference(patient.stored, patient.given.values))
    count = len(patient.stored.own)
    yield _judged(patient, "Stored settings", not what, f"{count} stored", f"to do: {what}")


def stack(patient: Patient) -> Iterator[Finding]:
    """Does the stack stand?"""
    status = the_stack(patient.aws, patient.project, patient.names).status()
    good = status.endswith("_COMPLETE") and "ROLLBACK" not in status
    good = good or status == "UPDATE_ROLLBACK_COMPLETE"
    told = status.replace("_", " ").lower() or "there is none"
    yield _judged(patient, "Stack", good, told, told)


def table(patient: Patient) -> Iterator[Finding]:
    """Is the table there, does it forget what has expired, and can it be restored?"""
    dynamodb, name = patient.aws.client("dynamodb"), patient.names.table
    with explained("looking at the table"):
        found = dynamodb.describe_table(TableName=name)["Table"]
        ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        backups = dynamodb.describe_continuous_backups(TableName=name)
    status = found["TableStatus"]
    yield _judged(patient, "Table", status == "ACTIVE", name, f"{name} is {status}")
    good = ttl.get("AttributeName") == "ttl" and ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    yield Finding(
        good=good,
        what="Table's TTL",
        detail="on" if good else "off: what has expired is never deleted",
        do=""
        if good
        else _with_cli(
            f"update-time-to-live --table-name {name} "
            "--time-to-live-specification Enabled=true,AttributeName=ttl"
        ),
    )
    recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    good = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    yield Finding(
        good=good,
        what="Table's point-in-time recovery",
        detail="on" if good else "off: what is lost is lost",
        do=""
        if good
        else _with_cli(
            f"update-continuous-backups --table-name {name} "
            "--point-in-time-recovery-specification "
            "PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=7"
        ),
    )


def queue(patient: Patient) -> Iterator[Finding]:
    """How much waits, and did a worker die?"""
    waiting, dead = (
        _waiting(patient, it) for it in (patient.names.queue, patient.names.dead_letters)
    )
    yield Finding(good=True, what="Queue", detail=f"{waiting} wakes wait")
    yield Finding(
        good=not dead,
        what="Dead letters",
        detail=f"{dead}" if dead else "none",
        do=f"See which: `python -m ops failed list --stage {patient.stage}`." if dead else "",
    )


def buckets(patient: Patient) -> Iterator[Finding]:
    """Are the buckets there?"""
    aws = patient.aws
    names = [
        patient.names.bucket(what, account=aws.account, region=aws.region)
        for what in ("media", "state")
    ]
    for name in names:
        with explained(f"looking at {name}"):
            aws.client("s3").head_bucket(Bucket=name)
    yield Finding(good=True, what="Buckets", detail=", ".join(names))


def functions(patient: Patient) -> Iterator[Finding]:
    """Are the functions there, and are they what was sent last?"""
    client = patient.aws.client("lambda")
    for role, name in patient.names.functions.items():
        with explained(f"looking at {name}"):
            found = client.get_function_configuration(FunctionName=name)
        state, update = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
        good = (state, update) == ("Active", "Successful")
        why = found.get("StateReason") or found.get("LastUpdateStatusReason") or ""
        built = f"{found['MemorySize']} MB, {', '.join(found.get('Architectures', []))}"
        told = f"{name}: {built}" if good else f"{name} is {state}, {update} {why}".rstrip()
        yield _judged(patient, f"Function {role}", good, told, told)


def mapping(patient: Patient) -> Iterator[Finding]:
    """Does the queue wake the worker?"""
    aws, name = patient.aws, patient.names.functions["worker"]
    with explained("looking at the queue's mapping"):
        function = aws.client("lambda").get_function_configuration(FunctionName=name)
        found = mappings(aws, patient.names, function["FunctionArn"])
    state = found[0]["State"] if found else "missing"
    good = state in ("Enabled", "Enabling", "Updating", "Creating")
    yield _judged(patient, "Wakes reach the worker", good, state.lower(), state.lower())


def schedule(patient: Patient) -> Iterator[Finding]:
    """Does the clock wake the sweep?"""
    rule = f"{patient.names.functions['sweep']}-event"
    with explained("looking at the sweep's schedule"):
        found = patient.aws.client("events").describe_rule(Name=rule)
    good = found.get("State") == "ENABLED"
    told = f"{found.get('ScheduleExpression')}, {str(found.get('State')).lower()}"
    yield _judged(patient, "Schedule of the sweep", good, told, told)


def concurrency(patient: Patient) -> Iterator[Finding]:
    """May enough functions run side by side?"""
    with explained("reading Lambda's limits"):
        limits = patient.aws.client("lambda").get_account_settings()["AccountLimit"]
    left = int(limits["UnreservedConcurrentExecutions"])
    ask = "Ask for more in Service Quotas: AWS Lambda, Concurrent executions."
    yield Finding(
        good=left >= _NEEDED,
        what="Lambda's concurrency",
        detail=f"{left} side by side" + (", as a new account has" if left < _FEW else ""),
        do=ask if left < _FEW else "",
    )


def retention(patient: Patient) -> Iterator[Finding]:
    """Are old logs deleted?"""
    lacking = lacking_retention(patient.aws, patient.names)
    told = f"none on {', '.join(lacking)}"
    yield _judged(patient, "Log retention", not lacking, "set", told)


def alarms(patient: Patient) -> Iterator[Finding]:
    """Does an alarm ring?"""
    with explained("reading the alarms"):
        found: list[dict[str, Any]] = list(
            patient.aws.pages(
                "cloudwatch",
                "describe_alarms",
                "MetricAlarms",
                AlarmNamePrefix=f"{patient.names.prefix}-",
            )
        )
    ringing = [each for each in found if each["StateValue"] == "ALARM"]
    for each in ringing:
        yield Finding(
            good=False,
            what=f"Alarm {each['AlarmName']}",
            detail=each.get("StateReason", ""),
            do=each.get("AlarmDescription", ""),
        )
    if not ringing:
        yield Finding(good=True, what="Alarms", detail=f"none of {len(found)} rings")


def people(patient: Patient) -> Iterator[Finding]:
    """Does anybody hear of it where somebody wants to talk to a human?"""
    what, topic = "People who want a human", patient.stored.values.get("LIAO_PEOPLE_TOPIC", "")
    if not topic:
        yield Finding(good=False, what=what, detail="there is no topic", do=patient.deploy)
        return
    with explained(f"looking at {patient.names.people}"):
        found = patient.aws.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    if confirmed := int(found["SubscriptionsConfirmed"]):
        yield Finding(good=True, what=what, detail=f"mailed to {confirmed}")
        return
    made = the_stack(patient.aws, patient.project, patient.names)
    address = made.value("PeopleEmail") or made.value("AlarmEmail")
    if not address:  # so it was deployed, and the bot says that nobody was told
        yield Finding(
            good=True,
            what=what,
            detail="nobody is told, and the bot says so",
            do=f"To be told, run `python -m ops deploy --stage {patient.stage} "
            "--people-email you@example.com`.",
        )
        return
    yield Finding(
        good=False,
        what=what,
        detail=f"nobody is told: {address} has not confirmed, or unsubscribed",
        do=f"Confirm by the link in AWS's mail; for a new one, run `aws sns subscribe --topic-arn "
        f"{topic} --protocol email --notification-endpoint {address}`.",
    )


def _waiting(patient: Patient, name: str) -> int:
    sqs, wanted = patient.aws.client("sqs"), "ApproximateNumberOfMessages"
    with explained(f"looking at {name}"):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])
    return int(found["Attributes"][wanted])


def _judged(patient: Patient, what: str, good: bool, fine: str, bad: str) -> Finding:  # noqa: FBT001
    """A finding that a deployment mends."""
    do = patient.deploy
    return Finding(good=good, what=what, detail=fine if good else bad, do="" if good else do)


def _with_cli(command: str) -> str:
    return f"Run `aws dynamodb {command}`."
