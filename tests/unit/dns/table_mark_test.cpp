// What a real database says about RouteData.
#include "table_mark.h"

#include <gtest/gtest.h>

#include "database.h"
#include "wait_until.h"

namespace lars {
namespace {

class TableMark : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(client.connect());
        db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 1, 1)");
        // The mark says the second: what comes then is in another one.
        ASSERT_TRUE(test::wait_until([this] { return !read().is_fresh; }));
        before = read().text;
    }
    table_mark read()
    {
        table_mark mark;
        EXPECT_TRUE(read_table_mark(&client, &mark));
        return mark;
    }

    test::database db;
    db_client client{db.options()};
    std::string before;
};

TEST_F(TableMark, StaysWhileNobodyWritesThere)
{
    EXPECT_NE(before, "");
    db.query("SELECT * FROM RouteData");
    db.exec("INSERT INTO RouteChange (modid, cmdid, version) VALUES (1, 1, 1);"
            "UPDATE RouteVersion SET version = version + 1");
    EXPECT_EQ(read().text, before);
}

TEST_F(TableMark, EveryKindOfWritingMovesIt)
{
    db.exec("UPDATE RouteData SET weight = 7");
    const table_mark updated = read();
    EXPECT_NE(updated.text, before);
    EXPECT_TRUE(updated.is_fresh);
    db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 1, 2)");
    const std::string inserted = read().text;
    EXPECT_NE(inserted, updated.text);
    db.exec("DELETE FROM RouteData WHERE serverport = 2");
    const std::string deleted = read().text;
    EXPECT_NE(deleted, inserted);
    db.exec("TRUNCATE TABLE RouteData");
    EXPECT_NE(read().text, deleted);
}

TEST_F(TableMark, ATableThatTakesItsPlaceMovesIt)
{
    db.exec("CREATE TABLE Other LIKE RouteData; RENAME TABLE RouteData TO Old, Other TO RouteData");
    EXPECT_NE(read().text, before);
}

TEST_F(TableMark, OfAViewOrNoTableThereIsNone)
{
    db.exec("RENAME TABLE RouteData TO Other");
    EXPECT_EQ(read().text, "");
    db.exec("CREATE VIEW RouteData AS SELECT * FROM Other");
    EXPECT_EQ(read().text, "");
}

}  // namespace
}  // namespace lars
