// The journal of lars_dns's snapshot. With a first byte of 0 the rest is what stands behind
// its title; otherwise the bytes are changes that are appended, read again, and damaged.
#include "route_journal.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "expect.h"
#include "script.h"

namespace lars::fuzz {
namespace {

const std::string BASE = "5f3d0a1b9c7e4422";

struct change {
    uint64_t version;
    std::vector<module_route> routes;
};

bool same(const change &a, const change &b)
{
    if (a.version != b.version || a.routes.size() != b.routes.size())
        return false;
    for (size_t i = 0; i < a.routes.size(); ++i) {
        if (a.routes[i].module != b.routes[i].module || a.routes[i].hosts != b.routes[i].hosts)
            return false;
    }
    return true;
}

// A file for the journal, which goes with the process.
class journal_file {
public:
    journal_file()
    {
        char name[] = "/tmp/lars_fuzz_journal.XXXXXX";
        const int fd = mkstemp(name);
        expect(fd >= 0, "no temporary file");
        close(fd);
        _path = name;
    }
    ~journal_file() { unlink(_path.c_str()); }

    const std::string &path() const { return _path; }
    std::string text() const
    {
        std::ifstream in(_path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void set_text(const std::string &text) const
    {
        std::ofstream(_path, std::ios::binary | std::ios::trunc) << text;
    }
    // Every change that is read. *GOOD: whether that was the whole file.
    std::vector<change> read(bool *good) const
    {
        std::vector<change> all;
        const status s = route_journal(_path).read(
            BASE, [&all](uint64_t version, const std::vector<module_route> &routes) {
                all.push_back({version, routes});
            });
        expect(s.ok() || s.kind() == status_kind::bad_data, "an error that is none of the file's");
        *good = s.ok();
        return all;
    }

private:
    std::string _path;
};

void expect_first_of(const std::vector<change> &few, const std::vector<change> &all)
{
    expect(few.size() <= all.size(), "more is read than was written");
    for (size_t i = 0; i < few.size(); ++i)
        expect(same(few[i], all[i]), "something else is read than was written");
}

// What was cut off is gone, and what was not is read again.
void expect_the_same_again(const journal_file &file, const std::vector<change> &all)
{
    bool good = false;
    const std::vector<change> again = file.read(&good);
    expect(good, "after a cut the rest is still bad");
    expect(again.size() == all.size(), "a cut takes more than was bad");
    expect_first_of(again, all);
}

void parse(const journal_file &file, const std::string &behind_title)
{
    file.set_text("lars-routes-journal 1 " + BASE + "\n" + behind_title);
    bool good = false;
    expect_the_same_again(file, file.read(&good));
}

module_route make_route(script *input, int32_t modid)
{
    module_route route{{modid, static_cast<int32_t>(input->byte())}, {}};
    for (uint32_t hosts = input->below(4); hosts > 0; --hosts) {
        route_host host{{input->number(), static_cast<uint16_t>(input->byte() * 257)}};
        if (input->below(2) > 0)
            host.weight = input->number();
        route.hosts.push_back(host);
    }
    return route;
}

std::vector<change> make_changes(script *input)
{
    std::vector<change> all;
    while (!input->at_end() && all.size() < 20) {
        change one{input->number(), {}};
        for (uint32_t i = 0; i <= input->below(3); ++i)
            one.routes.push_back(make_route(input, static_cast<int32_t>(i)));
        all.push_back(std::move(one));
    }
    return all;
}

void damage(const journal_file &file, const std::vector<change> &all, uint32_t place, uint8_t with)
{
    const std::string text = file.text();
    std::string changed = text;
    changed[place % text.size()] = static_cast<char>(with);
    for (const std::string &bad : {changed, text.substr(0, place % text.size())}) {
        file.set_text(bad);
        bool good = false;
        const std::vector<change> left = file.read(&good);
        expect_first_of(left, all);
        expect_the_same_again(file, left);
    }
}

}  // namespace
}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars::fuzz;
    static const journal_file file;
    script input(data, size);
    if (input.byte() == 0) {
        parse(file, input.rest());
        return 0;
    }
    const uint32_t place = input.number();
    const uint8_t with = input.byte();
    const std::vector<change> all = make_changes(&input);
    file.set_text("");
    lars::route_journal journal(file.path());
    for (const change &one : all)
        expect(journal.append(BASE, one.version, one.routes).ok(), "a change is refused");
    if (all.empty())
        return 0;
    expect_the_same_again(file, all);
    damage(file, all, place, with);
    return 0;
}
