"""Headers of requests as an ALB passes them on, by a filter of Envoy's."""

from typing import Any

# One script for each of Envoy's threads, called with every request before it is routed.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
_TRACE_ID = r"""
math.randomseed(os.time() + tonumber(string.match(tostring({}), "0x(%x+)"), 16) % 2147483647)

local TRACE = "x-amzn-trace-id"

local function new_id()
  local random = {}
  for part = 1, 4 do
    random[part] = string.format("%06x", math.random(0, 16777215))
  end
  return string.format("1-%08x-%s", os.time(), table.concat(random))
end

local function traced(given)
  local kept = {}
  local has_root = false
  for field in string.gmatch(given or "", "[^;]+") do
    local name = string.match(field, "^%s*(%w+)=")
    has_root = has_root or name == "Root"
    if name ~= "Self" then
      table.insert(kept, field)
    end
  end
  table.insert(kept, 1, (has_root and "Self=" or "Root=") .. new_id())
  return table.concat(kept, ";")
end
"""
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
_DROP_INVALID = r"""
local function drop_invalid(headers)
  local invalid = {}
  for name, _ in pairs(headers) do
    if not string.find(name, "^:?[%w-]+$") then
      table.insert(invalid, name)
    end
  end
  for _, name in ipairs(invalid) do
    headers:remove(name)
  end
end
"""
_DROPPING = "  drop_invalid(headers)\n"


def header_filter(*, drop_invalid: bool) -> dict[str, Any]:
    """A filter that traces requests, and removes headers whose names are not valid to an ALB.

    A request without `X-Amzn-Trace-Id` gets a `Root`; one that has a `Root` keeps it and every other
    field, and gets a `Self`.

    Args:
        drop_invalid: Whether headers go whose names have anything but letters, digits and hyphens.
    """
    script = (
        f"{_TRACE_ID}{_DROP_INVALID if drop_invalid else ''}\n"
        "function envoy_on_request(handle)\n"
        "  local headers = handle:headers()\n"
        f"{_DROPPING if drop_invalid else ''}"
        "  headers:replace(TRACE, traced(headers:get(TRACE)))\n"
        "end\n"
    )
    return {
        "name": "headers",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": script},
        },
    }
