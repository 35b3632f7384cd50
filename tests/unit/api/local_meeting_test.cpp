// How a client meets the agent of its machine, and whom it refuses to meet.
#include <fcntl.h>
#include <unistd.h>

#include <functional>

#include "local_fixture.h"
#include "wire_rules.h"

using namespace lars::test;
using lars::lars_client;
namespace local = lars::local;

class LocalMeeting : public LocalPath {
protected:
    // How many descriptors this process has.
    static int open_descriptors()
    {
        int open = 0;
        for (int fd = 0; fd < 1024; ++fd)
            open += fcntl(fd, F_GETFD) >= 0;
        return open;
    }

    // Asks for a host until the client has something to complain of; it still answers.
    std::string complaint()
    {
        EXPECT_TRUE(wait_until([this] {
            EXPECT_EQ(choose(1, 1).port, 7777);
            return !_client.local_error().empty();
        }));
        EXPECT_FALSE(_client.is_local());
        return _client.local_error();
    }

    std::string complaint_about(const std::vector<int> &descriptors,
                                local::greeting answer = fake_table::right_greeting())
    {
        _client = client_of(_agent);
        choose(1, 1);
        EXPECT_TRUE(_fake.meet_with(descriptors, answer));
        return complaint();
    }

    // With the memory as BEND has bent it.
    std::string complaint_after(const std::function<void(fake_table &)> &bend)
    {
        fake_table bent;
        bent.table().write(1, 1, three_hosts());
        bend(bent);
        return complaint_about({bent.table_fd(), bent.page_fd()});
    }
};

static void expect_says(const std::string &said, const std::string &part)
{
    EXPECT_NE(said.find(part), std::string::npos) << "\"" << said << "\", and not " << part;
}

TEST_F(LocalMeeting, RefusalsOfTheAgentAreReadable)
{
    const auto with = [](uint64_t magic, uint32_t version, uint32_t outcome) {
        return local::greeting{magic, version, outcome};
    };
    const uint64_t magic = local::GREETING_MAGIC;
    expect_says(complaint_about({}, with(magic, 9, local::OTHER_VERSION)), "has version 9");
    expect_says(complaint_about({}, with(magic, 1, local::TOO_MANY_CLIENTS)), "as many clients");
    expect_says(complaint_about({}, with(magic, 1, local::OUT_OF_MEMORY)), "out of memory");
    expect_says(complaint_about({}, with(magic, 1, 77)), "outcome 77");
    expect_says(complaint_about({}, with(1, 1, local::MET)), "no Lars agent");
    expect_says(complaint_about({}), "0 descriptors");
}

TEST_F(LocalMeeting, WrongDescriptorsAreRefusedAndNoneIsLeftOpen)
{
    const int table = _fake.table_fd(), page = _fake.page_fd(), null = open("/dev/null", O_RDWR);
    complaint_about({});
    const int before = open_descriptors();
    expect_says(complaint_about({table}), "1 descriptors");
    expect_says(complaint_about({table, page, null}), "no Lars agent");
    expect_says(complaint_about({table, page, null, null, null, null, null, null}), "no Lars");
    expect_says(complaint_about({null, page}), "table is memory without the seals");
    expect_says(complaint_about({table, null}), "page from the agent is memory without");
    expect_says(complaint_about({page, table}), "table is memory without the seals");
    EXPECT_EQ(open_descriptors(), before);
    close(null);
}

TEST_F(LocalMeeting, SealsAreNeededEachOfThem)
{
    const int all = fake_table::TABLE_SEALS;
    for (const int missing : {F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_FUTURE_WRITE}) {
        const fake_table bent(1, 1, all & ~missing, fake_table::PAGE_SEALS);
        expect_says(complaint_about({bent.table_fd(), bent.page_fd()}), "table is memory without");
    }
    for (const int missing : {F_SEAL_SHRINK, F_SEAL_GROW}) {
        const fake_table bent(1, 1, all, fake_table::PAGE_SEALS & ~missing);
        expect_says(complaint_about({bent.table_fd(), bent.page_fd()}), "page from the agent is");
    }
    const sealed_memory empty(0, all), small(16, all), small_page(16, fake_table::PAGE_SEALS);
    expect_says(complaint_about({empty.fd(), _fake.page_fd()}), "is empty");
    expect_says(complaint_about({small.fd(), _fake.page_fd()}), "too short for a table");
    expect_says(complaint_about({_fake.table_fd(), small_page.fd()}), "too short for a page");
}

TEST_F(LocalMeeting, WhatStandsInTableAndPageIsChecked)
{
    const auto says = [this](const std::function<void(fake_table &)> &bend, const char *part) {
        expect_says(complaint_after(bend), part);
    };
    says([](fake_table &bent) { bent.table().header().magic = 1; }, "table's magic number");
    says([](fake_table &bent) { bent.table().header().version = 2; }, "another layout");
    says([](fake_table &bent) { bent.table().header().index_slots = 0; }, "power of two");
    says([](fake_table &bent) { bent.table().header().index_slots = 1000; }, "power of two");
    says([](fake_table &bent) { bent.table().header().index_slots = 1u << 31; }, "do not fit");
    says([](fake_table &bent) { bent.table().header().part_size += 4096; }, "do not fit");
    says([](fake_table &bent) { bent.table().header().part_size = ~uint64_t{4095}; }, "do not fit");
    says([](fake_table &bent) { bent.table().header().part_size = 0; }, "do not fit");
    says([](fake_table &bent) { bent.page().magic = 1; }, "page's magic number");
    says([](fake_table &bent) { bent.page().version = 2; }, "another layout");
    says([](fake_table &bent) { bent.page().number = 65536; }, "number");
    says([](fake_table &bent) { bent.page().blocks = 0; }, "blocks");
    says([](fake_table &bent) { bent.page().blocks = 65; }, "blocks");
    says([](fake_table &bent) { bent.page().blocks = 513; }, "blocks");
    says([](fake_table &bent) { bent.page().blocks_used = 1; }, "somebody else's");
}

TEST_F(LocalMeeting, ARecordThatLiesOutsideOfItsPartIsNotRead)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    // All hosts that the shape names would end behind the part.
    local::record_header &record = *table().find(1, 1);
    record.version += 1;
    record.shape = local::pack(0, 0xffffffff);
    for (int i = 0; i < 3; ++i)
        reinterpret_cast<local::host_entry *>(&record + 1)[i].address = local::pack(IP, 5);
    record.version += 1;
    for (int i = 0; i < 3; ++i)
        EXPECT_LE(choose(1, 1).port, 3) << "it goes on with the copy that it has";
    // Each slot of the index names a line behind the part.
    auto *index = reinterpret_cast<local::half_word *>(
        reinterpret_cast<char *>(&table().part(lars::agent_port_of(2, 2))) + local::MEMORY_PAGE);
    for (uint32_t slot = 0; slot < table_writer::SLOTS; ++slot)
        index[slot] = 0xffffffff - slot % 2;
    EXPECT_EQ(choose(2, 2).port, 7777);
}

TEST_F(LocalMeeting, PathsThatAreNoSocketsAreIgnored)
{
    for (const std::string &path :
         {std::string("relative/path"), "/" + std::string(107, 'x'), std::string("/a\0b", 4)}) {
        _path.set(path);
        _client = client_of(_agent);
        expect_says(complaint(), "no socket's");
    }
    _path.set("/nowhere/at/all");
    _client = client_of(_agent);
    expect_says(complaint(), "No such file");
}

TEST_F(LocalMeeting, TriesAgainAtMostOnceASecond)
{
    _path.set(_fake.path() + "x");
    const uint64_t began = lars::exact_time();
    expect_says(complaint(), "No such file");
    _fake.listen(_path.get());
    table().write(1, 1, three_hosts());
    ASSERT_TRUE(wait_until([this] {
        choose(1, 1);
        return _fake.has_caller();
    }));
    EXPECT_GE(lars::exact_time() - began, 900 * lars::MILLISECOND);
    ASSERT_TRUE(_fake.meet());
    EXPECT_TRUE(wait_until([this] { return choose(1, 1).port <= 3; }));
}

TEST_F(LocalMeeting, AThousandMeetingsLeaveNoDescriptorAndNoMapping)
{
    table().write(1, 1, three_hosts());
    meet(1, 1);
    const int before = open_descriptors();
    for (int i = 0; i < 1000; ++i) {
        _fake.page().blocks_used = 0;
        _client = client_of(_agent);
        choose(1, 1);
        ASSERT_TRUE(_fake.meet());
        // The answer is there: the next tick of the clock brings it.
        if (i % 100 == 0) {
            ASSERT_TRUE(wait_until([this] { return choose(1, 1).port <= 3; }));
        }
    }
    EXPECT_EQ(open_descriptors(), before);
}
