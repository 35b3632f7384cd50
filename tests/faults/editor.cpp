#include "editor.h"

#include <string>

#include "caller.h"
#include "messages.h"

namespace lars::faults {

static constexpr milliseconds PAUSE{25};

static db_options short_timeouts(db_options options)
{
    options.connect_timeout = options.read_timeout = options.write_timeout =
        std::chrono::seconds(1);
    return options;
}

editor::editor(route_history &history, const db_options &options)
    : _history(history), _client(short_timeouts(options)), _thread([this] { run(); })
{
}

editor::~editor()
{
    _ending = true;
    _client.interrupt();
    _thread.join();
}

std::string editor::first_rows()
{
    std::string rows = "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES ";
    for (int modid = 1; modid <= MODULES; ++modid) {
        for (int host = 1; host <= HOSTS; ++host)
            rows += "(" + std::to_string(modid) + ",1," + std::to_string(host_ip(host, 1)) + "," +
                    std::to_string(host_port(modid)) + "),";
    }
    for (int tally = 0; tally < TALLIES; ++tally)
        rows += std::string(tally == 0 ? "" : ",") + "(" + std::to_string(TALLY_FIRST + tally) +
                ",1," + std::to_string(test::host(TALLY_IP + std::string(":1")).ip) + "," +
                std::to_string(TALLY_PORT) + ")";
    return rows + "; UPDATE RouteVersion SET version = UNIX_TIMESTAMP() WHERE id = 1";
}

status editor::change(db_client &client, int modid, uint32_t version)
{
    const std::string module = std::to_string(modid);
    if (!client.connected()) {
        if (status s = client.connect(); !s)
            return s;
    }
    // Said as what it shall be, so that it can be said twice.
    for (const std::string &statement :
         {std::string("BEGIN"),
          "UPDATE RouteData SET serverip = (serverip & 0xffff0000) + " + std::to_string(version) +
              " WHERE modid = " + module,
          std::string("UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1)"
                      " WHERE id = 1"),
          "INSERT INTO RouteChange (modid, cmdid, version) SELECT " + module +
              ", 1, version FROM RouteVersion WHERE id = 1",
          std::string("COMMIT")}) {
        if (status s = client.execute(statement); !s) {
            client.close();
            return s;
        }
    }
    return {};
}

void editor::run()
{
    for (int modid = 1; !_ending; modid = modid % MODULES + 1) {
        const uint32_t version = _history.current(modid) + 1;
        _history.attempt(modid, version);
        while (!_ending && !change(_client, modid, version))
            std::this_thread::sleep_for(PAUSE);
        if (!_ending)
            _history.confirm(modid, version);
        std::this_thread::sleep_for(PAUSE);
    }
}

}  // namespace lars::faults
