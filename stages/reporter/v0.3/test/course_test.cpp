// Programs as a follower of the course types them. They are compiled once, by the plain tests.
#include "reports.h"

#if !KIT_SANITIZED

// The course's reporter: it makes the threads and their queues itself.
TEST(Course, TheReportersMainWorks)
{
    kit::schema database;
    kit::temp_folder folder;
    std::string program = kit::compile(folder, R"(
#include "lars_reactor.h"
#include "lars.pb.h"
#include "store_report.h"
#include <string>

thread_queue<lars::ReportStatusRequest> **reportQueues = NULL;
int thread_cnt = 0;

void get_report_status(const char *data, uint32_t len, int msgid, net_connection *conn, void *user_data)
{
    lars::ReportStatusRequest req;
    req.ParseFromArray(data, len);
    static int index = 0;
    reportQueues[index]->send(req);
    index++;
    index = index % thread_cnt;
}

void create_reportdb_threads()
{
    thread_cnt = config_file::instance()->GetNumber("reporter", "db_thread_cnt", 3);
    reportQueues = new thread_queue<lars::ReportStatusRequest> *[thread_cnt];
    if (reportQueues == NULL) {
        fprintf(stderr, "create thread_queue<lars::ReportStatusRequest>*[%d] error", thread_cnt);
        exit(1);
    }
    for (int i = 0; i < thread_cnt; i++) {
        reportQueues[i] = new thread_queue<lars::ReportStatusRequest>();
        pthread_t tid;
        int ret = pthread_create(&tid, NULL, store_main, reportQueues[i]);
        if (ret == -1) {
            perror("pthread_create");
            exit(1);
        }
        pthread_detach(tid);
    }
}

int main(int argc, char **argv)
{
    event_loop loop;
    config_file::setPath("./conf/lars_reporter.conf");
    std::string ip = config_file::instance()->GetString("reactor", "ip", "0.0.0.0");
    short port = config_file::instance()->GetNumber("reactor", "port", 7779);
    tcp_server server(&loop, ip.c_str(), port);
    server.add_msg_router(lars::ID_ReportStatusRequest, get_report_status);
    create_reportdb_threads();
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
    kit::peer agent(port);   // one: the course's index is not for several threads
    for (int i = 1; i <= 100; i++) {
        ASSERT_TRUE(agent.send_frame(REPORT, report(i, 1, {{1, 1}}, 10)));
    }
    EXPECT_TRUE(row_count_becomes(database, 100)) << reporter.output();
    EXPECT_EQ(3, database.connections());
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
