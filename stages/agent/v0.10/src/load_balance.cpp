#include "load_balance.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <set>

#include "main_server.h"

// So many results fit into one message.
static const int RESULTS_MAX = 1000;

// A failure counts once for each tenth of a second that it cost, so often at most.
static const uint32_t MS_PER_FAILURE = 100;
static const uint32_t WEIGHT_MAX = 50;

load_balance::load_balance(int modid, int cmdid) : status(NEW), last_update_time(0), _modid(modid), _cmdid(cmdid), _access_cnt(0)
{
}

bool load_balance::empty() const
{
    return _host_map.empty();
}

void load_balance::choose_first(std::list<host_info *> &hosts, lars::GetHostResponse &rsp)
{
    host_info *host = hosts.front();
    hosts.splice(hosts.end(), hosts, hosts.begin());   // to the end

    rsp.mutable_host()->set_ip(static_cast<int32_t>(host->ip));
    rsp.mutable_host()->set_port(host->port);
}

int load_balance::choice_one_host(lars::GetHostResponse &rsp)
{
    if (empty()) {
        return lars::RET_NOEXIST;
    }
    if (_overload_list.empty()) {
        _access_cnt = 0;
        choose_first(_idle_list, rsp);
        return lars::RET_SUCC;
    }
    if (_access_cnt >= lb_config.probe_num) {
        _access_cnt = 0;
        choose_first(_overload_list, rsp);   // perhaps it is well again
        return lars::RET_SUCC;
    }
    _access_cnt++;
    if (_idle_list.empty()) {
        return lars::RET_OVERLOAD;
    }
    choose_first(_idle_list, rsp);
    return lars::RET_SUCC;
}

int load_balance::pull()
{
    if (dns_queue == NULL) {
        return -1;
    }
    lars::GetRouteRequest req;
    req.set_modid(_modid);
    req.set_cmdid(_cmdid);
    dns_queue->send(req);
    status = PULLING;
    return 0;
}

static uint64_t key_of(uint32_t ip, int port)
{
    return (static_cast<uint64_t>(ip) << 32) + static_cast<uint32_t>(port);
}

void load_balance::update(lars::GetRouteResponse &rsp)
{
    status = NEW;
    last_update_time = time(NULL);
    std::set<uint64_t> remote;
    for (const lars::HostInfo &host : rsp.host()) {
        uint32_t ip = static_cast<uint32_t>(host.ip());
        if (ip == 0 || host.port() < 1 || host.port() > 65535) {
            fprintf(stderr, "route of [%d, %d]: %u:%d is no host, it is left out\n", _modid, _cmdid, ip, host.port());
            continue;
        }
        uint64_t key = key_of(ip, host.port());
        remote.insert(key);
        if (_host_map.find(key) == _host_map.end()) {
            host_info *fresh = new host_info(ip, host.port(), lb_config.init_succ_cnt);
            _host_map[key].reset(fresh);
            _idle_list.push_back(fresh);
        }
    }
    for (auto it = _host_map.begin(); it != _host_map.end();) {
        if (remote.find(it->first) == remote.end()) {
            _idle_list.remove(it->second.get());
            _overload_list.remove(it->second.get());
            it = _host_map.erase(it);
        } else {
            ++it;
        }
    }
}

// Is part / whole more than the rate? By whole numbers: 0.1 and 0.95 are no exact floats.
static bool is_above(uint32_t part, uint32_t whole, float rate)
{
    const int64_t scale = 1000000;
    return part * scale > llround(rate * static_cast<double>(scale)) * whole;
}

void load_balance::report(int ip, int port, int retcode, uint32_t timecost)
{
    auto it = _host_map.find(key_of(static_cast<uint32_t>(ip), port));
    if (it == _host_map.end()) {
        return;   // it has left the module meanwhile
    }
    host_info *host = it->second.get();
    if (retcode == lars::RET_SUCC) {
        host->vsucc++;
        host->rsucc++;
        host->contin_succ++;
        host->contin_err = 0;
    } else {
        host->verr += std::clamp(timecost / MS_PER_FAILURE, 1U, WEIGHT_MAX);
        host->rerr++;
        host->contin_err++;
        host->contin_succ = 0;
        host->probe_failed = host->overload;
    }

    // Only a failure can make a host worse, and only a success can make it better.
    uint32_t calls = host->vsucc + host->verr;
    if (!host->overload && retcode != lars::RET_SUCC) {
        if (is_above(host->verr, calls, lb_config.err_rate) ||
            host->contin_err >= static_cast<uint32_t>(lb_config.contin_err_limit)) {
            change_state(host, true);
            return;
        }
    } else if (host->overload && retcode == lars::RET_SUCC) {
        if (is_above(host->vsucc, calls, lb_config.succ_rate) ||
            host->contin_succ >= static_cast<uint32_t>(lb_config.contin_succ_limit)) {
            change_state(host, false);
            return;
        }
    }
    check_time(host);
}

// Has its window ended, or its time to rest? Asked with each report: there is no clock here.
void load_balance::check_time(host_info *host)
{
    long now = time(NULL);
    if (!host->overload && now - host->idle_ts >= lb_config.idle_timeout) {
        bool bad = host->check_window();
        if (bad && host->bad_window) {
            change_state(host, true);
        } else {
            host->set_idle();
            host->bad_window = bad;
        }
    } else if (host->overload && now - host->overload_ts >= lb_config.overload_timeout) {
        if (host->probe_failed) {
            host->overload_ts = now;
            host->probe_failed = false;
        } else {
            change_state(host, false);
        }
    }
}

// The host goes to the end of its new list.
void load_balance::change_state(host_info *host, bool overload)
{
    in_addr addr;
    addr.s_addr = htonl(host->ip);
    char ip[INET_ADDRSTRLEN];
    printf("[%d, %d] host %s:%d change %s, succ %u err %u\n", _modid, _cmdid, inet_ntop(AF_INET, &addr, ip, sizeof ip),
           host->port, overload ? "overload" : "idle", host->vsucc, host->verr);
    fflush(stdout);

    (host->overload ? _overload_list : _idle_list).remove(host);
    if (overload) {
        host->set_overload();
    } else {
        host->set_idle();
    }
    (overload ? _overload_list : _idle_list).push_back(host);
}

void load_balance::get_all_hosts(std::vector<host_info *> &vec)
{
    vec.assign(_idle_list.begin(), _idle_list.end());
    vec.insert(vec.end(), _overload_list.begin(), _overload_list.end());
}

void load_balance::commit()
{
    if (report_queue == NULL) {
        return;
    }
    std::vector<host_info *> hosts;
    get_all_hosts(hosts);
    for (size_t i = 0; i < hosts.size();) {
        lars::ReportStatusRequest req;
        req.set_modid(_modid);
        req.set_cmdid(_cmdid);
        req.set_ts(static_cast<uint32_t>(time(NULL)));
        req.set_caller(static_cast<int32_t>(lb_config.local_ip));
        for (; i < hosts.size() && req.results_size() < RESULTS_MAX; i++) {
            lars::HostCallResult *result = req.add_results();
            result->set_ip(static_cast<int32_t>(hosts[i]->ip));
            result->set_port(hosts[i]->port);
            result->set_succ(hosts[i]->rsucc);
            result->set_err(hosts[i]->rerr);
            result->set_overload(hosts[i]->overload);
        }
        report_queue->send(req);
    }
}
