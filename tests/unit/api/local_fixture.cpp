#include "local_fixture.h"

namespace lars::test {

fake_agent::handler offering_agent(const offered_path *path)
{
    return [path](const fake_agent::request &asked, const fake_agent::reply &answer) {
        GetHostRequest request;
        if (asked.msgid != ID_GetHostRequest || !request.ParseFromString(asked.body))
            return;
        GetHostResponse response = host_answer(asked);
        if (request.local())
            response.set_local(path->get());
        answer(frame_of(ID_GetHostResponse, response));
    };
}

void LocalPath::SetUp()
{
    use(_fake);
    ASSERT_TRUE(_agent.start());
    _client = client_of(_agent);
}

void LocalPath::use(fake_table &other)
{
    _now = &other;
    other.listen();
    _path.set(other.path());
}

LocalPath::choice LocalPath::choose(int modid, int cmdid)
{
    choice made;
    made.retcode = _client.get_host(modid, cmdid, made.ip, made.port);
    return made;
}

void LocalPath::report(int modid, int cmdid, int port, int retcode, int timecost_ms)
{
    EXPECT_EQ(_client.report(modid, cmdid, "10.0.0.1", port, retcode, timecost_ms),
              lars_client::RET_SUCC);
}

size_t LocalPath::meet(int modid, int cmdid)
{
    choose(modid, cmdid);
    EXPECT_TRUE(_now->meet());
    size_t asked = 0;
    EXPECT_TRUE(wait_until([&] {
        asked = _agent.requests().size();
        _first_port = choose(modid, cmdid).port;
        return _client.is_local();
    })) << _client.local_error();
    return asked;
}

void LocalPath::meet_any()
{
    table().write(100, 100, {{IP, 1}});
    meet(100, 100);
}

bool LocalPath::was_asked_for_local() const
{
    GetHostRequest request;
    const auto asked = _agent.requests(ID_GetHostRequest);
    return !asked.empty() && request.ParseFromString(asked.back().body) && request.local();
}

}  // namespace lars::test
