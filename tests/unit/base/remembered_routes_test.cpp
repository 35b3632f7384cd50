// The file of the routes last known: when it is read, written and complained about.
#include "remembered_routes.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "messages.h"
#include "temp_dir.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RememberedRoutes : public testing::Test {
protected:
    remembered_routes file(const std::string &where)
    {
        return {"snapshot", where,
                [this](log_level, const std::string &line) { lines.push_back(line); }};
    }
    static std::vector<route_row> rows(const std::string &host)
    {
        return {{{1, 2}, {test::host(host)}}};
    }

    test::temp_dir folder;
    std::string path = folder.file("routes");
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
    remembered_routes routes = file(path);
    routes.save(rows("10.0.0.1:80"), now);
    EXPECT_FALSE(routes.save_due().has_value());
    const auto known = file(path).load();
    ASSERT_TRUE(known.has_value());
    ASSERT_EQ(known->size(), 1u);
    EXPECT_EQ(known->at(0).module, (module_id{1, 2}));
    EXPECT_EQ(known->at(0).hosts.at(0).address.to_string(), "10.0.0.1:80");
    EXPECT_TRUE(lines.empty());
}

TEST_F(RememberedRoutes, WeightsAreRememberedAndADrainedHostIsNotServed)
{
    remembered_routes routes = file(path);
    const module_id module{1, 2};
    routes.save({{module, {{1, 80}, 7}}, {module, {{2, 80}, 0}}, {module, {{3, 80}}}}, now);
    const auto known = file(path).load();
    ASSERT_TRUE(known.has_value());
    ASSERT_EQ(known->size(), 1u);
    EXPECT_EQ(known->at(0).hosts, (std::vector<route_host>{{{1, 80}, 7}, {{3, 80}}}));
}

TEST_F(RememberedRoutes, ADamagedFileIsRefusedByName)
{
    test::write_text(path, "lars-routes 1 1 0000000000000000\n1 1 10.0.0.1:80\n");
    EXPECT_FALSE(file(path).load().has_value());
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].rfind("snapshot: " + path, 0), 0u) << lines[0];
}

TEST_F(RememberedRoutes, AChangeIsDueAtOnceAndTheNextASecondAfterTheSave)
{
    remembered_routes routes = file(path);
    EXPECT_FALSE(routes.save_due().has_value());
    routes.changed(now);
    EXPECT_EQ(routes.save_due(), now);
    routes.changed(now + milliseconds(500));
    EXPECT_EQ(routes.save_due(), now) << "is due already";
    routes.save(rows("10.0.0.1:80"), now);
    EXPECT_FALSE(routes.save_due().has_value());
    routes.changed(now + milliseconds(1));
    EXPECT_EQ(routes.save_due(), now + seconds(1));
    routes.save(rows("10.0.0.1:80"), now + seconds(1));
    routes.changed(now + seconds(60));
    EXPECT_EQ(routes.save_due(), now + seconds(60));
}

TEST_F(RememberedRoutes, WithoutAPathNothingIsEverDue)
{
    remembered_routes routes = file("");
    routes.changed(now);
    EXPECT_FALSE(routes.save_due().has_value());
}

TEST_F(RememberedRoutes, WhatCannotBeSavedIsToldOnceAndStaysDue)
{
    remembered_routes routes = file(folder.file("later/routes"));
    for (int i = 0; i < 3; ++i) {
        routes.save(rows("10.0.0.1:80"), now);
        ASSERT_EQ(routes.save_due(), now + seconds(1));
        now += seconds(1);
    }
    EXPECT_EQ(lines.size(), 1u);
    std::filesystem::create_directory(folder.file("later"));
    routes.save(rows("10.0.0.1:80"), now);
    EXPECT_FALSE(routes.save_due().has_value());
    std::filesystem::remove_all(folder.file("later"));
    routes.save(rows("10.0.0.1:80"), now);
    EXPECT_EQ(lines.size(), 2u) << "it was well in between";
}

}  // namespace
}  // namespace lars
