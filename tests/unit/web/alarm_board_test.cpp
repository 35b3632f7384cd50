#include "alarm_board.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

complaint about(const std::string &rule, const std::string &subject, int patience)
{
    return {rule,
            subject,
            module_id{1, 2},
            rule + " of " + subject,
            {{"calls", "5"}},
            std::chrono::seconds(patience)};
}

class AlarmBoard : public testing::Test {
protected:
    std::string told;
    alarm_board board{[this](const alarm_event &event) {
        told += (event.until ? "end " : "begin ") + event.what.rule + ";";
    }};
};

TEST_F(AlarmBoard, WhatIsComplainedOfForLongEnoughIsAnAlarm)
{
    board.update({"a"}, {about("a", "x", 10)}, 100);
    board.update({"a"}, {about("a", "x", 10)}, 109);
    EXPECT_EQ(told, "");
    board.update({"a"}, {about("a", "x", 10)}, 110);
    EXPECT_EQ(told, "begin a;");
    ASSERT_EQ(board.active().size(), 1u);
    EXPECT_EQ(board.active()[0].since, 100) << "it was wrong since then";
    board.update({"a"}, {about("a", "x", 10)}, 120);
    board.update({"a"}, {}, 130);
    EXPECT_EQ(told, "begin a;end a;");
    EXPECT_TRUE(board.active().empty());
    EXPECT_EQ(board.past()[0].until, 130);
}

TEST_F(AlarmBoard, AComplaintThatPausesBeginsAnew)
{
    board.update({"a"}, {about("a", "x", 10)}, 100);
    board.update({"a"}, {}, 105);
    board.update({"a"}, {about("a", "x", 10)}, 110);
    board.update({"a"}, {about("a", "x", 10)}, 119);
    EXPECT_EQ(told, "");
}

TEST_F(AlarmBoard, AWatcherEndsOnlyTheAlarmsOfItsRules)
{
    board.update({"a"}, {about("a", "x", 0)}, 100);
    board.update({"b"}, {about("b", "x", 0)}, 100);
    board.update({"b"}, {}, 101);
    EXPECT_EQ(told, "begin a;begin b;end b;");
    EXPECT_EQ(board.active().size(), 1u);
}

TEST_F(AlarmBoard, KeepsAThousandThatAreOver)
{
    for (int i = 0; i < 1100; ++i) {
        board.update({"a"}, {about("a", std::to_string(i), 0)}, i);
    }
    board.update({"a"}, {}, 2000);
    EXPECT_EQ(board.past().size(), 1000u);
}

TEST_F(AlarmBoard, IsReadBackAsItWasSaved)
{
    board.update({"a"}, {about("a", "x", 0), about("a", "y", 0)}, 100);
    board.update({"a"}, {}, 200);
    alarm_board other{[](const alarm_event &) {}};
    other.restore(board.save(), {"a"});
    ASSERT_EQ(other.past().size(), 2u);
    for (size_t i = 0; i < 2; ++i)
        EXPECT_EQ(to_json(other.past()[i]), to_json(board.past()[i]));
    other.update({"a"}, {about("a", "z", 0)}, 300);
    EXPECT_EQ(other.active()[0].id, 3u) << "ids are never used again";
}

TEST_F(AlarmBoard, OneThatLastedIsTakenUpWhereItWas)
{
    const std::vector<complaint> all = {about("a", "x", 10), about("a", "y", 10),
                                        about("gone", "z", 0)};
    board.update({"a", "gone"}, all, 100);
    board.update({"a", "gone"}, all, 110);
    ASSERT_EQ(board.active().size(), 3u);
    std::string heard;
    alarm_board other{[&heard](const alarm_event &event) {
        heard += (event.until ? "end " : "begin ") + event.what.subject + " " +
                 std::to_string(event.id) + ";";
    }};
    other.restore(board.save(), {"a"});
    EXPECT_EQ(other.active().size(), 2u) << "nobody would end the one of another rule";
    other.update({"a"}, {about("a", "y", 10), about("a", "w", 0)}, 200);
    EXPECT_EQ(heard, "begin w 4;end x 2;") << "y goes on, and no id comes twice";
    EXPECT_EQ(other.past()[0].since, 100);
    EXPECT_EQ(other.past()[0].until, 200);
}

// The file may be anybody's.
TEST_F(AlarmBoard, LinesThatMakeNoSenseAreLeftOut)
{
    const std::string good =
        R"("id": 4, "rule": "a", "subject": "x", "text": "t", "since": 1, "until": 2)";
    board.restore(
        "\nnonsense\n[]\n5\nnull\n{}\n{\"id\": 4}\n" + std::string(5000, '[') + "\n{" + good +
            R"(, "module": "x", "values": 5})" + "\n{" + good +
            R"(, "module": [1, "y"], "values": {"calls": 7, "text": "z"}})" + "\n{" + good +
            R"(, "module": [5000000000, 1], "values": []})" + "\n" +
            R"({"id": -4, "rule": "a", "subject": "x", "text": "t", "since": 1, "until": 2})" +
            "\n" +
            R"({"id": 4503599627370497, "rule": "a", "subject": "x", "text": "t", "since": 1,)"
            R"( "until": 2})"
            "\n" +
            R"({"id": 5, "rule": "a", "subject": "x", "text": "t", "since": 1, "until": "x"})"
            "\n",
        {"a"});
    EXPECT_TRUE(board.active().empty());
    ASSERT_EQ(board.past().size(), 3u);
    for (const alarm_event &event : board.past()) {
        EXPECT_EQ(event.what.subject, "x");
        EXPECT_FALSE(event.what.module);
    }
    EXPECT_EQ(board.past()[1].what.values, (std::map<std::string, std::string>{{"text", "z"}}));
}

}  // namespace
}  // namespace lars
