#include "bad_peer.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lars::faults {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

static constexpr size_t DRIP = 1;
static constexpr milliseconds DRIP_EACH{100};

bad_peer::bad_peer(std::string ip, uint16_t port) : _ip(std::move(ip)), _port(port)
{
    EXPECT_TRUE(_listener.listen_tcp());
    _thread = std::thread([this] { run(); });
}

bad_peer::~bad_peer()
{
    _ending = true;
    _thread.join();
}

void bad_peer::accept()
{
    auto taken = _listener.accept(milliseconds(0));
    if (!taken)
        return;
    pair p;
    p.agent = std::move(*taken);
    p.over = !p.service.connect_tcp(_port, _ip, milliseconds(500));
    _pairs.push_back(std::move(p));
}

void bad_peer::answer(pair &p, manner how, const std::string &said)
{
    if (how == manner::honest) {
        const std::string all = p.dripping + said;
        p.dripping.clear();
        p.over = p.over || (!all.empty() && !p.agent.send_bytes(all));
        return;
    }
    if (how == manner::garbage) {
        std::string noise(64, '\0');
        for (char &c : noise)
            c = static_cast<char>(std::rand());
        p.over = p.over || !p.agent.send_bytes(noise, milliseconds(100));
        return;
    }
    if (how != manner::dripping)
        return;
    p.dripping += said;
    if (p.dripping.empty() || steady::now() < p.next_drip)
        return;
    p.over = p.over || !p.agent.send_bytes(p.dripping.substr(0, DRIP), milliseconds(100));
    p.dripping.erase(0, DRIP);
    p.next_drip = steady::now() + DRIP_EACH;
}

void bad_peer::serve(pair &p)
{
    const manner how = _manner;
    if (how == manner::resetting) {
        p.agent.reset();
        p.over = true;
        return;
    }
    p.to_service += p.agent.receive_bytes(milliseconds(0));
    const bool passes = how == manner::honest || how == manner::dripping;
    if (!p.to_service.empty() && passes) {
        p.over = !p.service.send_bytes(p.to_service);
        p.to_service.clear();
    }
    answer(p, how, p.service.receive_bytes(milliseconds(0)));
    p.over = p.over || p.agent.at_eof() || p.service.at_eof();
}

void bad_peer::run()
{
    while (!_ending) {
        std::vector<pollfd> wanted = {{_listener.fd(), POLLIN, 0}};
        for (const pair &p : _pairs) {
            wanted.push_back({p.agent.fd(), POLLIN, 0});
            wanted.push_back({p.service.fd(), POLLIN, 0});
        }
        poll(wanted.data(), wanted.size(), 20);
        accept();
        for (pair &p : _pairs)
            serve(p);
        _pairs.erase(
            std::remove_if(_pairs.begin(), _pairs.end(), [](const pair &p) { return p.over; }),
            _pairs.end());
    }
}

}  // namespace lars::faults
