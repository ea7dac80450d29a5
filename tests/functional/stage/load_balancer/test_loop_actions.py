"""What a listener's rules do with a request, through a real Envoy."""

import pytest

A = "10.20.1.11"


def fixed(text, status="200"):
    """An action that answers with this text."""
    return {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": status, "ContentType": "text/plain", "MessageBody": text},
    }


@pytest.fixture
def url(rig):
    """A listener with one rule of each kind."""
    rig.declared.balancer()
    listener = rig.declared.listener(fixed("default", "404"))
    redirect = {
        "Type": "redirect",
        "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
    }
    rules = {
        10: (
            [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/v1/*", "/v2/?"]}}],
            fixed("versioned"),
        ),
        20: (
            [{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.mail.example"]}}],
            fixed("mail host"),
        ),
        30: ([{"Field": "path-pattern", "Values": ["/secure"]}], redirect),
        40: (
            [
                {"Field": "path-pattern", "Values": ["/both"]},
                {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
            ],
            fixed("posted"),
        ),
    }
    # The highest priority first, to show that the number decides and not the order.
    for priority, (conditions, action) in reversed(rules.items()):
        rig.declared.elbv2.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[action]
        )
    return rig.balance().url


def test_rules_are_tried_by_priority_and_the_default_is_last(rig, url):
    """Each request meets the first rule whose every condition it satisfies."""
    cases = [
        ("/v1/notifications?x=1", None, "GET", 200, "versioned"),
        ("/v2/a", None, "GET", 200, "versioned"),
        ("/v2/ab", None, "GET", 404, "default"),
        ("/V1/notifications", None, "GET", 404, "default"),
        ("/v1/x", "api.mail.example", "GET", 200, "versioned"),
        ("/", "API.mail.example:8080", "GET", 200, "mail host"),
        ("/", "mail.example", "GET", 404, "default"),
        ("/both", None, "POST", 200, "posted"),
        ("/both", None, "GET", 404, "default"),
    ]
    answers = [rig.get(url, path, host, method) for path, host, method, *_ in cases]
    assert [(status, body) for *_, status, body in cases] == [(a.status, a.body) for a in answers]


def test_a_redirect_keeps_host_path_and_query(rig, url):
    """Only what the action names changes in the location."""
    answer = rig.get(url, "/secure?a=1", host="api.example")
    assert (301, "https://api.example:443/secure?a=1") == (answer.status, answer.headers["location"])


def test_a_fixed_response_comes_from_the_balancer_with_its_content_type(rig, url):
    """The Server header is the one by which AWS's own answers are known."""
    answer = rig.get(url)
    assert ("awselb/2.0", "text/plain") == (answer.headers["server"], answer.headers["content-type"])


def test_targets_learn_of_the_client_but_not_of_envoy(rig):
    """The forwarding headers are an ALB's; none names Envoy."""
    group = rig.declared.service()
    server = rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    rig.get(balancer.url, host="api.example")
    names = {name.lower() for name in server.headers}
    assert {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-port"} <= names
    assert "80" == server.headers["x-forwarded-port"]
    assert "api.example" == server.headers["host"]
    assert not [name for name in names if "envoy" in name or name == "x-request-id"]


def test_a_rule_may_have_as_many_and_as_long_patterns_as_an_alb_takes(rig):
    """Five values of 128 characters: Envoy's own limit would refuse the whole listener's routes.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    """
    rig.declared.balancer()
    listener = rig.declared.listener(fixed("default", "404"))
    paths = [f"/{letter * 125}/*" for letter in "abcde"]
    rig.declared.elbv2.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}],
        Actions=[fixed("matched")],
    )
    balancer = rig.balance()
    assert "matched" == rig.get(balancer.url, f"/{'e' * 125}/x").body
