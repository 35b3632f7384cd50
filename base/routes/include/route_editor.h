// Edits the routes in the database so that every dns sees each change, and sees it
// whole: the rows, the notice in RouteChange, the new version and the entries of RouteAudit
// are one transaction.
// If another writer is in the way, it is tried again a few times. One thread; each call
// blocks until the database has answered. Errors are those of db_client; and rejected, before
// anything is done, where the author's name or note cannot be recorded.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"
#include "route_edit.h"
#include "status.h"

namespace lars {

class change_notes;

// What became of edits that say what they expect to find.
struct edit_outcome {
    // False: something else was found, and nothing is changed. That is no error.
    bool applied = false;
    // Of apply(), where it was not applied: the first module that has other hosts than it
    // was expected to have, with those it has now.
    std::optional<module_route> conflict;
    // What was changed, in ascending order of the modules, without those that stay as they
    // were; hosts in order.
    std::vector<route_edit> edits;
};

class route_editor {
public:
    // CLIENT is connected and outlives this. AUTHOR is who does all that is done with this,
    // and why.
    explicit route_editor(db_client *client, edit_author author = {})
        : _client(client), _author(std::move(author))
    {
    }

    // *LINES gets a line "modid cmdid ip:port[@weight]" more for each host, in order: of
    // MODULE, or of all modules if there is none given. A weight of 100 is not shown. A
    // port that is none is shown too.
    status list(const std::optional<module_id> &module, std::vector<std::string> *lines);

    // *HOSTS becomes the module's hosts, in order. A row that stands there twice is one host,
    // with the lowest weight; one whose port is none is nobody's and is passed over. Any other
    // row that is no route is an error, bad_data, which names it.
    status read(const module_id &module, std::vector<route_host> *hosts);
    // The same of all modules that have hosts, in ascending order: EACH is called for one
    // after the other while they arrive, and must not use the client. Its first error ends
    // that and comes back.
    status read_all(const std::function<status(const module_route &route)> &each);
    status read_all(std::vector<module_route> *routes);

    // Adds ROUTE's hosts to its module. *ADDED becomes those that were not there; a host
    // that is there keeps its weight. *PRESENT becomes all hosts that were there, with
    // their weights. If ROUTE's all were there, nothing is written at all.
    status add(const module_route &route, std::vector<route_host> *added,
               std::vector<route_host> *present);
    // Removes ROUTE's hosts from its module, or all hosts if ROUTE has none. *REMOVED
    // becomes those that were there.
    status remove(const module_route &route, std::vector<route_host> *removed);

    enum class whose { all, drained };
    // Gives ROUTE's hosts, as far as they are in its module, the weights that they have in
    // ROUTE; with drained, only those of them that were drained. *BEFORE becomes all of
    // them that are in the module, with the weights they had. If no weight is another
    // one, nothing is written at all. It is recorded as what was done to the first of them:
    // undrain with drained, drain for weight 0, or weight.
    status set_weights(const module_route &route, whose which, std::vector<route_host> *before);

    // Does all of EDITS, or nothing. First the hosts of every module are compared with what
    // is expected, as read() reads them; then those that shall be others are changed, in one
    // transaction. A module that shall have no host loses all its rows. Rejected if a module
    // stands in EDITS twice, a host in a list twice, or more than one module is to be changed
    // by an ACTION that is of one (may_be_of_several()). Whether a host can be called is not
    // asked.
    status apply(std::vector<route_edit> edits, edit_action action, edit_outcome *outcome);
    // Lets the database hold exactly WANTED, if MARK is table_mark_of() of what it holds now;
    // recorded as import. WANTED has each module once and with hosts, in ascending order, and
    // each host once, in order: otherwise it is rejected.
    status replace_all(const std::vector<module_route> &wanted, const std::string &mark,
                       edit_outcome *outcome);

    struct counts {
        uint64_t modules = 0;
        uint64_t hosts = 0;  // a row that stands twice is one host
    };
    // How much there is.
    status count(counts *all);
    // *MARK becomes table_mark_of() what there is, without the rows that are no route.
    status read_mark(std::string *mark);
    // Removes every route of every module, and accepts that there is none. *REMOVED becomes
    // how much that was. With a MARK that read_mark() would not give any more, nothing is
    // removed, which is no error: *APPLIED, where it is asked for, says which it was.
    status clear(counts *removed, const std::optional<std::string> &mark = std::nullopt,
                 bool *applied = nullptr);
    // Tells every dns that what the database holds is meant so, all of it.
    status accept();

    // Why the last change is not in RouteAudit: it is missing, or denied, where this user has
    // no right to add to it. Ok if it is there, or nothing was changed.
    const status &unrecorded() const { return _unrecorded; }

private:
    status read_readable(std::vector<module_route> *routes);
    status read_counts(const std::string &how, counts *all);
    status change(const std::function<status(change_notes &notes)> &rows);
    status find_conflict(const std::vector<route_edit> &edits, std::optional<module_route> *found);

    db_client *_client;
    edit_author _author;
    status _unrecorded;
};

}  // namespace lars
