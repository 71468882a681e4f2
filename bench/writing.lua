-- Adds use cases, each with a title of its own. Arguments: the token, the start of the titles, the body with
-- TITLE in its place.
local started = 0
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(arguments)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  prefix = arguments[2]
  body = arguments[3]
end

function request()
  started = started + 1
  local title = prefix .. " " .. id .. " " .. started
  return wrk.format(nil, nil, nil, (body:gsub("TITLE", title)))
end
