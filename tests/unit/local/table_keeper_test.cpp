// One owner and several clients: what the clients count reaches the modules, and each probe
// goes to one of them.
#include <gtest/gtest.h>

#include "choice_table.h"
#include "table_keeper.h"
#include "table_reader.h"

namespace lars {
namespace {

using namespace local;
using std::chrono::milliseconds;

const module_id MODULE{3, 0};

class TableKeeper : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(make_table(_limits, &_table));
        _keeper.emplace(0, part_of(_table, _limits, 0), _limits, &_modules);
        _modules.set_watcher(&*_keeper);
        std::string why;
        ASSERT_TRUE(_reader.begin(_table.data(), _table.size(), why)) << why;
        set_route(3);
        ASSERT_TRUE(_modules.show(MODULE, _now));
    }
    void set_route(uint32_t hosts)
    {
        std::vector<route_host> route;
        for (uint32_t i = 1; i <= hosts; ++i)
            route.push_back({{i, 80}, 100});
        if (_modules.size() == 0)
            _modules.restore({MODULE, route}, _now);
        else
            _modules.update({MODULE, route}, _now);
    }

    // A client that has a cell for each of the hosts 1 to 3.
    std::shared_ptr<client_page> add_client(uint32_t number)
    {
        auto page = std::make_shared<client_page>();
        EXPECT_TRUE(client_page::make(number, static_cast<pid_t>(1000 + number), 1, page.get()));
        cell_block &block = page->block(0);
        block.owner = 0;
        for (uint32_t host = 1; host <= 3; ++host) {
            block.cells[host - 1].module = pack(3, 0);
            block.cells[host - 1].host = pack(host, 80);
        }
        block.cells_used = 3;
        page->header().blocks_used = 1;
        _keeper->add_page(page, _now);
        return page;
    }
    static cell &cell_of(client_page &page, uint32_t host) { return page.block(0).cells[host - 1]; }
    static void count(client_page &page, uint32_t host, counter what, uint32_t number = 1)
    {
        cell_of(page, host).counted[what] += number;
        ++page.header().block_activity[0];
        ++page.header().owners[0].activity;
    }
    // A round of calls in which host 2 fails.
    void calls_of(client_page &page, uint32_t choices)
    {
        for (uint32_t host = 1; host <= 3; ++host) {
            const bool aside = is_overloaded(host);
            if (aside)
                continue;
            count(page, host, CHOICES, choices);
            count(page, host, host == 2 ? FAILURES : SUCCESSES, choices);
        }
    }
    table_keeper::outcome look(milliseconds later = milliseconds(5))
    {
        _now += later;
        return _keeper->look(_now);
    }
    table_reader::copy shown() const
    {
        table_reader::copy copy;
        const record_header *record = _reader.find(0, pack(3, 0));
        EXPECT_TRUE(record &&
                    _reader.read(0, *record, pack(3, 0), copy) == table_reader::outcome::whole);
        return copy;
    }
    bool is_overloaded(uint32_t host) const
    {
        for (const table_reader::host &one : shown().hosts) {
            if (one.address == pack(host, 80))
                return (one.flags & HOST_OVERLOADED) != 0;
        }
        return false;
    }
    uint64_t offer() const { return _reader.find(0, pack(3, 0))->offer; }
    // Until host 2 is set aside and a probe of it is offered.
    bool comes_to_an_offer(client_page &by)
    {
        for (int i = 0; i < 1000 && offer() == 0; ++i) {
            calls_of(by, 10);
            look();
        }
        return offer() != 0;
    }

    const table_part::bounds _limits{100, 1000};
    lb_time _now = lb_time(std::chrono::hours(100));
    sealed_memory _table;
    route_lb _modules{lb_config(), [](const module_id &) {}};
    std::optional<table_keeper> _keeper;
    table_reader _reader;
};

TEST_F(TableKeeper, CountsWhatClientsCount)
{
    const auto one = add_client(1), two = add_client(2);
    EXPECT_FALSE(look().any);
    count(*one, 1, SUCCESSES, 5);
    count(*two, 1, FAILURES, 2);
    EXPECT_TRUE(look().any);
    EXPECT_FALSE(look().any);
    const auto summaries = _modules.take_summaries(1, 1);
    ASSERT_EQ(summaries.size(), 1u);
    EXPECT_EQ(_keeper->taken().successes, 5u);
    EXPECT_EQ(_keeper->taken().failures, 2u);
    EXPECT_EQ(_keeper->taken().lies, 0u);
}

TEST_F(TableKeeper, HostThatFailsIsShownAsSetAside)
{
    const auto client = add_client(1);
    calls_of(*client, 10);
    EXPECT_TRUE(look().changes.empty()) << "whether others succeed is known an interval later";
    calls_of(*client, 10);
    const auto found = look();
    ASSERT_EQ(found.changes.size(), 1u);
    EXPECT_TRUE(found.changes[0].change.overloaded);
    EXPECT_TRUE(is_overloaded(2));
    EXPECT_FALSE(is_overloaded(1));
}

TEST_F(TableKeeper, ProbeIsOfferedToOneWhoChoosesAndTakenOnce)
{
    const auto one = add_client(1), two = add_client(2);
    ASSERT_TRUE(comes_to_an_offer(*two));
    const uint64_t offered = offer();
    EXPECT_EQ(offer_page(offered), 2u);
    cell &probed = cell_of(*two, 2);
    probed.counted[PROBE_NUMBER] = offer_number(offered);
    count(*two, 2, CHOICES);
    count(*two, 2, PROBES);
    look();
    EXPECT_EQ(offer(), 0u);
}

TEST_F(TableKeeper, ProbeIsNotTakenByAnotherThanItWasOfferedTo)
{
    const auto one = add_client(1), two = add_client(2);
    ASSERT_TRUE(comes_to_an_offer(*two));
    const uint64_t offered = offer();
    cell_of(*one, 2).counted[PROBE_NUMBER] = offer_number(offered);
    count(*one, 2, LATE_FAILURES);
    look();
    EXPECT_EQ(offer(), offered);
}

TEST_F(TableKeeper, ProbeThatIsNotTakenGoesToOneWhoChooses)
{
    const auto one = add_client(1), two = add_client(2);
    ASSERT_TRUE(comes_to_an_offer(*one));
    const uint64_t first = offer();
    EXPECT_EQ(offer_page(first), 1u);
    look();
    EXPECT_EQ(offer(), first) << "nobody has chosen";
    calls_of(*two, 1);
    look();
    EXPECT_EQ(offer_page(offer()), 2u);
    EXPECT_NE(offer_number(offer()), offer_number(first));
    EXPECT_EQ(offer_host(offer()), offer_host(first));
}

// A cell that never took an offer says 0, as a probe does that is due and offered to nobody.
TEST_F(TableKeeper, ProbeThatNobodyHasIsNotTaken)
{
    lb_config adaptive;
    adaptive.policy = balance_policy::adaptive;
    _modules.set_config(adaptive, _now);
    const auto client = add_client(1);
    for (int i = 0; i < 100 && !is_overloaded(2); ++i) {
        calls_of(*client, 10);
        look();
    }
    ASSERT_TRUE(is_overloaded(2));
    calls_of(*client, 100);
    look(milliseconds(1));
    count(*client, 1, SUCCESSES);
    look(milliseconds(20000));
    ASSERT_EQ(offer(), 0u) << "nobody has chosen";
    count(*client, 2, LATE_FAILURES);
    look();
    calls_of(*client, 1);
    look();
    EXPECT_NE(offer(), 0u);
}

TEST_F(TableKeeper, OfferOfAHostThatHasLeftIsTakenBack)
{
    const auto client = add_client(1);
    ASSERT_TRUE(comes_to_an_offer(*client));
    set_route(1);
    EXPECT_EQ(offer(), 0u);
    EXPECT_EQ(shown().hosts.size(), 1u);
}

TEST_F(TableKeeper, WhatAClientHadCountedWhenItEndedIsTakenOver)
{
    auto client = add_client(1);
    count(*client, 1, SUCCESSES, 3);
    _keeper->end_page(client.get());
    const std::weak_ptr<client_page> page = client;
    client.reset();
    look();
    EXPECT_EQ(_keeper->taken().successes, 3u);
    EXPECT_TRUE(page.expired());
    EXPECT_EQ(_keeper->pages(), 0u);
}

// It was killed between a count and the word that there is one.
TEST_F(TableKeeper, WhatAKilledClientCountedWithoutSayingSoIsTakenOver)
{
    auto client = add_client(1);
    count(*client, 1, SUCCESSES, 3);
    look();
    ++cell_of(*client, 1).counted[SUCCESSES];
    ++cell_of(*client, 3).counted[CHOICES];
    look();
    EXPECT_EQ(_keeper->taken().successes, 3u);
    _keeper->end_page(client.get());
    look();
    EXPECT_EQ(_keeper->taken().successes, 4u);
    EXPECT_EQ(_keeper->taken().choices, 1u);
    EXPECT_EQ(_keeper->pages(), 0u);
}

TEST_F(TableKeeper, WhatCannotBeTrueIsCountedAndWhoSaidIt)
{
    const auto honest = add_client(1), liar = add_client(2);
    count(*honest, 1, SUCCESSES, 3);
    cell_of(*liar, 1).host = pack(1, 0);
    count(*liar, 1, SUCCESSES, 3);
    look();
    EXPECT_EQ(_keeper->taken().successes, 3u);
    EXPECT_EQ(_keeper->taken().lies, 1u);
    EXPECT_EQ(_keeper->last_liar(), 1002);
}

TEST_F(TableKeeper, ModuleWithoutHostsIsNotInTheTable)
{
    const auto client = add_client(1);
    set_route(0);
    EXPECT_FALSE(_keeper->shows(MODULE));
    EXPECT_FALSE(_reader.find(0, pack(3, 0)));
    count(*client, 1, SUCCESSES);
    look();
}

}  // namespace
}  // namespace lars
