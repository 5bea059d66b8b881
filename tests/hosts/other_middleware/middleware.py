from django.http import HttpResponse, JsonResponse


def visited(get_response):
    """Set a cookie on every answer, as session and affinity middleware do."""

    def middleware(request):
        response = get_response(request)
        response.set_cookie("visited", "1", max_age=60, httponly=True, samesite="Lax")
        return response

    return middleware


def breaks(get_response):
    """Fail, or answer in its own way, where the path says so."""

    def middleware(request):
        if "broken" in request.path:
            raise ZeroDivisionError
        if "closed" in request.path:
            return JsonResponse({"reason": "closed"}, status=404)
        if "odd" in request.path:
            return HttpResponse(status=302)
        return get_response(request)

    return middleware


def numbered(get_response):
    """As django-guid and django-log-request-id do."""

    def middleware(request):
        number = request.headers.get("X-Request-ID") or "mine"
        response = get_response(request)
        response.headers["X-Request-ID"] = number
        return response

    return middleware
