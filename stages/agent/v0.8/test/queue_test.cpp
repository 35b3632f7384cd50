// What is queued reaches the servers above. A main of a few lines is the program.
#include "agent.h"

#include <time.h>

#include "main_server.h"

// The rules ask for the time; a test may say what it is.
time_t scripted_time = 0;

time_t time(time_t *t) noexcept
{
    timespec real;
    clock_gettime(CLOCK_REALTIME, &real);
    time_t now = scripted_time != 0 ? scripted_time : real.tv_sec;
    if (t != NULL) {
        *t = now;
    }
    return now;
}

struct load_balance_config lb_config;
route_lb *r_lb[3];
thread_queue<lars::ReportStatusRequest> *report_queue = NULL;
thread_queue<lars::GetRouteRequest> *dns_queue = NULL;

static lars::ReportStatusRequest golden_report()
{
    lars::ReportStatusRequest req;
    req.set_modid(1);
    req.set_cmdid(1);
    req.set_caller(0x7f000001);
    req.set_ts(1573034612);
    lars::HostCallResult *result = req.add_results();
    result->set_ip(static_cast<int32_t>(kit::FIRST_IP));
    result->set_port(7777);
    result->set_succ(100);
    result->set_err(3);
    result->set_overload(true);
    return req;
}

// Queues these requests for routes and so many reports, once both threads run.
static kit::child::program queueing(uint16_t dns, uint16_t reporter, const std::vector<std::pair<int, int>> &routes, int reports)
{
    return [=](uint16_t) {
        {
            kit::temp_folder folder;
            folder.write("agent.conf", "[dnsserver]\nip = 127.0.0.1\nport = " + std::to_string(dns) +
                                           "\n[reporter]\nip = 127.0.0.1\nport = " + std::to_string(reporter) + "\n");
            if (!config_file::setPath(folder.path + "/agent.conf")) {
                exit(1);
            }
        }   // it has been read; this program has no end at which the folder would go
        for (int i = 0; i < 3; i++) {
            r_lb[i] = new route_lb(i + 1);
        }
        report_queue = new thread_queue<lars::ReportStatusRequest>;
        dns_queue = new thread_queue<lars::GetRouteRequest>;
        start_report_client();
        start_dns_client();
        for (const auto &route : routes) {
            lars::GetRouteRequest req;
            req.set_modid(route.first);
            req.set_cmdid(route.second);
            dns_queue->send(req);
        }
        for (int i = 0; i < reports; i++) {
            lars::ReportStatusRequest req = golden_report();
            req.set_ts(req.ts() + static_cast<uint32_t>(i));
            report_queue->send(req);
        }
        while (true) {
            pause();
        }
    };
}

TEST(Queue, ARequestForARouteGoesToTheDns)
{
    kit::listener dns, reporter;
    kit::child agent(queueing(dns.port, reporter.port, {{1, 1}, {-1, 0}}, 0), kit::child::NOTHING);
    kit::peer connection = dns.accept();
    EXPECT_EQ(std::string("\x01\0\0\0\x04\0\0\0\x08\x01\x10\x01", 12), connection.recv(12));
    EXPECT_EQ(std::string("1:\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), connection.next());
}

TEST(Queue, AReportGoesToTheReporter)
{
    kit::listener dns, reporter;
    kit::child agent(queueing(dns.port, reporter.port, {}, 1), kit::child::NOTHING);
    kit::peer connection = reporter.accept();
    EXPECT_EQ(std::string("3:\x08\x01\x10\x01\x18\x81\x80\x80\xf8\x07\x22\x14\x08\xb1\x83\xa0\x85\xfc\xff\xff\xff\xff\x01\x10"
                          "\xe1\x3c\x18\x64\x20\x03\x28\x01\x28\xf4\xb4\x8a\xee\x05", 40),
              connection.next());
}

// Neither server is there yet; what was queued meanwhile waits for them, in order.
TEST(Queue, WhatIsQueuedWaitsForItsServer)
{
    uint16_t dns_port = kit::free_ports(2), reporter_port = static_cast<uint16_t>(dns_port + 1);
    kit::child agent(queueing(dns_port, reporter_port, {{1, 1}, {1, 2}}, 2), kit::child::NOTHING);
    ASSERT_TRUE(agent.printed("dns client thread start"));
    kit::scripted_server dns(dns_port), reporter(reporter_port);
    EXPECT_EQ("1,1", dns.next_request());
    EXPECT_EQ("1,2", dns.next_request());
    for (uint32_t i = 0; i < 2; i++) {
        if (i == 0) {
            ASSERT_TRUE(reporter.accept());
        }
        std::string next = reporter.connection().next();
        lars::ReportStatusRequest req;
        ASSERT_TRUE(req.ParseFromString(next.substr(2)));
        EXPECT_EQ(1573034612 + i, req.ts());
    }
}

// A server that is away for long costs no more memory than that of 10,000 messages.
TEST(Queue, TheOldestOfTooManyGoes)
{
    uint16_t dns_port = kit::free_ports(2), reporter_port = static_cast<uint16_t>(dns_port + 1);
    kit::child agent(queueing(dns_port, reporter_port, {}, 10100), kit::child::NOTHING);
    ASSERT_TRUE(agent.printed("report client thread start"));
    kit::scripted_server reporter(reporter_port);
    ASSERT_TRUE(reporter.accept());
    int n = 0;
    uint32_t last = 0;
    while (last != 1573034612 + 10099) {
        std::string next = reporter.connection().next();
        lars::ReportStatusRequest req;
        ASSERT_TRUE(next.size() > 2 && req.ParseFromString(next.substr(2))) << n;
        EXPECT_GT(req.ts(), last);
        last = req.ts();
        n++;
    }
    EXPECT_GE(n, 10000);
    EXPECT_TRUE(n == 10100 || agent.printed("dropped 1 so far"));
}

TEST(Queue, AServerThatComesAgainIsServedAgain)
{
    kit::listener reporter;
    uint16_t dns_port = kit::free_port();
    std::unique_ptr<kit::scripted_server> dns(new kit::scripted_server(dns_port));
    kit::child agent(queueing(dns_port, reporter.port, {{1, 1}}, 0), kit::child::NOTHING);
    EXPECT_EQ("1,1", dns->next_request());
    dns->close();
    EXPECT_TRUE(dns->accept());
}
