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
from simulator.silence import Silence

__all__ = ["Behaviour", "Model", "routes"]

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(name="chat.completions", path="/chat/completions", work=completions.complete),
    Endpoint(name="responses", path="/responses", work=responses.respond),
    Endpoint(name="embeddings", path="/embeddings", work=embeddings.embed),
    Endpoint(name="audio.transcriptions", path="/audio/transcriptions", work=audio.transcribe),
    Endpoint(name="audio.speech", path="/audio/speech", work=audio.speak),
    Endpoint(name="images", path="/images/generations", work=images.generate),
)


def routes(model: Model, silence: Silence) -> list[Route]:
    """The routes under `/openai/v1`."""
    return [
        *(Route(one.path, answering(one, model, silence), methods=["POST"]) for one in ENDPOINTS),
        Route("/responses/{id}", responses.kept(model), methods=["GET", "DELETE"]),
        Route("/models", models.every),
        Route("/models/{model:path}", models.one),
        Route("/{rest:path}", nothing_here, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
