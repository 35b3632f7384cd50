// A comparison with the database beside everything else.
#include "comparing_thread.h"

#include <atomic>
#include <optional>

#include "free_port.h"
#include "reader_fixture.h"
#include "route_gate.h"

namespace lars {
namespace {

using std::chrono::seconds;
using test::wait_until;

class ComparingThread : public test::ReaderTest {
protected:
    ComparingThread() { read(true); }

    status start() { return comparing.start(reader.server(), served); }
    const comparing_thread::result *result()
    {
        EXPECT_TRUE(wait_until([this] { return comparing.ended() != nullptr; }));
        return comparing.ended();
    }
    // The modules that differ, or the error.
    std::string found()
    {
        const auto *ended = result();
        if (!ended || !ended->outcome)
            return ended ? "error: " + ended->outcome.message() : "nothing";
        std::string all;
        for (const module_id &module : ended->found.modules)
            all += (all.empty() ? "" : " ") + std::to_string(module.modid) + "," +
                   std::to_string(module.cmdid);
        return all;
    }
    static bool is_short(std::chrono::steady_clock::time_point since)
    {
        return std::chrono::steady_clock::now() - since < seconds(2);
    }

    std::atomic<int> ends{0};
    comparing_thread comparing{[this] { ++ends; }};
};

TEST_F(ComparingThread, TellsWhichModulesDifferAndHowManyRowsThereAre)
{
    EXPECT_FALSE(comparing.busy());
    ASSERT_TRUE(start());
    EXPECT_EQ(found(), "");
    EXPECT_EQ(result()->found.rows.good, 4u);
    EXPECT_LE(result()->started, result()->ended);
    EXPECT_TRUE(wait_until([this] { return ends == 1; }));
    EXPECT_TRUE(comparing.busy()) << "until it is dropped";

    add(1, "5, 5", false, false);
    db.exec("DELETE FROM RouteData WHERE modid = 1 AND cmdid = 1;"
            "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (8, 8, 0, 80)");
    ASSERT_TRUE(start());
    EXPECT_EQ(found(), "1,1 5,5");
    EXPECT_EQ(result()->found.rows.good, 4u);
    EXPECT_EQ(result()->found.rows.bad, 1u);
    EXPECT_NE(result()->found.rows.bad_row.find("serverip"), std::string::npos);
    comparing.drop();
    EXPECT_FALSE(comparing.busy());
    EXPECT_EQ(comparing.ended(), nullptr);
}

TEST_F(ComparingThread, AFailureIsTheResultAndTheNextOneStartsAfresh)
{
    db.exec("RENAME TABLE RouteData TO away");
    ASSERT_TRUE(start());
    EXPECT_NE(found().find("RouteData"), std::string::npos) << found();
    EXPECT_EQ(result()->outcome.kind(), status_kind::missing);
    db.exec("RENAME TABLE away TO RouteData");
    db_options nowhere = db.options();
    nowhere.port = test::free_port();
    ASSERT_TRUE(comparing.start(nowhere, served));
    EXPECT_EQ(result()->outcome.kind(), status_kind::unavailable) << found();
    ASSERT_TRUE(start());
    EXPECT_EQ(found(), "");
}

TEST_F(ComparingThread, OneThatIsUnderWayIsDroppedAtOnce)
{
    test::route_gate gate(&db);
    gate.close();
    ASSERT_TRUE(start());
    ASSERT_TRUE(gate.holds_somebody());
    EXPECT_EQ(comparing.ended(), nullptr);
    const auto begun = std::chrono::steady_clock::now();
    comparing.drop();
    EXPECT_TRUE(is_short(begun));
    EXPECT_FALSE(comparing.busy());
    EXPECT_EQ(comparing.ended(), nullptr);
    gate.open();
    ASSERT_TRUE(start());
    EXPECT_EQ(found(), "99,99");
}

TEST_F(ComparingThread, ItsEndWaitsForNoComparison)
{
    test::route_gate gate(&db);
    gate.close();
    std::optional<comparing_thread> other(std::in_place, [] {});
    ASSERT_TRUE(other->start(reader.server(), served));
    ASSERT_TRUE(gate.holds_somebody());
    const auto begun = std::chrono::steady_clock::now();
    other.reset();
    EXPECT_TRUE(is_short(begun));
}

}  // namespace
}  // namespace lars
