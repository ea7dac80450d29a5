locals {
  # What AWS recommends (https://docs.aws.amazon.com/app-mesh/latest/userguide/best-practices.html).
  max_retries = 2

  # connection-error and stream-error mean that no task has seen the request: every method may be
  # sent again. gateway-error (502, 503, 504, and Envoy's "reset", which is a task that died) leaves
  # open whether it was carried out: a POST that is sent again then is a second mail. server-error is
  # left out everywhere: a 500 is the service's own answer, and three of them are three times the load.
  # https://docs.aws.amazon.com/app-mesh/latest/APIReference/API_HttpRetryPolicy.html
  retries = {
    reads  = { priority = 1, method = "GET", http_retry_events = ["gateway-error", "stream-error"] }
    writes = { priority = 2, method = null, http_retry_events = ["stream-error"] }
  }

  routes = flatten([
    for service in keys(var.services) : [
      for name, rule in local.retries : merge(rule, { service = service, name = name })
    ]
  ])
}
