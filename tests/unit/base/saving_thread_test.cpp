// Saving in a thread of its own: nobody waits for a disk.
#include "saving_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "wait_until.h"

namespace lars {
namespace {

struct said_lines {
    log_sink sink()
    {
        return [this](log_level, const std::string &line) {
            const std::lock_guard<std::mutex> lock(mutex);
            lines.push_back(line);
        };
    }
    std::mutex mutex;
    std::vector<std::string> lines;
};

TEST(SavingThread, WhileTheDiskIsSlowNobodyWaitsAndOnlyTheNewestIsSavedNext)
{
    said_lines said;
    std::promise<void> answer;
    std::shared_future<void> disk = answer.get_future().share();
    std::atomic<bool> begun{false};
    std::vector<int> saved;  // the saving thread's until it has ended
    {
        saving_thread saving("snapshot", said.sink());
        saving.save([&saved, &begun, disk] {
            begun = true;
            disk.wait();
            saved.push_back(1);
            return status();
        });
        ASSERT_TRUE(test::wait_until([&] { return begun.load(); }));
        for (int i = 2; i <= 5; ++i) {
            saving.save([&saved, i] {
                saved.push_back(i);
                return status();
            });
        }
        answer.set_value();
    }
    EXPECT_EQ(saved, (std::vector<int>{1, 5}));
    EXPECT_TRUE(said.lines.empty());
}

TEST(SavingThread, WhereTheDiskNeverAnswersTheThreadIsLeftBehind)
{
    // Outlives the test: the thread uses it to the last.
    static std::promise<void> answer;
    static std::shared_future<void> disk = answer.get_future().share();
    const auto ended = std::make_shared<std::atomic<bool>>(false);
    said_lines said;
    {
        saving_thread saving("snapshot", said.sink());
        saving.save([ended] {
            disk.wait();
            *ended = true;
            return status();
        });
    }
    ASSERT_EQ(said.lines.size(), 1u);
    EXPECT_NE(said.lines[0].find("snapshot: the disk does not answer"), std::string::npos);
    answer.set_value();
    EXPECT_TRUE(test::wait_until([&] { return ended->load(); }));
}

TEST(SavingThread, WhatFailsIsTriedAgainUntilItSucceeds)
{
    said_lines said;
    std::atomic<int> tries{0};
    saving_thread saving("snapshot", said.sink());
    saving.save([&tries] { return ++tries < 3 ? status::error("no room") : status(); });
    EXPECT_TRUE(test::wait_until([&] { return tries == 3; }));
    const std::lock_guard<std::mutex> lock(said.mutex);
    EXPECT_EQ(said.lines, (std::vector<std::string>{"snapshot: no room"}));
}

TEST(SavingThread, AtTheEndAFailureIsNotTriedForEver)
{
    said_lines said;
    std::atomic<int> tries{0};
    {
        saving_thread saving("snapshot", said.sink());
        saving.save([&tries] {
            ++tries;
            return status::error("no room");
        });
    }
    EXPECT_GE(tries, 1);
    EXPECT_LE(tries, 2);
}

}  // namespace
}  // namespace lars
