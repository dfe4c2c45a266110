"""Topics of SNS, where moto falls short: it counts no subscribers, and an address is one at once.

Here an address of e-mail waits until its owner confirms it, which `confirm` plays. No mail is sent
to anybody; what was published is kept, and `published` shows it.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from moto.sns.models import SNSBackend, sns_backends

from tests.aws.accounts import account_of, region_of
from tests.aws.wsgi import Answer, Application, Environ, body_of

_COUNTED = b"Action=GetTopicAttributes"


def counted(ask: Application) -> Application:
    """Let a topic know how many are subscribed to it, whenever it is asked."""

    def told(environ: Environ) -> Answer:
        body = body_of(environ)
        if _COUNTED in body:
            arn = parse_qs(body.decode())["TopicArn"][0]
            _count(sns_backends[account_of(environ)][region_of(environ)], arn)
        return ask(environ)

    return told


def confirm(account: str, region: str, topic: str) -> None:
    """Whoever was mailed about a subscription to a topic opens the link."""
    for each in sns_backends[account][region].subscriptions.values():
        each.confirmed = each.confirmed or each.topic_arn == topic


def published(account: str, region: str, topic: str) -> list[tuple[str, str]]:
    """Subject and message of everything that was published to a topic."""
    sent = sns_backends[account][region].topics[topic].sent_notifications
    return [(str(subject), str(message)) for _, message, subject, *_ in sent]


def _count(backend: SNSBackend, arn: str) -> None:
    topic = backend.topics.get(arn)
    if topic is None:
        return
    own = [each for each in backend.subscriptions.values() if each.topic_arn == arn]
    waiting = [each for each in own if each.protocol == "email" and not each.confirmed]
    topic.subscriptions_pending = len(waiting)
    topic.subscriptions_confimed = len(own) - len(waiting)
