// Clients that write whatever they like into their pages, and say whatever they like, while a
// well-behaved one goes on beside them.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <random>
#include <thread>

#include "local_agent_fixture.h"
#include "paths.h"
#include "raw_client.h"
#include "wire_rules.h"

namespace lars {
namespace {

using namespace lars::test;
using namespace lars::local;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

// The module of the well-behaved client, and those of the others; each owner has one of these.
constexpr int GOOD = 1;
constexpr int OTHERS[] = {2, 3, 4};
const size_t OWNER_OF_GOOD = agent_port_of(GOOD, 1);

// Writes a page at random. What is there stays a lie as far as the well-behaved client's
// module is concerned: an even block may have cells of it, but then never its owner's number.
class scribbler {
public:
    scribbler(raw_client *client, uint32_t seed) : _client(client), _random(seed) {}

    void write_something()
    {
        switch (draw(8)) {
        case 0: write_noise(50, MEMORY_PAGE / sizeof(half_word)); break;
        case 1: write_noise(500, _client->words()); break;
        case 2: _client->say(bytes(1 + draw(100))); break;
        case 3: _client->page().blocks_used = bound(MAX_BLOCKS); break;
        default: write_block(draw(MAX_BLOCKS));
        }
        show();
    }

private:
    uint32_t draw(uint64_t below) { return static_cast<uint32_t>(_random() % below); }
    uint32_t any() { return static_cast<uint32_t>(_random() >> draw(64)); }
    // Beyond it, at it, or within.
    uint32_t bound(uint32_t most) { return draw(4) == 0 ? any() : draw(most + 2); }
    std::string bytes(size_t count)
    {
        std::string said(count, '\0');
        std::generate(said.begin(), said.end(), [this] { return static_cast<char>(any()); });
        return said;
    }

    // Bit 3 is always set, so that no id and no owner is made by chance that a block must not have.
    void write_noise(int times, size_t words)
    {
        for (int i = 0; i < times; ++i)
            _client->word(draw(words)).store(any() | 8, std::memory_order_relaxed);
    }

    void write_block(uint32_t number)
    {
        cell_block &block = _client->block(number);
        const bool claims = number % 2 == 0;
        uint32_t owner = draw(OWNERS + 1);
        if (claims && owner == OWNER_OF_GOOD)
            owner = any() | 8;
        block.owner = owner;
        for (cell &one : block.cells)
            // Every second one can be true, but for noise.
            write_cell(one, claims && draw(2) == 0 ? GOOD : OTHERS[draw(3)],
                       (&one - block.cells) % 2 == 0);
        block.cells_used = bound(CELLS_PER_BLOCK);
        _client->page().blocks_used = bound(MAX_BLOCKS);
        move_on(_client->page().block_activity[number]);
    }

    void write_cell(cell &to, int modid, bool lies)
    {
        to.module = pack(draw(20) == 0 ? any() | 8 : static_cast<uint32_t>(modid), 1);
        // Some of the hosts are those of both clients' modules.
        to.host = pack(draw(20) == 0 ? any() : 0x0a000000 + draw(8), draw(20) == 0 ? any() : 80);
        for (half_word &counted : to.counted) {
            const uint32_t before = counted.load(std::memory_order_relaxed);
            const uint32_t values[] = {before + draw(100), before, before - draw(100), any()};
            counted.store(values[draw(lies ? 4 : 2)], std::memory_order_relaxed);
        }
    }

    // So that the agent looks.
    void show()
    {
        for (auto &line : _client->page().owners) {
            line.last_choice = _random();
            line.seen = _random();
            move_on(line.activity);
        }
        for (int i = 0; i < 20; ++i)
            move_on(_client->page().block_activity[draw(MAX_BLOCKS)]);
        _client->say(std::string("\0\1\2", 3));
    }
    static void move_on(half_word &activity) { activity.fetch_add(1, std::memory_order_release); }

    raw_client *_client;
    std::mt19937_64 _random;
};

class LocalHostile : public LocalPath {
protected:
    void SetUp() override
    {
        LocalPath::SetUp();
        for (const int modid : OTHERS)
            learn(modid, 1, {"10.0.0.1:80", "10.0.0.5:80", "10.0.0.6:80"});
        RecordProperty("seed", static_cast<int>(_seed));
        _before = descriptors_of(_agent->process().pid());
        _well_behaved = std::thread([this] { call_all_the_time(); });
    }
    void TearDown() override
    {
        _over = true;
        if (_well_behaved.joinable())
            _well_behaved.join();
        if (HasFailure())
            std::printf("the seed was %u\n", _seed);
        LocalPath::TearDown();
    }

    void call_all_the_time()
    {
        lars_client program = client();
        EXPECT_TRUE(becomes_local(program, GOOD)) << program.local_error();
        while (!_over && !HasFailure()) {
            for (int i = 0; i < 50; ++i, ++_calls)
                call(program, 0, GOOD);
            _local = program.is_local();
            EXPECT_TRUE(_local) << program.local_error();
            std::this_thread::sleep_for(milliseconds(1));
        }
    }

    // The agent lives, each call of the well-behaved client was local and is counted once, and
    // its hosts are all chosen.
    void expect_no_harm()
    {
        const uint64_t some = _calls + 500;
        EXPECT_TRUE(wait_until([&] { return _calls > some || HasFailure(); }));
        _over = true;
        _well_behaved.join();
        EXPECT_TRUE(_local);
        const auto all = reported(_calls, GOOD);
        EXPECT_EQ(all.size(), 3u);
        for (const auto &[ip, of] : all)
            EXPECT_EQ(of.err, 0u) << ip;
        EXPECT_TRUE(_agent->process().running());
        const std::string good = std::to_string(GOOD) + ",1 10.0.0.";
        EXPECT_EQ(_agent->process().output().find(good), std::string::npos)
            << _agent->process().output();
        EXPECT_TRUE(wait_until([&] { return descriptors_of(_agent->process().pid()) == _before; }));
    }
    // By UDP, and as `run_lars explain` does.
    void expect_answers()
    {
        EXPECT_NE(get_host(OTHERS[0], 1), "no answer");
        process_options at_agent;
        at_agent.environment = {"LARS_AGENT=127.0.0.1:" + std::to_string(_port)};
        const auto told = run(bin_path("lars_explain"), {std::to_string(OTHERS[0]), "1"}, at_agent);
        EXPECT_EQ(told.exit_status, 0) << told.output;
    }
    size_t memory() { return kilobytes_of(_agent->process().pid()); }
    // A page, what is remembered of it by three owners, and its allocators' habits.
    static constexpr size_t KILOBYTES_OF_A_CLIENT = 2 * 1024 + 3 * 1024 + 3 * 1024;
    static bool with_sanitizer()
    {
        const char *san = std::getenv("SAN");
        return san && *san;
    }
    // A sanitizer keeps what was given back, and more for each word.
    static size_t allowed(size_t kilobytes)
    {
        return with_sanitizer() ? 8 * kilobytes + 300 * 1024 : kilobytes;
    }
    // What the agent's threads have worked so far.
    milliseconds processor_time()
    {
        clockid_t clock{};
        timespec worked{};
        EXPECT_EQ(clock_getcpuclockid(_agent->process().pid(), &clock), 0);
        EXPECT_EQ(clock_gettime(clock, &worked), 0);
        return milliseconds(worked.tv_sec * 1000 + worked.tv_nsec / 1'000'000);
    }

    const uint32_t _seed = std::random_device{}();
    size_t _before = 0;
    std::atomic<bool> _over{false};
    std::atomic<bool> _local{false};
    std::atomic<uint64_t> _calls{0};
    std::thread _well_behaved;
};

TEST_F(LocalHostile, PagesFullOfNoiseHarmNobodyElse)
{
    constexpr int CLIENTS = 3;
    raw_client clients[CLIENTS];
    std::vector<scribbler> hostile;
    for (int i = 0; i < CLIENTS; ++i) {
        ASSERT_EQ(clients[i].meet(socket_path()), "");
        hostile.emplace_back(&clients[i], _seed + static_cast<uint32_t>(i));
    }
    const size_t before = memory();
    const auto until = steady::now() + std::chrono::seconds(2);
    int rounds = 0;
    while (steady::now() < until && !HasFailure()) {
        for (scribbler &one : hostile)
            one.write_something();
        if (++rounds % 2000 == 0)
            expect_answers();
    }
    EXPECT_GT(rounds, 100);
    EXPECT_TRUE(_agent->process().wait_for_output("process " + std::to_string(getpid()) +
                                                  " has counted in its page what cannot be true"));
    EXPECT_LT(memory(), before + allowed(CLIENTS * KILOBYTES_OF_A_CLIENT));
    expect_answers();
    for (raw_client &one : clients)
        one = raw_client();
    expect_no_harm();
}

TEST_F(LocalHostile, PagesFullOfNoiseAreForgottenWithTheirClients)
{
    constexpr int CLIENTS = 300, AT_ONCE = 3;
    size_t before = 0;
    raw_client clients[AT_ONCE];
    for (uint32_t i = 0; i < CLIENTS; ++i) {
        raw_client &one = clients[i % AT_ONCE];
        one = raw_client();
        ASSERT_EQ(one.meet(socket_path()), "") << i;
        scribbler hostile(&one, _seed + i);
        for (int round = 0; round < 20; ++round)
            hostile.write_something();
        if (i == CLIENTS / 4)
            before = memory();
    }
    EXPECT_LT(memory(), before + allowed(AT_ONCE * KILOBYTES_OF_A_CLIENT));
    for (raw_client &one : clients)
        one = raw_client();
    expect_answers();
    expect_no_harm();
}

TEST_F(LocalHostile, WakingWithoutEndDelaysNobodyElse)
{
    const size_t before = memory();
    std::string many;
    for (int byte = 0; byte < 6000; ++byte)
        many += static_cast<char>(byte % 5);
    std::atomic<bool> over{false};
    const auto wake_all_the_time = [&](const std::string &bytes) {
        raw_client waker;
        EXPECT_EQ(waker.meet(socket_path()), "");
        while (!over) {
            waker.say(bytes);
            std::this_thread::yield();
        }
    };
    const milliseconds worked = processor_time();
    std::thread by_thousands(wake_all_the_time, many), one_by_one(wake_all_the_time, "\1");
    const auto until = steady::now() + std::chrono::seconds(1);
    while (steady::now() < until && !HasFailure()) {
        EXPECT_NE(get_host(OTHERS[0], 1), "no answer");
        std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_LT(processor_time() - worked, milliseconds(700)) << "it hears them all the time";
    over = true;
    by_thousands.join();
    one_by_one.join();
    EXPECT_LT(memory(), before + allowed(2 * KILOBYTES_OF_A_CLIENT));
    expect_no_harm();
}

}  // namespace
}  // namespace lars
