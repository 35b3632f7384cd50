#include "database_advice.h"

namespace lars {

static std::string advice_if_unavailable(database_step step, const std::string &config)
{
    switch (step) {
    case database_step::unprepared:
        return "\nThe section [mysql] of " + config +
               " names this file. (In a source tree \"run_lars db start\" writes the password of"
               " the private database there.)";
    case database_step::unanswered:
        return "\nIs the database running? " + config +
               " says which one is asked. (In a source tree \"run_lars db start\" starts the"
               " private one.)";
    case database_step::refused:
        return "\nThe database runs, but serves nobody for now: try again later.";
    default:
        return "\nThe database took the connection, and does not do this for now. What was to be"
               " changed may be done or not: \"list\" shows it.";
    }
}

std::string advice_for(const status &why, database_step step, const std::string &config)
{
    switch (why.kind()) {
    case status_kind::unavailable: return advice_if_unavailable(step, config);
    case status_kind::denied:
        if (step == database_step::connected)
            return "\nThe user that db_user in " + config +
                   " names needs more rights; running.md in the documentation lists them.";
        return "\nCheck db_user, db_passwd or db_passwd_file, db_name and the db_ssl keys in " +
               config + ".";
    case status_kind::missing:
        return "\nThe database lacks tables of Lars: load base/sql/schema.sql into it, or, where"
               " its tables are of an older Lars, base/sql/upgrade.sql. (The package lars-tools"
               " has both in /usr/share/lars/sql.)";
    case status_kind::conflict:
        return "\nThe database runs, but another program holds these rows or tables in a"
               " transaction that has not ended: try again later. SHOW FULL PROCESSLIST in the"
               " database tells who is connected.";
    default: return "";
    }
}

}  // namespace lars
