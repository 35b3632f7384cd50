#include "database_server.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "free_port.h"

namespace lars::test {

namespace {

const char *admin_name = "larsadmin";
const char *admin_password = "only in a temporary folder";

std::string find_program(const std::string &name)
{
    for (const char *folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/bin/"})
        if (access((folder + name).c_str(), X_OK) == 0)
            return folder + name;
    return name;
}

// Small and quick; what is committed survives the server's death all the same.
std::vector<std::string> common_arguments(const std::string &data)
{
    std::vector<std::string> arguments = {
        "--no-defaults",
        "--datadir=" + data,
        // A server that starts removes the temporary tables it finds, also those
        // of another server.
        "--tmpdir=" + data.substr(0, data.rfind('/')),
        "--innodb-buffer-pool-size=16M",
        "--innodb-log-file-size=8M",
        "--innodb-flush-log-at-trx-commit=2",
        "--innodb-use-native-aio=0",
        "--aria-pagecache-buffer-size=1M",
        "--key-buffer-size=256K",
    };
    if (geteuid() == 0)
        arguments.push_back("--user=root");
    return arguments;
}

}  // namespace

database_server &database_server::shared()
{
    static database_server server;
    if (!server.running()) {
        if (status s = server.start(); !s) {
            fprintf(stderr, "%s\n", s.message().c_str());
            std::exit(1);
        }
    }
    return server;
}

db_options database_server::admin() const
{
    db_options options;
    options.socket = socket();
    options.user = admin_name;
    options.password = admin_password;
    options.database = "mysql";
    return options;
}

status database_server::install()
{
    auto arguments = common_arguments(_folder.file("data"));
    // --force: also where not even "localhost" can be looked up.
    for (const char *more :
         {"--auth-root-authentication-method=socket", "--skip-test-db", "--force"})
        arguments.push_back(more);
    const auto installed =
        run(find_program("mariadb-install-db"), arguments, {}, std::chrono::milliseconds(60000));
    if (installed.exit_status != 0)
        return status::error("cannot install a database:\n" + installed.output);
    _folder.write("init.sql", std::string("CREATE USER IF NOT EXISTS ") + admin_name +
                                  "@localhost IDENTIFIED BY '" + admin_password + "';\n" +
                                  "GRANT ALL ON *.* TO " + admin_name +
                                  "@localhost WITH GRANT OPTION;\n");
    return {};
}

status database_server::launch()
{
    auto arguments = common_arguments(_folder.file("data"));
    for (const std::string &more :
         {"--socket=" + socket(), "--port=" + std::to_string(_port),
          std::string("--bind-address=127.0.0.1"), "--pid-file=" + _folder.file("pid"),
          "--init-file=" + _folder.file("init.sql"), std::string("--skip-name-resolve"),
          std::string("--skip-log-bin"), std::string("--performance-schema=OFF"),
          std::string("--max-connections=200")})
        arguments.push_back(more);
    arguments.insert(arguments.end(), _more_arguments.begin(), _more_arguments.end());
    if (status s = _process.start(find_program("mariadbd"), arguments); !s)
        return s;
    if (!_process.wait_for_output("ready for connections", std::chrono::milliseconds(60000)))
        return status::error("the database does not start:\n" + _process.output());
    return {};
}

status database_server::start()
{
    if (_port != 0)
        return launch();
    if (status s = install(); !s)
        return s;
    // Somebody else may take the port before the server does.
    status started;
    for (int attempt = 0; attempt < 3; ++attempt) {
        _port = free_port();
        started = launch();
        if (started)
            return {};
        _process.kill();
    }
    _port = 0;
    return started;
}

status database_server::stop()
{
    const auto ended = _process.terminate(std::chrono::milliseconds(60000));
    if (!ended)
        return status::error("the database does not stop");
    return {};
}

}  // namespace lars::test
