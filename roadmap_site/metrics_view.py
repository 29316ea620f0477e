"""The address for whoever measures the site: /metrics, for the networks of METRICS_NETWORKS alone."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from roadmap.web import metrics as numbers
from roadmap.web.problems import Format, in_format
from roadmap_site.proxy import address_behind_proxy


@in_format(Format.PAGE, is_the_same_for_all=False)
def metrics(request: HttpRequest) -> HttpResponse:
    """Elsewhere there is nothing at it."""
    if not _is_of_staff(request):
        raise Http404("This address is not of METRICS_NETWORKS")
    answer = HttpResponse(numbers.text(timezone.now()), content_type=numbers.CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


def _is_of_staff(request: HttpRequest) -> bool:
    told = address_behind_proxy(request) if settings.BEHIND_PROXY else str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(told)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in settings.METRICS_NETWORKS)
