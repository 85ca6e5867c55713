-- shared/page.lua
--
-- A page of jobs for people: ids with their records, so many and, but for one slice, 4 MiB at the most. It is made in slices, and a
-- list with much to leave out ends a page early, so that no page holds the server up: a short page is not the last one.

local PAGE_BYTES, PAGE_SLICE, PAGE_LOOKS = 4 * 1024 * 1024, 16, 2000

local function new_page(root, limit)
  return { root = root, limit = limit, ids = {}, records = {}, bytes = 0, looks = 0 }
end

local function page_is_full(page)
  return #page.ids >= page.limit or page.bytes > PAGE_BYTES or page.looks >= PAGE_LOOKS
end

-- Adds those of the ids that have a record and no `skip` at their position. Answers how many were looked at: all, unless the
-- page is full. A key of another type is no record.
local function add_to_page(page, ids, skip)
  for first = 1, #ids, PAGE_SLICE do
    local keys = {}
    for at = first, math.min(first + PAGE_SLICE - 1, #ids) do
      keys[#keys + 1] = page.root .. ':job:' .. ids[at]
    end
    local records = redis.call('MGET', unpack(keys))
    for at = first, first + #keys - 1 do
      if page_is_full(page) then
        return at - 1
      end
      local record = records[at - first + 1]
      page.looks = page.looks + 1
      if record and not (skip and skip[at]) then
        record = to_send(record)
        page.ids[#page.ids + 1] = ids[at]
        page.records[#page.records + 1] = record
        page.bytes = page.bytes + #record
      end
    end
  end
  return #ids
end
