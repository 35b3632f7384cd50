// The file of the routes last known: when it is read, written and complained about.
#include "remembered_routes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <mutex>

#include "messages.h"
#include "route_file.h"
#include "temp_dir.h"
#include "wait_until.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RememberedRoutes : public testing::Test {
protected:
    remembered_routes file(const std::string &where)
    {
        return {"snapshot", where, [this](log_level, const std::string &line) {
                    const std::lock_guard<std::mutex> lock(mutex);
                    lines.push_back(line);
                }};
    }
    std::vector<std::string> said()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        return lines;
    }
    static std::vector<route_row> rows(const std::string &host, int modules = 1)
    {
        std::vector<route_row> made;
        for (int i = 0; i < modules; ++i)
            made.push_back({{1 + i, 2}, {test::host(host)}});
        return made;
    }
    // Saves, and waits until it is done.
    void save(const std::vector<route_row> &what, uint64_t version = 0)
    {
        remembered_routes routes = file(path);
        routes.load();
        routes.save([what] { return what; }, version, now);
    }
    // The module ids and the only host in the file.
    static std::string contents(const std::string &path)
    {
        route_file found;
        const status s = load_route_file(path, &found);
        if (!s)
            return s.message();
        const size_t count = found.rows.size();
        return std::to_string(count) + " " + (count > 0 ? found.rows[0].host.to_string() : "none");
    }

    test::temp_dir folder;
    std::string path = folder.file("routes");
    std::mutex mutex;
    std::vector<std::string> lines;
    remembered_routes::time_point now{seconds(1000)};
};

TEST_F(RememberedRoutes, WithoutAFileThereIsNothingToLoadAndNothingToSay)
{
    EXPECT_FALSE(file(path).load().has_value());
    EXPECT_FALSE(file("").load().has_value());
    EXPECT_TRUE(lines.empty());
}

TEST_F(RememberedRoutes, WhatIsSavedIsLoaded)
{
    save(rows("10.0.0.1:80"), 1764158400);
    const auto known = file(path).load();
    ASSERT_TRUE(known.has_value());
    ASSERT_EQ(known->routes.size(), 1u);
    EXPECT_EQ(known->routes[0].module, (module_id{1, 2}));
    EXPECT_EQ(known->routes[0].hosts.at(0).address.to_string(), "10.0.0.1:80");
    EXPECT_EQ(known->version, 1764158400u);
    EXPECT_TRUE(lines.empty());
}

TEST_F(RememberedRoutes, WeightsAreRememberedAndADrainedHostIsNotServed)
{
    const module_id module{1, 2};
    save({{module, {{1, 80}, 7}}, {module, {{2, 80}, 0}}, {module, {{3, 80}}}});
    const auto known = file(path).load();
    ASSERT_TRUE(known.has_value());
    ASSERT_EQ(known->routes.size(), 1u);
    EXPECT_EQ(known->routes[0].hosts, (std::vector<route_host>{{{1, 80}, 7}, {{3, 80}}}));
}

TEST_F(RememberedRoutes, ADamagedFileIsRefusedByName)
{
    test::write_text(path, "lars-routes 1 1 0000000000000000\n1 1 10.0.0.1:80\n");
    EXPECT_FALSE(file(path).load().has_value());
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].rfind("snapshot: " + path, 0), 0u) << lines[0];
}

TEST_F(RememberedRoutes, TheGenerationBeforeIsKeptAndTakenWhereTheFileIsDamaged)
{
    save(rows("10.0.0.1:80"));
    save(rows("10.0.0.2:80"));
    EXPECT_EQ(contents(path), "1 10.0.0.2:80");
    EXPECT_EQ(contents(path + "~"), "1 10.0.0.1:80");

    test::write_text(path, "lars-routes 1 1 00");
    const auto known = file(path).load();
    ASSERT_TRUE(known.has_value());
    EXPECT_EQ(known->routes.at(0).hosts.at(0).address.to_string(), "10.0.0.1:80");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_NE(lines[1].find(path + "~ is taken instead"), std::string::npos) << lines[1];

    // What is damaged is no generation.
    save(rows("10.0.0.3:80"));
    EXPECT_EQ(contents(path), "1 10.0.0.3:80");
    EXPECT_EQ(contents(path + "~"), "1 10.0.0.1:80");
}

TEST_F(RememberedRoutes, TheGenerationBeforeIsTakenWhateverHasBecomeOfTheFile)
{
    save(rows("10.0.0.1:80"));
    save(rows("10.0.0.2:80"));
    const size_t length = test::read_text(path).size();
    // What a lost power supply leaves, on some file systems; and what a killed save leaves
    // where two names cannot be exchanged.
    const std::vector<std::function<void()>> accidents = {
        [&] { test::write_text(path, ""); },
        [&] { test::write_text(path, std::string(length, '\0')); },
        [&] { std::filesystem::remove(path); },
    };
    for (const auto &happens : accidents) {
        happens();
        lines.clear();
        const auto known = file(path).load();
        ASSERT_TRUE(known.has_value());
        EXPECT_EQ(known->routes.at(0).hosts.at(0).address.to_string(), "10.0.0.1:80");
        ASSERT_EQ(lines.size(), 2u);
        EXPECT_NE(lines[1].find(path + "~ is taken instead"), std::string::npos) << lines[1];
    }
    save(rows("10.0.0.3:80"));
    EXPECT_EQ(contents(path), "1 10.0.0.3:80");
    EXPECT_EQ(contents(path + "~"), "1 10.0.0.1:80");
}

TEST_F(RememberedRoutes, WhatHasLostMostOfItDoesNotReplaceTheGenerationBefore)
{
    save(rows("10.0.0.1:80", 20));
    for (const std::vector<route_row> &left :
         {std::vector<route_row>(), rows("10.0.0.2:80"), rows("10.0.0.3:80", 2)}) {
        save(left);
        EXPECT_EQ(contents(path + "~"), "20 10.0.0.1:80");
    }
    EXPECT_EQ(contents(path), "2 10.0.0.3:80");
    save(rows("10.0.0.4:80", 15));
    save(rows("10.0.0.5:80", 15));
    EXPECT_EQ(contents(path + "~"), "15 10.0.0.4:80");
}

TEST_F(RememberedRoutes, WhatAKilledSaveHasLeftIsRemovedAndNothingElse)
{
    const std::vector<std::string> kept = {"routes~",       "routes.backup",  "routes.240131",
                                           "routes.Ab1",    "routes.Ab1de2f", "other.Ab1de2",
                                           "routes.Backup", "routes.ab1234",  "routes.AB1234"};
    for (const std::string &name : kept)
        folder.write(name, "");
    folder.write("routes.Ab1de2", "half a file");
    std::filesystem::create_directory(folder.file("routes.Zz9zzz"));
    file(path).load();
    EXPECT_FALSE(std::filesystem::exists(folder.file("routes.Ab1de2")));
    EXPECT_TRUE(std::filesystem::exists(folder.file("routes.Zz9zzz")));
    for (const std::string &name : kept)
        EXPECT_TRUE(std::filesystem::exists(folder.file(name))) << name;
}

TEST_F(RememberedRoutes, ASaveLeavesTheFileAndItsGenerationBeforeAlone)
{
    save(rows("10.0.0.1:80"));
    save(rows("10.0.0.2:80"));
    save(rows("10.0.0.2:80"));
    size_t entries = 0;
    for (const auto &entry : std::filesystem::directory_iterator(folder.path())) {
        ++entries;
        EXPECT_EQ(entry.hard_link_count(), 1u) << "run_lars refuses other names of its files";
    }
    EXPECT_EQ(entries, 2u);
}

TEST_F(RememberedRoutes, AChangeIsDueAtOnceAndTheNextASecondAfterTheSave)
{
    remembered_routes routes = file(path);
    const auto nothing = [] { return std::vector<route_row>(); };
    EXPECT_FALSE(routes.save_due().has_value());
    routes.changed(now);
    EXPECT_EQ(routes.save_due(), now);
    routes.changed(now + milliseconds(500));
    EXPECT_EQ(routes.save_due(), now) << "is due already";
    routes.save(nothing, 0, now);
    EXPECT_FALSE(routes.save_due().has_value());
    routes.changed(now + milliseconds(1));
    EXPECT_EQ(routes.save_due(), now + seconds(1));
    routes.save(nothing, 0, now + seconds(1));
    routes.changed(now + seconds(60));
    EXPECT_EQ(routes.save_due(), now + seconds(60));
}

TEST_F(RememberedRoutes, WithoutAPathNothingIsEverDue)
{
    remembered_routes routes = file("");
    routes.changed(now);
    EXPECT_FALSE(routes.save_due().has_value());
}

TEST_F(RememberedRoutes, WhatCannotBeSavedIsToldOnceAndTriedAgain)
{
    path = folder.file("later/routes");
    remembered_routes routes = file(path);
    const auto save_now = [&](const std::string &host) {
        routes.save([host] { return rows(host); }, 0, now);
    };
    save_now("10.0.0.1:80");
    ASSERT_TRUE(test::wait_until([&] { return said().size() == 1; }));
    save_now("10.0.0.2:80");
    std::filesystem::create_directory(folder.file("later"));
    EXPECT_TRUE(test::wait_until([&] { return contents(path) == "1 10.0.0.2:80"; }));
    EXPECT_EQ(said().size(), 1u);
    std::filesystem::remove_all(folder.file("later"));
    save_now("10.0.0.3:80");
    EXPECT_TRUE(test::wait_until([&] { return said().size() == 2; })) << "it was well in between";
}

}  // namespace
}  // namespace lars
