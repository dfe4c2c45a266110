"""A model's side: OpenAI's API, spoken by a demo model that needs no account.

Chat Completions and Responses answer by `demo_text`; embeddings, transcripts, voices and pictures
are computed here, the same for the same question. A test may script another behaviour, and look at
what was asked.
"""

from __future__ import annotations

from starlette.routing import Route

from simulator.model_api import audio, completions, embeddings, images, models, responses
from simulator.model_api.asking import Endpoint, answering, nothing_here
from simulator.model_api.behaviour import Behaviour, Model
from simulator.model_api.shapes import (
    CHAT,
    EMBEDDINGS,
    IMAGES,
    RESPONSES,
    SPEECH,
    TRANSCRIPTION,
)

__all__ = ["ENDPOINTS", "Behaviour", "Endpoint", "Model", "routes"]

ENDPOINTS = tuple(
    Endpoint(name=name, path=path, work=work, shapes=shapes)
    for name, path, work, shapes in (
        ("chat.completions", "/chat/completions", completions.complete, CHAT),
        ("responses", "/responses", responses.respond, RESPONSES),
        ("embeddings", "/embeddings", embeddings.embed, EMBEDDINGS),
        ("audio.transcriptions", "/audio/transcriptions", audio.transcribe, TRANSCRIPTION),
        ("audio.speech", "/audio/speech", audio.speak, SPEECH),
        ("images", "/images/generations", images.generate, IMAGES),
    )
)
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def routes(model: Model) -> list[Route]:
    """The routes under `/openai/v1`."""
    return [
        *(Route(one.path, answering(one, model), methods=["POST"]) for one in ENDPOINTS),
        Route("/responses/{id}", responses.kept(model), methods=["GET", "DELETE"]),
        Route("/models", models.every),
        Route("/models/{model:path}", models.one),
        Route("/{rest:path}", nothing_here, methods=VERBS),
    ]
