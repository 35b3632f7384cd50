// Edits that say what they expect, and the record of all edits, in a real database.
#include "route_editor.h"

#include <gtest/gtest.h>

#include "database.h"
#include "route_audit.h"

namespace lars {
namespace {

using rows = std::vector<std::vector<std::string>>;
using hosts = std::vector<route_host>;

route_host host(const std::string &text)
{
    return route_host::parse(text).value();
}

class RouteEditor : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(_client.connect()); }

    void add(const module_id &module, const hosts &some)
    {
        hosts added, present;
        const status s = _editor.add({module, some}, &added, &present);
        ASSERT_TRUE(s) << s.message();
    }
    // What the module has, as the record would show it.
    std::string held(const module_id &module)
    {
        hosts present;
        const status s = _editor.read(module, &present);
        EXPECT_TRUE(s) << s.message();
        return audit_text(present);
    }
    edit_outcome apply(const std::vector<route_edit> &edits, edit_action action)
    {
        edit_outcome outcome;
        const status s = _editor.apply(edits, action, &outcome);
        EXPECT_TRUE(s) << s.message();
        return outcome;
    }
    edit_outcome undo(const module_id &module)
    {
        std::vector<audit_entry> change;
        std::vector<route_edit> edits;
        status s = last_audit(&_client, module, &change);
        if (s)
            s = edits_to_undo(change, &edits);
        EXPECT_TRUE(s) << s.message();
        return apply(edits, edit_action::undo);
    }
    rows audit(const std::string &columns = "who, modid, cmdid, action, before_hosts, after_hosts,"
                                            " note")
    {
        return _database.query("SELECT " + columns + " FROM RouteAudit ORDER BY id");
    }
    std::string state()
    {
        return _database.value("SELECT CONCAT_WS(' ', (SELECT COUNT(*) FROM RouteAudit),"
                               " (SELECT COUNT(*) FROM RouteChange),"
                               " (SELECT version FROM RouteVersion))");
    }

    test::database _database;
    db_client _client{_database.options()};
    route_editor _editor{&_client, {"ann's \\", "why \xe6\x9c\x8d"}};
    const module_id _one{1, 1}, _two{-1, 2};
    const hosts _a{host("10.0.0.1:80")}, _b{host("10.0.0.2:80@50")};
};

TEST_F(RouteEditor, EveryChangeIsRecordedAndNothingElse)
{
    hosts done;
    route_editor::counts all;
    add(_two, {host("10.0.0.2:80@50"), host("10.0.0.1:80")});
    add(_two, _a);
    ASSERT_TRUE(
        _editor.set_weights({_two, {host("10.0.0.1:80@7")}}, route_editor::whose::all, &done));
    ASSERT_TRUE(
        _editor.set_weights({_two, {host("10.0.0.1:80@0")}}, route_editor::whose::all, &done));
    ASSERT_TRUE(_editor.set_weights({_two, {host("10.0.0.1:80"), host("10.0.0.2:80")}},
                                    route_editor::whose::drained, &done));
    ASSERT_TRUE(_editor.remove({_two, _b}, &done));
    ASSERT_TRUE(_editor.remove({_two, _b}, &done));
    ASSERT_TRUE(_editor.accept());
    ASSERT_TRUE(_editor.clear(&all));
    const auto entry = [](const char *action, const char *before, const char *after) {
        const bool none = std::string(action) == "accept";
        return std::vector<std::string>{
            "ann's \\", none ? "0" : "4294967295", none ? "0" : "2", action, before,
            after,      "why \xe6\x9c\x8d"};
    };
    EXPECT_EQ(
        audit(),
        (rows{entry("add", "", "10.0.0.1:80@100,10.0.0.2:80@50"),
              entry("weight", "10.0.0.1:80@100,10.0.0.2:80@50", "10.0.0.1:80@7,10.0.0.2:80@50"),
              entry("drain", "10.0.0.1:80@7,10.0.0.2:80@50", "10.0.0.1:80@0,10.0.0.2:80@50"),
              entry("undrain", "10.0.0.1:80@0,10.0.0.2:80@50", "10.0.0.1:80@100,10.0.0.2:80@50"),
              entry("del", "10.0.0.1:80@100,10.0.0.2:80@50", "10.0.0.1:80@100"),
              entry("accept", "", ""), entry("clear", "10.0.0.1:80@100", "")}));
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteAudit WHERE ts BETWEEN"
                              " UNIX_TIMESTAMP() - 60 AND UNIX_TIMESTAMP()"),
              "7");
    EXPECT_TRUE(_editor.unrecorded());
}

TEST_F(RouteEditor, WhatFailsIsNotRecordedEither)
{
    add(_one, _a);
    const std::string before = state();
    _database.exec("ALTER TABLE RouteData ADD CONSTRAINT no_two CHECK (serverip <> 167772162)");
    hosts added, present;
    EXPECT_FALSE(_editor.add({_one, _b}, &added, &present));
    edit_outcome outcome;
    EXPECT_FALSE(_editor.apply({{_one, _a, _b}}, edit_action::weight, &outcome));
    EXPECT_EQ(state(), before);
    EXPECT_EQ(held(_one), audit_text(_a));
}

TEST_F(RouteEditor, WithoutTheTableChangesAreMadeAndSayThatTheyAreNotRecorded)
{
    _database.exec("DROP TABLE RouteAudit");
    add(_one, _a);
    EXPECT_EQ(_editor.unrecorded().kind(), status_kind::missing);
    EXPECT_TRUE(apply({{_one, _a, {}}, {_two, {}, _a}}, edit_action::move).applied);
    EXPECT_EQ(_editor.unrecorded().kind(), status_kind::missing);
    EXPECT_EQ(held(_two), "10.0.0.1:80@100");
    route_editor::counts all;
    ASSERT_TRUE(_editor.clear(&all));
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
    std::vector<audit_entry> entries;
    EXPECT_EQ(read_audit(&_client, {}, &entries).kind(), status_kind::missing);
    EXPECT_EQ(last_audit(&_client, _one, &entries).kind(), status_kind::missing);
}

TEST_F(RouteEditor, AnAuthorWhoCannotBeRecordedChangesNothing)
{
    route_editor editor(&_client, {"ann", std::string(256, 'x')});
    hosts added, present;
    EXPECT_EQ(editor.add({_one, _a}, &added, &present).kind(), status_kind::rejected);
    EXPECT_EQ(editor.accept().kind(), status_kind::rejected);
    EXPECT_EQ(state(), "0 0 0");
}

TEST_F(RouteEditor, ClearRecordsWhatCanBeReadAndCutsWhatIsTooLong)
{
    _database.exec(
        "INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight)"
        " SELECT 1, 1, 167772160 + seq, 80, 100 FROM seq_1_to_70000;"
        "INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight) VALUES"
        " (1, 2, 1, 80, 50), (1, 2, 1, 80, 7), (1, 2, 1, 70000, 7), (1, 3, 1, 70000, 1)");
    hosts all_hosts;
    ASSERT_TRUE(_editor.read(_one, &all_hosts));
    ASSERT_EQ(all_hosts.size(), 70000u);
    route_editor::counts all;
    ASSERT_TRUE(_editor.clear(&all));
    EXPECT_EQ(audit("cmdid, before_hosts = '" + audit_text(all_hosts) + "', after_hosts"),
              (rows{{"1", "1", ""}, {"2", "0", ""}}));
    EXPECT_EQ(_database.query("SELECT before_hosts FROM RouteAudit WHERE cmdid > 1 ORDER BY id"),
              (rows{{"0.0.0.1:80@7"}}));
    std::vector<audit_entry> change;
    std::vector<route_edit> edits;
    ASSERT_TRUE(last_audit(&_client, {1, 2}, &change));
    EXPECT_EQ(change.size(), 2u);
    EXPECT_EQ(edits_to_undo(change, &edits).kind(), status_kind::rejected);
}

TEST_F(RouteEditor, ClearRemovesWhatCannotBeReadToo)
{
    add(_one, _a);
    _database.exec(
        "ALTER TABLE RouteData MODIFY serverip BIGINT;"
        "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, -1, 80)");
    route_editor::counts all;
    const status s = _editor.clear(&all);
    EXPECT_TRUE(s) << s.message();
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
    EXPECT_EQ(audit("before_hosts").back().at(0), "10.0.0.1:80@100");
}

TEST_F(RouteEditor, ClearRemovesNothingThatHasChangedSinceItWasSeen)
{
    add(_one, _a);
    std::string seen, now;
    ASSERT_TRUE(_editor.read_mark(&seen));
    add(_two, _b);
    ASSERT_TRUE(_editor.read_mark(&now));
    EXPECT_NE(seen, now);
    const std::string noted = _database.value("SELECT COUNT(*) FROM RouteAudit");
    route_editor::counts all;
    bool applied = true;
    ASSERT_TRUE(_editor.clear(&all, seen, &applied));
    EXPECT_FALSE(applied);
    EXPECT_EQ(_database.value("SELECT COUNT(DISTINCT modid, cmdid) FROM RouteData"), "2");
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteAudit"), noted);
    ASSERT_TRUE(_editor.clear(&all, now, &applied));
    EXPECT_TRUE(applied);
    EXPECT_EQ(all.modules, 2u);
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0");
}

TEST_F(RouteEditor, ClearWorksInATableWithoutWeights)
{
    add(_one, _a);
    _database.exec("ALTER TABLE RouteData DROP COLUMN weight");
    route_editor::counts all;
    ASSERT_TRUE(_editor.clear(&all));
    EXPECT_EQ(audit("before_hosts").back().at(0), "10.0.0.1:80@100");
}

TEST_F(RouteEditor, ApplyDoesAllEditsAsOneChange)
{
    add(_one, {host("10.0.0.1:80"), host("10.0.0.2:80"), host("10.0.0.3:80@5")});
    add({7, 7}, _a);
    _database.exec("DELETE FROM RouteChange");
    const std::string id = _database.value("SELECT id FROM RouteData WHERE serverip = 167772162");
    const edit_outcome done =
        apply({{_one,
                {host("10.0.0.3:80@5"), host("10.0.0.2:80"), host("10.0.0.1:80")},
                {host("10.0.0.4:80@9"), host("10.0.0.2:80@0"), host("10.0.0.3:80@5")}},
               {{7, 7}, _a, _a},
               {_two, {}, _b}},
              edit_action::import);
    EXPECT_TRUE(done.applied);
    EXPECT_FALSE(done.conflict);
    ASSERT_EQ(done.edits.size(), 2u);
    EXPECT_EQ(done.edits[0].module, _two);
    EXPECT_EQ(held(_one), "10.0.0.2:80@0,10.0.0.3:80@5,10.0.0.4:80@9");
    EXPECT_EQ(held(_two), "10.0.0.2:80@50");
    EXPECT_EQ(_database.value("SELECT id FROM RouteData WHERE serverip = 167772162 AND modid = 1"),
              id)
        << "a row that stays keeps what others may have added to it";
    EXPECT_EQ(_database.query("SELECT modid FROM RouteChange ORDER BY id"),
              (rows{{"4294967295"}, {"1"}}));
    EXPECT_EQ(_database.value("SELECT COUNT(DISTINCT c.version) FROM RouteChange c, RouteVersion v"
                              " WHERE c.version = v.version"),
              "1");
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteAudit WHERE action = 'import'"), "2");
}

TEST_F(RouteEditor, ApplyThatFindsAnotherStateChangesNothingAndSaysWhatThereIs)
{
    add(_one, _a);
    const std::string before = state();
    for (const hosts &expected : {hosts{}, _b, hosts{host("10.0.0.1:80@99")},
                                  hosts{host("10.0.0.1:80"), host("10.0.0.2:80")}}) {
        const edit_outcome done = apply({{_two, {}, _a}, {_one, expected, _b}}, edit_action::move);
        EXPECT_FALSE(done.applied);
        ASSERT_TRUE(done.conflict);
        EXPECT_EQ(done.conflict->module, _one);
        EXPECT_EQ(done.conflict->hosts, _a);
    }
    // Also where that module shall stay as it is.
    EXPECT_FALSE(apply({{_two, {}, _a}, {_one, {}, {}}}, edit_action::move).applied);
    EXPECT_FALSE(apply({{{9, 9}, _a, {}}}, edit_action::del).applied);
    EXPECT_EQ(state(), before);
    EXPECT_EQ(held(_two), "");
}

TEST_F(RouteEditor, AnEditThatChangesNothingWritesNothing)
{
    add(_one, _a);
    const std::string before = state();
    const edit_outcome done = apply({{_one, _a, _a}, {_two, {}, {}}}, edit_action::undo);
    EXPECT_TRUE(done.applied);
    EXPECT_TRUE(done.edits.empty());
    EXPECT_EQ(state(), before);
}

TEST_F(RouteEditor, EditsThatMakeNoSenseAreRejected)
{
    const std::vector<std::pair<std::vector<route_edit>, edit_action>> wrong = {
        {{{_one, {}, _a}, {_one, {}, _b}}, edit_action::import},
        {{{_one, {}, {host("10.0.0.1:80"), host("10.0.0.1:80@5")}}}, edit_action::add},
        {{{_one, {host("10.0.0.1:80"), host("10.0.0.1:80")}, {}}}, edit_action::add},
        {{{_one, {}, _a}, {_two, {}, _a}}, edit_action::add},
    };
    for (const auto &[edits, action] : wrong) {
        edit_outcome outcome;
        EXPECT_EQ(_editor.apply(edits, action, &outcome).kind(), status_kind::rejected);
    }
    EXPECT_EQ(state(), "0 0 0");
}

TEST_F(RouteEditor, RowsOfOthersAreReadAsEverywhere)
{
    _database.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport, weight) VALUES"
                   " (1, 1, 167772161, 80, 7), (1, 1, 167772161, 80, 50), (1, 1, 1, 70000, 5)");
    EXPECT_EQ(held(_one), "10.0.0.1:80@7");
    apply({{_one, {host("10.0.0.1:80@7")}, {host("10.0.0.1:80@9")}}}, edit_action::weight);
    EXPECT_EQ(_database.value("SELECT GROUP_CONCAT(weight ORDER BY id) FROM RouteData"), "9,9,5");
    apply({{_one, {host("10.0.0.1:80@9")}, {}}}, edit_action::del);
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteData"), "0") << "as remove() does it";

    _database.exec(
        "ALTER TABLE RouteData MODIFY serverip BIGINT;"
        "INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, -1, 80)");
    hosts present;
    const status s = _editor.read(_one, &present);
    EXPECT_EQ(s.kind(), status_kind::bad_data);
    EXPECT_NE(s.message().find("row "), std::string::npos) << s.message();
    EXPECT_NE(s.message().find("serverip"), std::string::npos) << s.message();
}

TEST_F(RouteEditor, ThousandsOfModulesAreOneChange)
{
    std::vector<route_edit> edits;
    for (int32_t i = 0; i < 3000; ++i)
        edits.push_back({{i, 1}, {}, {host("10.0.0.1:80"), host("10.0.0.2:80")}});
    apply(edits, edit_action::import);
    for (route_edit &edit : edits)
        edit = {
            edit.module,
            edit.wanted,
            {host("10.0.0.1:80@" + std::to_string(edit.module.modid % 3)), host("10.0.0.3:80")}};
    apply(edits, edit_action::import);
    std::vector<module_route> routes;
    ASSERT_TRUE(_editor.read_all(&routes));
    ASSERT_EQ(routes.size(), 3000u);
    for (size_t i = 0; i < routes.size(); ++i)
        ASSERT_EQ(routes[i].hosts, edits[i].wanted);
    EXPECT_EQ(_database.value("SELECT COUNT(*) FROM RouteChange"), "6000");
    // Two changes of one second are told apart.
    EXPECT_EQ(_database.value("SELECT COUNT(DISTINCT ts) FROM RouteAudit"), "2");
    std::vector<audit_entry> change;
    ASSERT_TRUE(last_audit(&_client, {5, 1}, &change));
    EXPECT_EQ(change.size(), 3000u);
    EXPECT_TRUE(undo({5, 1}).applied);
    EXPECT_EQ(held({2999, 1}), "10.0.0.1:80@100,10.0.0.2:80@100");
}

TEST_F(RouteEditor, AllIsReplacedWhereNobodyWasFaster)
{
    add(_one, _a);
    add(_two, _a);
    std::vector<module_route> present;
    ASSERT_TRUE(_editor.read_all(&present));
    const std::string mark = table_mark_of(present);
    const std::vector<module_route> wanted{{_one, _b}, {{3, 3}, _a}};
    edit_outcome outcome;

    add({9, 9}, _a);
    std::string before = state();
    ASSERT_TRUE(_editor.replace_all(wanted, mark, &outcome));
    EXPECT_FALSE(outcome.applied);
    EXPECT_EQ(state(), before);

    ASSERT_TRUE(_editor.read_all(&present));
    ASSERT_TRUE(_editor.replace_all(wanted, table_mark_of(present), &outcome));
    EXPECT_TRUE(outcome.applied);
    EXPECT_EQ(outcome.edits.size(), 4u);
    ASSERT_TRUE(_editor.read_all(&present));
    EXPECT_EQ(table_mark_of(present), table_mark_of(wanted));
    before = state();
    ASSERT_TRUE(_editor.replace_all(wanted, table_mark_of(wanted), &outcome));
    EXPECT_TRUE(outcome.applied);
    EXPECT_EQ(state(), before);

    for (const std::vector<module_route> &wrong :
         {std::vector<module_route>{{_one, _a}, {_two, _a}},
          {{_one, {}}},
          {{_one, _a}, {_one, _a}}})
        EXPECT_EQ(_editor.replace_all(wrong, table_mark_of(wanted), &outcome).kind(),
                  status_kind::rejected);
}

TEST_F(RouteEditor, UndoTakesTheLastChangeBackAndASecondOneTheUndo)
{
    add(_one, _a);
    add(_one, _b);
    EXPECT_TRUE(undo(_one).applied);
    EXPECT_EQ(held(_one), "10.0.0.1:80@100");
    EXPECT_TRUE(undo(_one).applied);
    EXPECT_EQ(held(_one), "10.0.0.1:80@100,10.0.0.2:80@50");
    EXPECT_EQ(audit("action"), (rows{{"add"}, {"add"}, {"undo"}, {"undo"}}));
    std::vector<audit_entry> change;
    ASSERT_TRUE(last_audit(&_client, {9, 9}, &change));
    EXPECT_TRUE(change.empty());
    // What somebody did without a record is not overwritten.
    _database.exec("DELETE FROM RouteData");
    EXPECT_FALSE(undo(_one).applied);
}

TEST_F(RouteEditor, UndoOfAMoveRestoresBothModulesAndNoOthers)
{
    const module_id third{3, 3};
    add(_one, _a);
    add(third, _b);
    // Within one second, by the same person.
    apply({{_one, _a, {}}, {_two, {}, _a}}, edit_action::move);
    apply({{third, _b, {}}, {{4, 4}, {}, _b}}, edit_action::move);
    EXPECT_TRUE(undo({4, 4}).applied);
    EXPECT_EQ(held(third), "10.0.0.2:80@50");
    EXPECT_EQ(held({4, 4}), "");
    EXPECT_EQ(held(_two), "10.0.0.1:80@100");
    EXPECT_TRUE(undo(_two).applied);
    EXPECT_EQ(held(_one), "10.0.0.1:80@100");
    EXPECT_EQ(held(_two), "");
    // And the undo of that undo is of both again, but not of the other undo.
    EXPECT_TRUE(undo(_one).applied);
    EXPECT_EQ(held(_one), "");
    EXPECT_EQ(held(_two), "10.0.0.1:80@100");
    EXPECT_EQ(held(third), "10.0.0.2:80@50");
}

TEST_F(RouteEditor, UndoOfClearBringsAllBack)
{
    add(_one, _a);
    add(_two, _b);
    route_editor::counts all;
    ASSERT_TRUE(_editor.clear(&all));
    ASSERT_TRUE(_editor.accept());
    EXPECT_TRUE(undo(_two).applied);
    EXPECT_EQ(held(_one), "10.0.0.1:80@100");
    EXPECT_EQ(held(_two), "10.0.0.2:80@50");
}

TEST_F(RouteEditor, TheRecordIsReadPageByPage)
{
    for (int i = 1; i <= 5; ++i)
        add(i == 2 ? _two : _one, {host("10.0.0." + std::to_string(i) + ":80")});
    std::vector<audit_entry> page;
    ASSERT_TRUE(read_audit(&_client, {std::nullopt, std::nullopt, 2}, &page));
    ASSERT_EQ(page.size(), 2u);
    EXPECT_GT(page[0].id, page[1].id);
    EXPECT_EQ(page[0].who, "ann's \\");
    EXPECT_EQ(page[0].note, "why \xe6\x9c\x8d");
    EXPECT_EQ(page[0].action, "add");
    EXPECT_EQ(page[0].before, page[1].after);
    ASSERT_TRUE(read_audit(&_client, {std::nullopt, page[1].id, 50}, &page));
    EXPECT_EQ(page.size(), 3u);
    ASSERT_TRUE(read_audit(&_client, {_two, std::nullopt, 50}, &page));
    ASSERT_EQ(page.size(), 1u);
    EXPECT_EQ(page[0].module, _two);
    ASSERT_TRUE(read_audit(&_client, {_two, page[0].id, 50}, &page));
    EXPECT_TRUE(page.empty());
}

}  // namespace
}  // namespace lars
