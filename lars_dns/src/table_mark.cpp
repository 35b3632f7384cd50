#include "table_mark.h"

namespace lars {

// InnoDB knows when the last transaction that wrote to a table had begun, in seconds. The
// other columns move with what that misses: a transaction that began in the same second, and
// a table that was emptied or put in the place of another.
status read_table_mark(db_client *client, table_mark *out)
{
    table_mark mark;
    const status outcome = client->query(
        "SELECT UPDATE_TIME, TABLE_ROWS, AUTO_INCREMENT, CREATE_TIME,"
        " UPDATE_TIME > NOW() - INTERVAL 2 SECOND"
        " FROM information_schema.TABLES"
        " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'RouteData' AND TABLE_TYPE <> 'VIEW'",
        [&mark](const db_row &row) -> status {
            for (size_t i = 0; i < 4; ++i)
                mark.text += std::string(row[i].value_or("-")) + " ";
            mark.is_fresh = row[4] == "1";
            return {};
        });
    if (outcome)
        *out = std::move(mark);
    return outcome;
}

}  // namespace lars
