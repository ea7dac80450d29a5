"""Lookups that moto repeats in the requests of every service."""

from functools import cache

from moto.core import responses, utils

from stage.control_plane.extensions.registration import Extension, Gap, Replacement

EXTENSION = Extension(
    service="core",
    gaps=(
        Gap(
            "lookup_of_methods",
            "Looks up the methods of a service's class in every request, although they never change.",
        ),
        # Closed by the application itself, which finds moto's services.
        Gap("lookup_of_services", "Lists its own folders in every request, to find out whose it is."),
    ),
    replacements=(Replacement(responses, "method_names_from_class", cache(utils.method_names_from_class)),),
)
