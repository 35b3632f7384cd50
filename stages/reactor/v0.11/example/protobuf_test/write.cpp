#include <cstdio>
#include <fstream>

#include "msg.pb.h"

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "hello.bin";
    protobuf_test::helloworld msg;
    msg.set_id(101);
    msg.set_str("hello");

    std::ofstream out(path, std::ios::binary);
    if (!msg.SerializeToOstream(&out)) {
        fprintf(stderr, "cannot write %s\n", path);
        return 1;
    }
    return 0;
}
