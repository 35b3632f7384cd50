// For tests of the agent's stages: both ends of what an agent says, in the messages of the
// stage whose test includes this.
#ifndef STAGES_AGENT_H
#define STAGES_AGENT_H

#include "services.h"

#include "journal.h"
#include "lars.pb.h"

namespace kit {

const uint32_t FIRST_IP = 3232235953;   // 192.168.1.177

typedef std::vector<std::pair<uint32_t, int>> hosts;

inline std::string frame_of(int msgid, const google::protobuf::Message &message)
{
    return frame(msgid, message.SerializeAsString());
}

inline lars::GetRouteResponse route_of(int modid, int cmdid, const hosts &all)
{
    lars::GetRouteResponse rsp;
    rsp.set_modid(modid);
    rsp.set_cmdid(cmdid);
    for (const auto &host : all) {
        lars::HostInfo *added = rsp.add_host();
        added->set_ip(static_cast<int32_t>(host.first));
        added->set_port(host.second);
    }
    return rsp;
}

// Where the agent's requests go; the test is the dns, or the reporter.
class scripted_server {
public:
    explicit scripted_server(uint16_t port = 0) : _listener(port) {}

    uint16_t port() const { return _listener.port; }
    bool accept()                              // the agent's connection
    {
        _peer = _listener.accept();
        return _peer.ok();
    }
    // "modid,cmdid" of the next GetRouteRequest; "" if none comes.
    std::string next_request()
    {
        std::string next = accept_and_next();
        lars::GetRouteRequest req;
        if (next.compare(0, 2, "1:") == 0 && req.ParseFromString(next.substr(2))) {
            next = std::to_string(req.modid()) + "," + std::to_string(req.cmdid());
        }
        note("the dns", next.empty() ? "was asked nothing" : "was asked for (" + next + ")");
        return next;
    }
    // "modid,cmdid ip:port succ err overload …" of the next ReportStatusRequest.
    std::string next_report()
    {
        std::string next = accept_and_next();
        lars::ReportStatusRequest req;
        if (next.compare(0, 2, "3:") != 0 || !req.ParseFromString(next.substr(2))) {
            note("the reporter", "was told nothing");
            return next;
        }
        std::string text = std::to_string(req.modid()) + "," + std::to_string(req.cmdid());
        for (const lars::HostCallResult &r : req.results()) {
            text += " " + std::to_string(static_cast<uint32_t>(r.ip())) + ":" + std::to_string(r.port()) + " " +
                    std::to_string(r.succ()) + " " + std::to_string(r.err()) + (r.overload() ? " overload" : " idle");
        }
        note("the reporter", "was told " + text);
        return text;
    }
    bool answer(int modid, int cmdid, const hosts &all)
    {
        std::string text;
        for (const auto &host : all) {
            text += " " + std::to_string(host.first) + ":" + std::to_string(host.second);
        }
        note("the dns", "answered (" + std::to_string(modid) + "," + std::to_string(cmdid) + ")" + (text.empty() ? " without a host" : " with" + text));
        quiet inner;
        return _peer.send(frame_of(2, route_of(modid, cmdid, all)));
    }
    bool silent() { return _peer.silent(); }
    void close() { _peer.close(); }
    peer &connection() { return _peer; }

private:
    std::string accept_and_next()
    {
        quiet inner;
        return _peer.ok() || accept() ? _peer.next() : "";
    }

    listener _listener;
    peer _peer;
};

// The [dnsserver] and [reporter] of an agent.
inline settings upstream(uint16_t dns_port, uint16_t reporter_port, settings more = settings())
{
    more["dnsserver.port"] = std::to_string(dns_port);
    more["reporter.port"] = std::to_string(reporter_port);
    return more;
}

inline uint16_t port_of(uint16_t first, int modid, int cmdid)
{
    int64_t sum = static_cast<int64_t>(modid) + cmdid;
    return static_cast<uint16_t>(first + (sum % 3 + 3) % 3);
}

// A program that asks the agent with raw datagrams.
class asker {
public:
    asker(uint16_t first_port, int modid, int cmdid)
        : _modid(modid), _cmdid(cmdid), _socket(port_of(first_port, modid, cmdid))
    {
    }
    // "ip:port" of a host, or "retcode N"; "" if no answer comes.
    std::string host()
    {
        std::string answer;
        {
            quiet inner;
            answer = ask_host();
        }
        note("a program", "asked for a host of (" + std::to_string(_modid) + "," + std::to_string(_cmdid) + ") and got " + (answer.empty() ? "no answer" : answer));
        return answer;
    }
    // Asks until a host is given: the route is on its way.
    std::string first_host()
    {
        std::string answer;
        eventually([&] {
            answer = host();
            return answer != "retcode 3";
        });
        if (answer == "retcode 3") {
            note("the agent", "has not taken message 2 of the dns (nobody handles it, or it was put in another r_lb than lb_index names)");
        }
        return answer;
    }
    udp_peer &socket() { return _socket; }

private:
    std::string ask_host()
    {
        lars::GetHostRequest req;
        req.set_seq(++_seq);
        req.set_modid(_modid);
        req.set_cmdid(_cmdid);
        _socket.send(frame_of(4, req));
        std::string next = _socket.next();
        lars::GetHostResponse rsp;
        if (next.compare(0, 2, "5:") != 0 || !rsp.ParseFromString(next.substr(2))) {
            return next;
        }
        if (!_told && (_seq != rsp.seq() || _modid != rsp.modid() || _cmdid != rsp.cmdid())) {
            _told = true;   // once is enough
            ADD_FAILURE() << "question " << _seq << " for a host of (" << _modid << "," << _cmdid << ") was answered with seq " << rsp.seq()
                          << ", modid " << rsp.modid() << ", cmdid " << rsp.cmdid()
                          << ": message 5 repeats seq, modid and cmdid of the question";
        }
        if (rsp.retcode() != 0) {
            EXPECT_FALSE(rsp.has_host()) << "an answer with retcode " << rsp.retcode() << " carries a host";
            return "retcode " + std::to_string(rsp.retcode());
        }
        return std::to_string(static_cast<uint32_t>(rsp.host().ip())) + ":" + std::to_string(rsp.host().port());
    }

    int _modid, _cmdid;
    uint32_t _seq = 0;
    bool _told = false;   // that an answer is another question's
    udp_peer _socket;
};

// What a tool of api/cpp/example prints that talks to this agent, and its exit status.
inline std::string tool(const service &agent, std::vector<std::string> command, int *status = nullptr)
{
    command[0] = stage_path("api/cpp/example/" + command[0]);
    command.insert(command.begin(), {"/usr/bin/env", "LARS_AGENT_PORT=" + std::to_string(agent.port)});
    program run(command);
    int ended = run.wait();
    if (status != nullptr) {
        *status = ended;
    }
    return run.output();
}

// "192.168.1.177:7777" as the number that the messages carry.
inline std::string host_text(uint32_t ip, int port)
{
    return std::to_string(ip) + ":" + std::to_string(port);
}

}  // namespace kit

#endif
