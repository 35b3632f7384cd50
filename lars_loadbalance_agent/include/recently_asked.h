// The modules that somebody has asked for and that have no hosts, as far as is known: the
// dns has not answered yet, or has said that there are none. Anybody on this machine may
// ask for any number of those, so they never take the place of modules that are real, and
// there are never more than MAX of them. One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>

#include "lb_policy.h"
#include "route.h"

namespace lars {

class recently_asked {
public:
    static constexpr size_t MAX = 10000;

    struct question {
        bool pulling = false;   // the dns is asked, and has not answered
        bool answered = false;  // it has said once that there are no hosts
        bool leaving = false;   // stands in _answered
        lb_time updated{};      // that answer; without one, when the question was added
        lb_time used{};         // when somebody asked last
    };

    // The module's question; null if there is none. It stays this object's, and is valid
    // until the module is taken out.
    question *find(const module_id &module);
    const question *find(const module_id &module) const;

    // Adds a question for a module that has none. If there are MAX already, one that the
    // dns has answered makes room, of those the first that it did. Returns null, and adds
    // nothing, if it has answered none.
    question *add(const module_id &module, lb_time now);
    // The dns has said that the module has no hosts. Ignores one without a question.
    void answer(const module_id &module, lb_time now);
    // Takes the module out. Ignores one without a question.
    void remove(const module_id &module) { _questions.erase(module); }
    // Takes out those that are answered and that nobody has asked since BEFORE.
    void forget_unused(lb_time before);

    size_t size() const { return _questions.size(); }

private:
    bool make_room();

    std::unordered_map<module_id, question, module_id_hash> _questions;
    // In the order of their answers. Those whose question is gone, or waits again, are
    // passed over.
    std::deque<module_id> _answered;
};

}  // namespace lars
