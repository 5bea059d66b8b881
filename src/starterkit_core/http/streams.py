"""Bodies that are made while they are sent, when the request has been answered."""

import logging
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from starterkit_core.observability.context import Context, current, entered

logger = logging.getLogger("starterkit.errors")


def streamed(
    request: HttpRequest, parts: Iterator[bytes], *, media_type: str, filename: str
) -> StreamingHttpResponse:
    """Return a file whose parts are made while it is sent.

    The first part is made now, so what fails at once is answered as an error. If a
    later one fails, the connection is broken off, so the client knows that the file is
    not whole. Under ASGI the server gets an asynchronous iterator: Django would keep
    all parts of another one in memory.
    """
    first = [] if request.method == "HEAD" else [*islice(parts, 1)]
    all_parts = chain(first, _told(parts) if first else ())
    body: Any = _apart(all_parts) if isinstance(request, ASGIRequest) else all_parts
    disposition = f'attachment; filename="{filename}"'
    headers = {"Content-Disposition": disposition}
    return StreamingHttpResponse(body, content_type=media_type, headers=headers)


def _told(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the parts, and log that one could not be made."""
    try:
        yield from parts
    except Exception:
        logger.exception("A file broke off while it was sent.")
        raise


async def _apart(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts, each made in the thread that database connections belong to."""
    next_part: Any = sync_to_async(next)
    while (part := await next_part(parts, None)) is not None:
        yield part


def keep_context(response: HttpResponseBase) -> None:
    """Let each part of a streamed body be made in the current context.

    A file is left alone: the server may send it without Python.
    """
    if isinstance(response, StreamingHttpResponse) and not isinstance(
        response, FileResponse
    ):
        wrap: Any = _aparts if response.is_async else _parts
        response.streaming_content = wrap(response.streaming_content, current())


def _parts(body: Iterator[Any], context: Context) -> Iterator[Any]:
    parts = iter(body)
    while True:
        with entered(context):  # not around yield: the server goes on in between
            try:
                part = next(parts)
            except StopIteration:
                return
        yield part


async def _aparts(body: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
    parts = aiter(body)
    while True:
        with entered(context):
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                return
        yield part
