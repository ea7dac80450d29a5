import pytest

from tests.plan.module_view import output_of, references, resources_of
from tests.plan.view import only

LISTENER = "module.load_balancer.aws_lb_listener.this"
RULE = "module.load_balancer_https.aws_lb_listener_rule.canary"
# Name of the module call -> percent of the requests that go to the canary.
WEIGHTS = {
    "load_balancer_least": 1,
    "load_balancer_https": 10,
    "load_balancer_most": 100,
}


def _listeners(plan, module):
    """Listeners of a load balancer, by their names in the module."""
    return resources_of(plan, module, "aws_lb_listener")


@pytest.mark.parametrize(("module", "canary"), WEIGHTS.items())
def test_the_canary_takes_its_share_and_the_stable_service_the_rest(standalone, module, canary):
    """Weights add up to a hundred, so that each is a percentage; the rule is about every request."""
    rule = resources_of(standalone, module, "aws_lb_listener_rule")["canary[0]"]
    action = only(rule["action"])
    assert "forward" == action["type"]
    weights = [group["weight"] for group in only(action["forward"])["target_group"]]
    assert sorted(weights) == sorted([100 - canary, canary])
    assert ["*"] == only(only(rule["condition"])["path_pattern"])["values"]


def test_without_a_canary_there_is_no_rule(standalone):
    """The listener's default sends everything to the stable service."""
    assert {} == resources_of(standalone, "load_balancer", "aws_lb_listener_rule")
    forward = only(only(_listeners(standalone, "load_balancer")["this"]["default_action"])["forward"])
    assert [0, 100] == sorted(group["weight"] for group in forward["target_group"])


def test_each_weight_is_its_own_target_groups(standalone, offline):
    """The canary's group has the canary's weight, in the rule and by default."""
    by_default = only(standalone.written(LISTENER)["default_action"])
    shared = only(standalone.written(RULE)["action"])
    for action in (by_default, shared):
        groups = only(action["forward"])["target_group"]
        assert [
            ['aws_lb_target_group.this["stable"].arn'],
            ['aws_lb_target_group.this["canary"].arn'],
        ] == [references(group["arn"]) for group in groups]
    text = " ".join(offline.source("modules/load_balancer/canary-rule.tf").split())
    assert 'this["stable"].arn weight = 100 - var.canary.weight }' in text
    assert 'this["canary"].arn weight = var.canary.weight }' in text
    text = " ".join(offline.source("modules/load_balancer/listeners.tf").split())
    assert 'this["stable"].arn weight = 100 }' in text


def test_a_canary_comes_before_its_requests_and_goes_after_them(cells):
    """The rule names the canary's service, so that Terraform makes it later and destroys it sooner."""
    plan = cells("staging-service_connect-canary")
    service = "module.notification_api_canary.aws_ecs_service.this"
    assert service in plan.sources("module.load_balancer.aws_lb_listener_rule.canary[0]", "tags")


def test_requests_of_one_caller_are_spread_too(standalone):
    """Nobody is bound to the canary: its share of requests is its weight."""
    for action in (standalone.written(LISTENER)["default_action"], standalone.written(RULE)["action"]):
        assert {"target_group"} == set(only(only(action)["forward"]))


def test_listeners_are_the_load_balancers(standalone):
    """Both belong to the one load balancer."""
    for name in ("this", "redirect"):
        listener = standalone.written(f"module.load_balancer.aws_lb_listener.{name}")
        assert ["aws_lb.this.arn"] == references(listener["load_balancer_arn"])


def test_plain_http_serves_on_port_80_alone(standalone):
    """There is neither a certificate nor a redirect."""
    listeners = _listeners(standalone, "load_balancer")
    assert {"this"} == set(listeners)
    listener = listeners["this"]
    assert (80, "HTTP") == (listener["port"], listener["protocol"])
    assert listener["certificate_arn"] is None


def test_https_serves_tls_1_2_and_1_3(standalone):
    """Requests are forwarded on port 443 with the given certificate."""
    listener = _listeners(standalone, "load_balancer_https")["this"]
    assert (443, "HTTPS") == (listener["port"], listener["protocol"])
    assert listener["certificate_arn"].endswith(":certificate/1")
    assert "ELBSecurityPolicy-TLS13-1-2-2021-06" == listener["ssl_policy"]


def test_https_redirects_http_for_good(standalone):
    """Plain HTTP gets no answer but the way to HTTPS."""
    listeners = _listeners(standalone, "load_balancer_https")
    assert {"this", "redirect[0]"} == set(listeners)
    redirect = listeners["redirect[0]"]
    assert (80, "HTTP") == (redirect["port"], redirect["protocol"])
    action = only(redirect["default_action"])
    assert "redirect" == action["type"]
    way = only(action["redirect"])
    assert ("HTTPS", "443", "HTTP_301") == (way["protocol"], way["port"], way["status_code"])
    assert ("#{host}", "/#{path}", "#{query}") == (way["host"], way["path"], way["query"])


def test_staging_may_speak_http(staging):
    """Without a certificate the only listener is HTTP, and forwards."""
    listener = staging.one("aws_lb_listener")
    assert (80, "HTTP") == (listener["port"], listener["protocol"])
    forward = only(only(listener["default_action"])["forward"])
    assert [0, 100] == sorted(group["weight"] for group in forward["target_group"])


def test_production_speaks_https(production):
    """Traffic is forwarded with the given certificate, and HTTP is sent there."""
    listeners = {one["port"]: one for one in production.all("aws_lb_listener").values()}
    assert {80, 443} == set(listeners)
    assert listeners[443]["certificate_arn"].endswith("certificate/0a1b2c3d")
    assert "redirect" == only(listeners[80]["default_action"])["type"]


def test_the_url_is_of_the_name_that_callers_use(production):
    """A certificate is for that name, and never for the load balancer's own."""
    assert "https://api.notifications.example" == production.outputs["url"]


def test_without_a_name_the_url_is_the_load_balancers(standalone, offline):
    """That is plain HTTP's alone."""
    url = output_of(standalone, "load_balancer", "url")["expression"]
    assert {"local.https", "var.domain_name", "aws_lb.this.dns_name"} == set(references(url))
    text = offline.source("modules/load_balancer/outputs.tf")
    assert (
        '${local.https ? "https" : "http"}://${var.domain_name == null ? aws_lb.this.dns_name : var.domain'
        in text
    )


def test_the_name_leads_to_the_load_balancer(standalone):
    """An alias of the zone's own, where a zone is given."""
    assert {} == resources_of(standalone, "load_balancer", "aws_route53_record")
    record = resources_of(standalone, "load_balancer_https", "aws_route53_record")["alias[0]"]
    assert (
        "Z0123456789ABCDEFGHIJ",
        "api.example.com",
        "A",
    ) == (record["zone_id"], record["name"], record["type"])
    alias = only(standalone.written("module.load_balancer_https.aws_route53_record.alias")["alias"])
    assert ["aws_lb.this.dns_name"] == references(alias["name"])
    assert ["aws_lb.this.zone_id"] == references(alias["zone_id"])


def test_what_answers_is_there_before_its_url(standalone):
    """Whoever calls right after an apply gets an answer."""
    depends_on = output_of(standalone, "load_balancer", "url")["depends_on"]
    assert ["aws_lb_listener.this", "aws_route53_record.alias"] == depends_on
