// Programs as a follower of the course types them. They are compiled once, by the plain tests.
#include "reports.h"

#if !KIT_SANITIZED

// The course's reporter: a StoreReport for each message.
TEST(Course, TheReportersMainWorks)
{
    kit::schema database;
    kit::temp_folder folder;
    std::string program = kit::compile(folder, R"(
#include "lars_reactor.h"
#include "lars.pb.h"
#include "store_report.h"
#include <string>

void get_report_status(const char *data, uint32_t len, int msgid, net_connection *conn, void *user_data)
{
    lars::ReportStatusRequest req;
    req.ParseFromArray(data, len);
    StoreReport sr;
    sr.store(req);
}

int main(int argc, char **argv)
{
    event_loop loop;
    config_file::setPath("./conf/lars_reporter.conf");
    std::string ip = config_file::instance()->GetString("reactor", "ip", "0.0.0.0");
    short port = config_file::instance()->GetNumber("reactor", "port", 7779);
    tcp_server server(&loop, ip.c_str(), port);
    server.add_msg_router(lars::ID_ReportStatusRequest, get_report_status);
    loop.event_process();
    return 0;
}
)");
    uint16_t port = kit::free_port();
    folder.write("conf/lars_reporter.conf",
                 kit::with_settings(kit::text_of("conf/lars_reporter.conf"),
                                    kit::use(database, {{"reactor.port", std::to_string(port)}})));
    kit::program reporter({program}, folder.path);
    ASSERT_TRUE(kit::eventually([&] { return kit::is_served(port); })) << reporter.output();
    std::vector<kit::peer> agents;
    for (int i = 1; i <= 100; i++) {
        if (i <= 10) {
            agents.emplace_back(port);
        }
        ASSERT_TRUE(agents[static_cast<size_t>(i - 1) % 10].send_frame(REPORT, report(i, 1, {{1, 1}}, 10)));
    }
    EXPECT_TRUE(row_count_becomes(database, 100)) << reporter.output();
    EXPECT_TRUE(kit::eventually([&] { return database.connections() == 0; }));
}

TEST(Course, TheReportClientsMainWorks)
{
    kit::schema database;
    kit::service reporter("lars_reporter", kit::use(database));
    kit::temp_folder folder;
    std::string program = kit::compile(folder, R"(
#include "lars_reactor.h"
#include "lars.pb.h"
#include <string>

void report_status(net_connection *conn, void *user_data)
{
    tcp_client *client = (tcp_client *)conn;
    lars::ReportStatusRequest req;
    req.set_modid(rand() % 3 + 1);
    req.set_cmdid(1);
    req.set_caller(123);
    req.set_ts(time(NULL));
    for (int i = 0; i < 3; i++) {
        lars::HostCallResult result;
        result.set_ip(i + 1);
        result.set_port((i + 1) * (i + 1));
        result.set_succ(100);
        result.set_err(3);
        result.set_overload(true);
        req.add_results()->CopyFrom(result);
    }
    std::string requestString;
    req.SerializeToString(&requestString);
    client->send_message(requestString.c_str(), requestString.size(), lars::ID_ReportStatusRequest);
}

void connection_build(net_connection *conn, void *args)
{
    report_status(conn, args);
}

int main(int argc, char **argv)
{
    event_loop loop;
    tcp_client client(&loop, "127.0.0.1", )" + std::to_string(reporter.port) + R"(, "reportClient");
    client.set_conn_start(connection_build);
    loop.event_process();
    return 0;
}
)");
    kit::program client({program}, folder.path);
    EXPECT_TRUE(row_count_becomes(database, 3)) << client.output();
}

#endif
