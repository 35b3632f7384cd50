// The snapshot of lars_dns and the route cache of the agent. With a first byte of 0 the rest
// is the file; otherwise the bytes are a table that is written, read again, and damaged.
#include "route_file.h"

#include "named_line.h"
#include "script.h"

namespace lars::fuzz {

static bool same(const route_file &a, const route_file &b)
{
    return a.version == b.version && a.rows == b.rows;
}

static void expect_the_same_again(const route_file &routes)
{
    route_file again;
    expect(parse_route_file(route_file_text(routes), TEXT_NAME, &again).ok(),
           "what was written is refused");
    expect(same(routes, again), "what was written is read as something else");
}

static void parse(const std::string &text)
{
    const route_file before{{{{1, 2}, {{3, 4}, 5}}}, 6};
    route_file routes = before;
    const status s = parse_route_file(text, TEXT_NAME, &routes);
    if (!s) {
        expect_a_line(s, text);
        expect(same(routes, before), "refused, and changed all the same");
        return;
    }
    expect_the_same_again(routes);
}

static route_file make(script &input)
{
    route_file routes;
    if (input.below(2) > 0)
        routes.version = uint64_t{input.number()} << 32 | input.number();
    while (!input.at_end() && routes.rows.size() < 100) {
        route_row row;
        row.module = {static_cast<int32_t>(input.number()), static_cast<int32_t>(input.byte())};
        row.host.address = {input.number(), static_cast<uint16_t>(input.byte() * 257)};
        if (input.below(2) > 0)
            row.host.weight = input.number();
        routes.rows.push_back(row);
    }
    return routes;
}

static void damage(const std::string &text, uint32_t place, uint8_t with)
{
    route_file routes;
    std::string changed = text;
    changed[place % text.size()] = static_cast<char>(with);
    if (changed != text)
        expect(!parse_route_file(changed, TEXT_NAME, &routes).ok(), "damage is not noticed");
    const std::string cut = text.substr(0, place % text.size());
    expect(!parse_route_file(cut, TEXT_NAME, &routes).ok(), "a cut is not noticed");
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars::fuzz;
    script input(data, size);
    if (input.byte() == 0) {
        parse(input.rest());
        return 0;
    }
    const uint32_t place = input.number();
    const uint8_t with = input.byte();
    const lars::route_file routes = make(input);
    expect_the_same_again(routes);
    damage(route_file_text(routes), place, with);
    return 0;
}
