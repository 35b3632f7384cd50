// Weights by lars_route: given, changed, shown and refused.
#include "lars_route_fixture.h"

namespace lars {
namespace {

using namespace lars::test;

class LarsRouteWeights : public LarsRouteTest {};

TEST_F(LarsRouteWeights, WeightsAreGivenWithAHostAndShown)
{
    good({"add", "1", "1", "10.0.0.1:80@50", "10.0.0.2:80", "10.0.0.3:80@0", "10.0.0.4:80@100"});
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80@50\n1 1 10.0.0.2:80\n1 1 10.0.0.3:80@0\n"
                              "1 1 10.0.0.4:80\n");
    EXPECT_EQ(changes(), "1");
    // One that is there keeps its weight.
    EXPECT_EQ(good({"add", "1", "1", "10.0.0.1:80@60", "10.0.0.2:80@7", "10.0.0.1:80@60"}),
              "10.0.0.1:80 is already in 1 1, with weight 50\n"
              "10.0.0.2:80 is already in 1 1, with weight 100\n");
    EXPECT_EQ(good({"add", "1", "1", "10.0.0.1:80", "10.0.0.3:80"}),
              "10.0.0.1:80 is already in 1 1, with weight 50\n"
              "10.0.0.3:80 is already in 1 1, with weight 0\n");
    EXPECT_EQ(good({"add", "1", "1", "10.0.0.1:80@50"}), "10.0.0.1:80 is already in 1 1\n");
    EXPECT_EQ(changes(), "1");
    EXPECT_EQ(good({"del", "1", "1", "10.0.0.1:80"}), "10.0.0.1:80 removed from 1 1\n");
    EXPECT_EQ(good({"list", "1", "1"}), "1 1 10.0.0.2:80\n1 1 10.0.0.3:80@0\n1 1 10.0.0.4:80\n");
}

TEST_F(LarsRouteWeights, AWeightIsChangedAndTheChangeIsNotedOnce)
{
    good({"add", "1", "1", "10.0.0.1:80", "10.0.0.2:80"});
    good({"add", "1", "2", "10.0.0.1:80"});
    const std::string version = _database.value("SELECT version FROM RouteVersion");
    EXPECT_EQ(good({"weight", "1", "1", "10.0.0.1:80", "4294967295"}),
              "10.0.0.1:80 in 1 1 has weight 4294967295 now, it had 100\n");
    EXPECT_EQ(_database.query("SELECT modid, cmdid FROM RouteChange ORDER BY id"),
              (std::vector<words>{{"1", "1"}, {"1", "2"}, {"1", "1"}}));
    EXPECT_EQ(_database.value("SELECT version > " + version + " FROM RouteVersion"), "1");
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80@4294967295\n1 1 10.0.0.2:80\n1 2 10.0.0.1:80\n");
    EXPECT_EQ(good({"weight", "1", "1", "10.0.0.1:80", "4294967295"}),
              "10.0.0.1:80 in 1 1 has weight 4294967295 already\n");
    EXPECT_EQ(not_all({"weight", "1", "1", "10.0.0.3:80", "5"}),
              "lars_route: 10.0.0.3:80 is not in 1 1\n");
    EXPECT_EQ(changes(), "3");
}

TEST_F(LarsRouteWeights, HostsAreDrainedAndUndrainedTogether)
{
    good({"add", "1", "1", "10.0.0.1:80", "10.0.0.2:80@50", "10.0.0.3:80@7"});
    EXPECT_EQ(
        not_all({"drain", "1", "1", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.9:80"}),
        "10.0.0.1:80 in 1 1 has weight 0 now, it had 100\n"
        "10.0.0.2:80 in 1 1 has weight 0 now, it had 50\nlars_route: 10.0.0.9:80 is not in 1 1\n");
    EXPECT_EQ(changes(), "2");
    EXPECT_EQ(good({"drain", "1", "1", "10.0.0.1:80"}),
              "10.0.0.1:80 in 1 1 has weight 0 already\n");
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80@0\n1 1 10.0.0.2:80@0\n1 1 10.0.0.3:80@7\n");
    EXPECT_EQ(changes(), "2");
    EXPECT_EQ(not_all({"undrain", "1", "1", "10.0.0.1:80", "10.0.0.2:80@60", "10.0.0.3:80",
                       "10.0.0.9:80"}),
              "10.0.0.1:80 in 1 1 has weight 100 now, it had 0\n"
              "10.0.0.2:80 in 1 1 has weight 60 now, it had 0\n"
              "10.0.0.3:80 in 1 1 is not drained: it has weight 7\nlars_route: 10.0.0.9:80 is not "
              "in 1 1\n");
    EXPECT_EQ(changes(), "3");
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80\n1 1 10.0.0.2:80@60\n1 1 10.0.0.3:80@7\n");
    EXPECT_EQ(good({"undrain", "1", "1", "10.0.0.1:80"}),
              "10.0.0.1:80 in 1 1 has weight 100 already\n");
    EXPECT_EQ(changes(), "3");
}

TEST_F(LarsRouteWeights, OfARowThatStandsTwiceTheLowestWeightIsShownAndAllAreChanged)
{
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight) VALUES "
                   "(1, 1, 167772161, 80, 50), (1, 1, 167772161, 80, 0), (1, 1, 167772161, 80, 7)");
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80@0\n");
    good({"undrain", "1", "1", "10.0.0.1:80@20"});
    EXPECT_EQ(_database.value("SELECT GROUP_CONCAT(weight) FROM RouteData"), "20,20,20");
}

TEST_F(LarsRouteWeights, AWeightThatCannotBeNotedIsNotChanged)
{
    good({"add", "1", "1", "10.0.0.1:80", "10.0.0.2:80"});
    _database.exec("DROP TABLE RouteChange");
    EXPECT_EQ(route({"drain", "1", "1", "10.0.0.1:80", "10.0.0.2:80"}).exit_status, 1);
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80\n1 1 10.0.0.2:80\n");
}

TEST_F(LarsRouteWeights, WrongWeightsAreNamedAndRefusedWithStatusTwo)
{
    const std::vector<std::pair<words, std::string>> wrong = {
        {{"weight", "1", "1"}, "IP:PORT"},
        {{"weight", "1", "1", "10.0.0.1:80"}, "WEIGHT"},
        {{"weight", "1", "1", "10.0.0.1:80", "5", "6"}, "WEIGHT"},
        {{"weight", "1", "1", "10.0.0.1:80", "x"}, "'x'"},
        {{"weight", "1", "1", "10.0.0.1:80", "-1"}, "'-1'"},
        {{"weight", "1", "1", "10.0.0.1:80", ""}, "''"},
        {{"weight", "1", "1", "10.0.0.1:80", "4294967296"}, "'4294967296'"},
        {{"weight", "1", "1", "10.0.0.1:80", "5@5"}, "'5@5'"},
        {{"weight", "1", "1", "10.0.0.1:80@5", "5"}, "'10.0.0.1:80@5'"},
        {{"weight", "1", "1", "10.0.0.1", "5"}, "'10.0.0.1'"},
        {{"weight", "1", "y", "10.0.0.1:80", "5"}, "'y'"},
        {{"del", "1", "1", "10.0.0.1:80@5"}, "'10.0.0.1:80@5'"},
        {{"drain", "1", "1", "10.0.0.1:80@0"}, "'10.0.0.1:80@0'"},
        {{"drain", "1", "1"}, "IP:PORT"},
        {{"drain", "1"}, "CMDID"},
        {{"undrain", "1", "1"}, "IP:PORT"},
        {{"undrain", "1", "1", "10.0.0.1:80@0"}, "'10.0.0.1:80@0'"},
        {{"undrain", "1", "1", "10.0.0.1:80@"}, "'10.0.0.1:80@'"},
        {{"undrain", "1", "1", "10.0.0.1:80@1", "10.0.0.1:80"}, "'10.0.0.1:80'"},
        {{"add", "1", "1", "10.0.0.1:80@-1"}, "'10.0.0.1:80@-1'"},
        {{"add", "1", "1", "10.0.0.1:80@4294967296"}, "'10.0.0.1:80@4294967296'"},
        {{"add", "1", "1", "10.0.0.1:80@5", "10.0.0.1:80@6"}, "'10.0.0.1:80@6'"},
        {{"list", "1", "1", "10.0.0.1:80"}, "'10.0.0.1:80'"},
    };
    good({"add", "1", "1", "10.0.0.1:80"});
    for (const auto &[arguments, named] : wrong) {
        const run_result result = route(arguments);
        EXPECT_EQ(result.exit_status, 2) << testing::PrintToString(arguments);
        const std::string first_line = result.output.substr(0, result.output.find('\n'));
        EXPECT_NE(first_line.find(named), std::string::npos) << first_line;
    }
    EXPECT_EQ(changes(), "1");
}

TEST_F(LarsRouteWeights, WithoutTheColumnOnlyAWeightFailsAndSaysWhatToDo)
{
    _database.exec("ALTER TABLE RouteData DROP COLUMN weight");
    good({"add", "1", "1", "10.0.0.1:80"});
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80\n");
    EXPECT_EQ(good({"undrain", "1", "1", "10.0.0.1:80"}),
              "10.0.0.1:80 in 1 1 has weight 100 already\n");
    for (const words &weighted : {words{"add", "1", "1", "10.0.0.2:80@50"},
                                  {"weight", "1", "1", "10.0.0.1:80", "50"},
                                  {"drain", "1", "1", "10.0.0.1:80"}}) {
        const run_result result = route(weighted);
        EXPECT_EQ(result.exit_status, 1) << result.output;
        EXPECT_NE(result.output.find("load base/sql/upgrade.sql into the database"),
                  std::string::npos)
            << result.output;
        EXPECT_EQ(result.output.find("schema.sql"), std::string::npos) << result.output;
    }
    EXPECT_EQ(changes(), "1");
    good({"del", "1", "1", "10.0.0.1:80"});
    good({"add", "1", "1", "10.0.0.1:80"});
    _database.load(source_path("base/sql/upgrade.sql"));
    good({"drain", "1", "1", "10.0.0.1:80"});
    EXPECT_EQ(good({"list"}), "1 1 10.0.0.1:80@0\n");
}

TEST_F(LarsRouteWeights, AllVerbsAreInTheUsageAndInThatOfRunLars)
{
    const std::string own = good({"--help"});
    const std::string of_run_lars = run(source_path("run_lars"), {"help"}).output;
    for (const char *verb :
         {"list [MODID CMDID]", "add MODID CMDID IP:PORT[@WEIGHT]...",
          "del MODID CMDID [IP:PORT...]", "weight MODID CMDID IP:PORT WEIGHT",
          "drain MODID CMDID IP:PORT...", "undrain MODID CMDID IP:PORT[@WEIGHT]...",
          "clear [--yes]", "export LIST|-", "import LIST|-"}) {
        EXPECT_NE(own.find("[-c FILE] " + std::string(verb)), std::string::npos) << own;
        EXPECT_NE(of_run_lars.find("  route " + std::string(verb)), std::string::npos)
            << of_run_lars;
    }
}

}  // namespace
}  // namespace lars
