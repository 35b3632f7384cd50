// lars_route export and import, and the record of what lars_route does.
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "lars_route_fixture.h"
#include "terminal.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace lars::test;
using rows = std::vector<std::vector<std::string>>;

class LarsRouteTransfer : public LarsRouteTest {
protected:
    void SetUp() override
    {
        LarsRouteTest::SetUp();
        good({"add", "1", "2", "10.0.0.2:80", "10.0.0.1:80@50"});
        good({"add", "-1", "4294967295", "10.0.0.3:80@0"});
    }
    std::string list() { return good({"list"}); }
    std::string version() { return _database.value("SELECT version FROM RouteVersion"); }

    const std::string _csv = _folder.file("routes.csv");
    const std::string _json = _folder.file("routes.json");
    const std::string _header = "modid,cmdid,host,port,weight\n";
};

TEST_F(LarsRouteTransfer, WhatIsExportedCanBeImportedAgain)
{
    const std::string before = list();
    EXPECT_EQ(good({"export", _csv}), "2 modules and 3 hosts in " + _csv + "\n");
    EXPECT_EQ(read_text(_csv), _header + "-1,-1,10.0.0.3,80,0\n1,2,10.0.0.1,80,50\n"
                                         "1,2,10.0.0.2,80,100\n");
    EXPECT_EQ(good({"export", "-", "--format", "csv"}), read_text(_csv));
    good({"export", _json});
    EXPECT_EQ(good({"export", "--format", "json", "-"}), read_text(_json));
    EXPECT_EQ(changes(), "2") << "an export changes nothing";
    for (const std::string &file : {_csv, _json}) {
        good({"clear", "--yes"});
        const std::string output = good({"import", file, "--yes"});
        EXPECT_NE(output.find("imported: 2 modules and 3 hosts are all that there is\n"),
                  std::string::npos)
            << output;
        EXPECT_EQ(list(), before);
        const std::string now = version();
        EXPECT_EQ(good({"import", file, "--yes"}),
                  "the database holds exactly these routes already\n");
        EXPECT_EQ(version(), now);
    }
}

TEST_F(LarsRouteTransfer, AFileIsReplacedInOneStepAndNothingElseIs)
{
    _folder.write("routes.csv", "mine");
    EXPECT_NE(not_all({"export", "/dev/full", "--format", "csv"}).find("/dev/full"),
              std::string::npos);
    good({"export", _csv});
    EXPECT_NE(read_text(_csv), "mine");
    EXPECT_EQ(run("/bin/ls", {_folder.file("")}).output, "lars_dns.conf\nroutes.csv\n");
}

TEST_F(LarsRouteTransfer, AnImportShowsWhatItChangesAndIsOneChange)
{
    _database.exec("DELETE FROM RouteChange; DELETE FROM RouteAudit");
    _folder.write("routes.csv", _header + "1,2,10.0.0.1,80,60\n1,2,10.0.0.9,80\n3,3,10.0.0.1,80\n");
    EXPECT_EQ(good({"import", _csv, "--note", "from the plan", "--yes"}),
              "10.0.0.3:80@0 goes from -1 -1\n"
              "10.0.0.1:80 in 1 2 gets weight 60, it has 50\n"
              "10.0.0.2:80 goes from 1 2\n"
              "10.0.0.9:80 comes to 1 2\n"
              "10.0.0.1:80 comes to 3 3\n"
              "In all, of 3 modules: 2 come, 2 go, 1 get another weight.\n"
              "imported: 2 modules and 3 hosts are all that there is\n");
    EXPECT_EQ(list(), "1 2 10.0.0.1:80@60\n1 2 10.0.0.9:80\n3 3 10.0.0.1:80\n");
    EXPECT_EQ(changes(), "3");
    EXPECT_EQ(_database.query("SELECT modid, action, before_hosts, after_hosts, note"
                              " FROM RouteAudit ORDER BY id"),
              (rows{{"4294967295", "import", "10.0.0.3:80@0", "", "from the plan"},
                    {"1", "import", "10.0.0.1:80@50,10.0.0.2:80@100",
                     "10.0.0.1:80@60,10.0.0.9:80@100", "from the plan"},
                    {"3", "import", "", "10.0.0.1:80@100", "from the plan"}}));
}

TEST_F(LarsRouteTransfer, MoreThanSomeTensOfLinesAreCounted)
{
    std::string text = _header;
    for (int i = 1; i <= 60; ++i)
        text += "7," + std::to_string(i) + ",10.0.0.1,80,100\n";
    _folder.write("routes.csv", text);
    const std::string output = good({"import", _csv, "--yes"});
    EXPECT_NE(output.find("10.0.0.1:80 comes to 7 37\n... and 23 lines more\n"), std::string::npos)
        << output;
    EXPECT_NE(output.find("More than half of all modules lose their route: 2 of 2.\n"),
              std::string::npos)
        << output;
}

TEST_F(LarsRouteTransfer, AnImportAsksOnTheTerminal)
{
    _folder.write("routes.csv", _header + "1,2,10.0.0.1,80,60\n");
    const std::string before = list();
    const run_result refused = route({"import", _csv});
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_NE(refused.output.find("--yes"), std::string::npos) << refused.output;

    terminal typed;
    typed.type("no");
    const run_result no = typed.run(bin_path("lars_route"), {"-c", _config, "import", _csv});
    EXPECT_EQ(no.exit_status, 1);
    EXPECT_NE(no.output.find("nothing is changed"), std::string::npos) << no.output;
    EXPECT_EQ(list(), before);
    typed.type("yes");
    const run_result yes = typed.run(bin_path("lars_route"), {"-c", _config, "import", _csv});
    EXPECT_EQ(yes.exit_status, 0);
    EXPECT_NE(yes.output.find("Type yes to change " + _database.options().describe() + " so: "),
              std::string::npos)
        << yes.output;
    EXPECT_EQ(list(), "1 2 10.0.0.1:80@60\n");
    // There the routes come from where the answer would.
    EXPECT_EQ(typed.run(bin_path("lars_route"), {"-c", _config, "import", "-", "--format", "csv"})
                  .exit_status,
              2);
}

TEST_F(LarsRouteTransfer, WhatSomebodyElseDoesWhileItAsksIsAConflict)
{
    _folder.write("routes.csv", _header + "1,2,10.0.0.1,80,60\n");
    terminal typed;
    process import;
    ASSERT_TRUE(import.start("/bin/bash", {"-c", "exec \"$0\" \"$@\" <" + typed.name(),
                                           bin_path("lars_route"), "-c", _config, "import", _csv}));
    ASSERT_TRUE(import.wait_for_output("Type yes"));
    good({"add", "9", "9", "10.0.0.9:80"});
    const std::string before = list();
    typed.type("yes");
    EXPECT_EQ(import.wait_exit(), 1);
    EXPECT_NE(import.output().find("somebody else has changed routes meanwhile"), std::string::npos)
        << import.output();
    EXPECT_EQ(list(), before);
}

TEST_F(LarsRouteTransfer, AListFromStandardInput)
{
    const run_result done =
        run("/bin/bash",
            {"-c",
             "printf '[{\"modid\":4,\"cmdid\":5,\"hosts\":[{\"host\":\"10.0.0.1:80\"}]}]' |"
             " \"$0\" -c \"$1\" import - --format json --yes",
             bin_path("lars_route"), _config});
    EXPECT_EQ(done.exit_status, 0) << done.output;
    EXPECT_EQ(list(), "4 5 10.0.0.1:80\n");
}

TEST_F(LarsRouteTransfer, WrongListsAreNamedAndChangeNothing)
{
    const std::string before = list();
    const auto failing = [this](const words &arguments, const std::string &named, int status = 1) {
        const run_result result = route(arguments);
        EXPECT_EQ(result.exit_status, status) << result.output;
        const std::string first_line = result.output.substr(0, result.output.find('\n'));
        EXPECT_NE(first_line.find(named), std::string::npos) << result.output;
    };
    _folder.write("routes.csv", _header + "1,2,10.0.0.1,80,60\n1,x,10.0.0.1,80,60\n");
    failing({"import", _csv, "--yes"}, _csv + ": line 3: cmdid 'x' is not an id");
    _folder.write("routes.json", R"([{"modid":1,"cmdid":2,"hosts":[{"host":"x"}]}])");
    failing({"import", _json, "--yes"}, _json + ": [0].hosts[0].host: 'x' is not a host");
    failing({"import", _folder.file("none.csv"), "--yes"}, _folder.file("none.csv"));
    failing({"import", _folder.file(""), "--yes", "--format", "csv"}, _folder.file(""));
    failing({"import", "routes"}, "'routes' ends with neither .csv nor .json", 2);
    failing({"export", "-"}, "'-' ends with neither", 2);
    failing({"export", "a.csv", "--format", "xml"}, "'xml' is not csv or json", 2);
    failing({"export", "a.csv", "b.csv"}, "export needs one file", 2);
    failing({"import"}, "import needs one file", 2);
    failing({"export", "a.csv", "--yes"}, "export takes no --yes", 2);
    failing({"list", "--note", "x"}, "list takes no --note", 2);
    failing({"add", "1", "1", "10.0.0.1:80", "--format", "csv"}, "add takes no --format", 2);
    failing({"accept", "--note"}, "--note needs a word", 2);
    failing({"accept", "--note", "a", "--note", "b"}, "--note is given twice", 2);
    failing({"accept", "--note", "a\nb"}, "the note holds a control character", 2);
    failing({"accept", "--note", std::string(256, 'x')}, "256 characters", 2);
    EXPECT_EQ(list(), before);
}

TEST_F(LarsRouteTransfer, EachChangeIsRecordedWithWhoAndWhy)
{
    _database.exec("DELETE FROM RouteAudit");
    good({"--note", "it's \"due\"", "drain", "1", "2", "10.0.0.2:80"});
    good({"accept", "--note", "\xe6\x9c\x8d"});
    good({"clear", "--yes", "--note", "away"});
    const std::string user = run("/usr/bin/id", {"-un"}).output;
    char host[256];
    ASSERT_EQ(gethostname(host, sizeof host), 0);
    const std::string who = (user.substr(0, user.size() - 1) + "@" + host).substr(0, 64);
    EXPECT_EQ(_database.query("SELECT who, action, note FROM RouteAudit ORDER BY id"),
              (rows{{who, "drain", "it's \"due\""},
                    {who, "accept", "\xe6\x9c\x8d"},
                    {who, "clear", "away"},
                    {who, "clear", "away"}}));
}

TEST_F(LarsRouteTransfer, WithoutTheRecordOnlyWhoGivesANoteIsTold)
{
    _database.exec("DROP TABLE RouteAudit");
    EXPECT_EQ(good({"add", "5", "5", "10.0.0.1:80"}), "10.0.0.1:80 added to 5 5\n");
    const std::string output = good({"add", "5", "6", "10.0.0.1:80", "--note", "why"});
    EXPECT_NE(output.find("the change is made, and not recorded"), std::string::npos) << output;
    EXPECT_NE(output.find("base/sql/upgrade.sql"), std::string::npos) << output;
}

}  // namespace
}  // namespace lars
