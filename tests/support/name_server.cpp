#include "name_server.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

namespace lars::test {

namespace {

struct known_names {
    std::mutex mutex;
    std::condition_variable changed;
    // Guarded by mutex, as below. A name without a value is silent.
    std::map<std::string, std::optional<std::vector<std::string>>> names;
    int waiting = 0;
    int lookups = 0;
};

// Never destroyed: threads that are left behind may still ask.
known_names &all_names()
{
    static auto *all = new known_names;
    return *all;
}

// The addresses of NAME; nothing where it is no name of a test's.
std::optional<std::vector<std::string>> find_name(const std::string &name)
{
    known_names &all = all_names();
    std::unique_lock<std::mutex> lock(all.mutex);
    if (all.names.count(name) == 0)
        return std::nullopt;
    ++all.lookups;
    ++all.waiting;
    all.changed.wait(lock, [&] { return all.names.count(name) == 0 || all.names[name]; });
    --all.waiting;
    all.changed.notify_all();
    return all.names.count(name) == 0 ? std::vector<std::string>() : *all.names[name];
}

}  // namespace

name_server::~name_server()
{
    known_names &all = all_names();
    std::unique_lock<std::mutex> lock(all.mutex);
    all.names.clear();
    all.changed.notify_all();
    all.changed.wait(lock, [&all] { return all.waiting == 0; });
    all.lookups = 0;
}

void name_server::set(const std::string &name, const std::vector<std::string> &addresses)
{
    const std::lock_guard<std::mutex> lock(all_names().mutex);
    all_names().names[name] = addresses;
    all_names().changed.notify_all();
}

void name_server::be_silent(const std::string &name)
{
    const std::lock_guard<std::mutex> lock(all_names().mutex);
    all_names().names[name] = std::nullopt;
}

int name_server::waiting()
{
    const std::lock_guard<std::mutex> lock(all_names().mutex);
    return all_names().waiting;
}

int name_server::lookups()
{
    const std::lock_guard<std::mutex> lock(all_names().mutex);
    return all_names().lookups;
}

}  // namespace lars::test

extern "C" int getaddrinfo(const char *name, const char *service, const addrinfo *hints,
                           addrinfo **found)
{
    static const auto original =
        reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const auto addresses = name ? lars::test::find_name(name) : std::nullopt;
    if (!addresses)
        return original(name, service, hints, found);
    if (addresses->empty())
        return EAI_NONAME;
    addrinfo **place = found;
    for (const std::string &address : *addresses) {
        if (const int error = original(address.c_str(), service, hints, place))
            return error;
        place = &(*place)->ai_next;
    }
    return 0;
}
