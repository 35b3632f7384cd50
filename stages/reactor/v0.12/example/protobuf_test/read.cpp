#include <cstdio>
#include <fstream>

#include "msg.pb.h"

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "hello.bin";
    std::ifstream in(path, std::ios::binary);
    protobuf_test::helloworld msg;
    if (!in || !msg.ParseFromIstream(&in)) {
        fprintf(stderr, "%s holds no helloworld\n", path);
        return 1;
    }
    printf("%d\n%s\n", msg.id(), msg.str().c_str());
    return 0;
}
