#include "recently_asked.h"

#include <algorithm>
#include <utility>

namespace lars {

recently_asked::question *recently_asked::find(const module_id &module)
{
    const auto found = _questions.find(module);
    return found == _questions.end() ? nullptr : &found->second;
}

const recently_asked::question *recently_asked::find(const module_id &module) const
{
    const auto found = _questions.find(module);
    return found == _questions.end() ? nullptr : &found->second;
}

recently_asked::question *recently_asked::add(const module_id &module, lb_time now)
{
    if (_questions.size() >= MAX && !make_room())
        return nullptr;
    question &added = _questions[module];
    added.updated = now;
    return &added;
}

bool recently_asked::make_room()
{
    while (!_answered.empty()) {
        const module_id module = _answered.front();
        _answered.pop_front();
        question *first = find(module);
        if (!first)
            continue;
        first->leaving = false;
        if (first->pulling)
            continue;
        _questions.erase(module);
        return true;
    }
    return false;
}

void recently_asked::answer(const module_id &module, lb_time now)
{
    question *asked = find(module);
    if (!asked)
        return;
    asked->pulling = false;
    asked->answered = true;
    asked->updated = now;
    if (std::exchange(asked->leaving, true))
        return;
    _answered.push_back(module);
}

void recently_asked::forget_unused(lb_time before)
{
    for (auto it = _questions.begin(); it != _questions.end();) {
        if (!it->second.pulling && it->second.used < before)
            it = _questions.erase(it);
        else
            ++it;
    }
    const auto is_gone = [this](const module_id &module) { return !find(module); };
    _answered.erase(std::remove_if(_answered.begin(), _answered.end(), is_gone), _answered.end());
}

}  // namespace lars
